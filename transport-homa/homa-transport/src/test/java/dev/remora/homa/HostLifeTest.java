package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.remora.dpdk.Dpdk;
import dev.remora.homa.host.EchoProcess;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The contract over shared memory, where the kernel tells of a peer's end. */
class HostLifeTest extends PeerLifeContract {
    private static final PeerLifeRig.Terms TERMS =
            new PeerLifeRig.Terms(60, 60, Duration.ofSeconds(3), Set.of(Reason.PEER_LOST), longPause(), true);

    @TempDir
    Path folder;

    @BeforeEach
    void checkMachine() {
        if (!Dpdk.isAvailable()) {
            System.err.println("SKIPPED: DPDK is not installed");
            Assumptions.abort("DPDK is not installed");
        }
    }

    @Override
    Stream<Named<Supplier<PeerLifeRig>>> rigs() {
        return Stream.of(
                Named.of("one engine", () -> new Rig(folder, 1)), Named.of("two engines", () -> new Rig(folder, 2)));
    }

    @Override
    Stream<Named<Supplier<PeerLifeRig>>> pausingRigs() {
        return rigs().limit(1);
    }

    /** All have so many engines. */
    private static final class Rig implements PeerLifeRig {
        private final Path folder;
        private final int engines;
        private final HomaTransport transport;
        private final Logger logger = (Logger) LoggerFactory.getLogger("dev.remora.homa");
        private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

        Rig(Path folder, int engines) {
            this.folder = folder;
            this.engines = engines;
            logged.start();
            logger.addAppender(logged);
            transport = ServiceProgram.transport(folder, engines);
        }

        @Override
        public Terms terms() {
            return TERMS;
        }

        @Override
        public HomaTransport transport() {
            return transport;
        }

        @Override
        public EchoProcess server(int port) throws Exception {
            return EchoProcess.ready(ServiceProgram.class, folder, port, ServiceProgram.role("server", engines));
        }

        @Override
        public Endpoint served(int port) {
            return new Endpoint("localhost", port);
        }

        @Override
        public Endpoint listening() {
            return new Endpoint("localhost", 0);
        }

        @Override
        public EchoProcess client(int port) throws Exception {
            return EchoProcess.ready(ServiceProgram.class, folder, port, ServiceProgram.role("client", engines));
        }

        @Override
        public void close() {
            transport.close();
            logger.detachAppender(logged);
            // A pool that lacks mbufs when its device is closed says so there.
            assertThat(List.copyOf(logged.list))
                    .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                    .isEmpty();
        }
    }
}
