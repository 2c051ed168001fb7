package dev.remora.homa;

import dev.remora.homa.host.EchoProcess;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** The contract with peers on another host: nobody tells that they are gone, but for the kernel when a UDP port is closed. */
class InterfaceLifeTest extends PeerLifeContract {
    /** The protocol's time-out is 2 s; what was said shortly before the end may put it off. */
    private static final Duration SILENT = Duration.ofSeconds(8);
    /** The kernel says at once that a UDP port is closed. */
    private static final Duration TOLD = Duration.ofSeconds(1);

    @Override
    Stream<Named<Supplier<PeerLifeRig>>> rigs() {
        return Stream.of(
                rig("packet-socket", "tcp-header", SILENT, longPause()),
                rig("packet-socket", "udp", TOLD, SHORT_PAUSE),
                rig("af-packet", "tcp-header", SILENT, SHORT_PAUSE));
    }

    @Override
    Stream<Named<Supplier<PeerLifeRig>>> pausingRigs() {
        return rigs();
    }

    private static Named<Supplier<PeerLifeRig>> rig(
            String link, String encapsulation, Duration noticedWithin, Duration pause) {
        PeerLifeRig.Terms terms = new PeerLifeRig.Terms(
                30,
                // A server that has just started does not ask again for a request of which all was lost, and many at
                // once overflow the ring of an interface while its thread waits for a CPU.
                1,
                noticedWithin,
                // A server that had not been heard did nothing, as is known.
                Set.of(Reason.PEER_LOST, Reason.UNREACHABLE),
                pause,
                // Each process of a host would need an address of its own.
                false);
        return Named.of(link + ", " + encapsulation, () -> new Rig(terms, link, encapsulation));
    }

    /** The processes are on the second host. */
    private static final class Rig implements PeerLifeRig {
        private final InterfaceRig hosts = new InterfaceRig();
        private final Terms terms;
        private final Map<String, String> settings;
        private final HomaTransport transport;

        Rig(Terms terms, String link, String encapsulation) {
            this.terms = terms;
            settings = Map.of(
                    "interface.link",
                    link,
                    "encapsulation",
                    encapsulation,
                    "protocol.timeout-ticks",
                    "2000",
                    // For parts of messages whose other parts will never come.
                    "transfer-timeout",
                    "3s",
                    "idle",
                    "park");
            try {
                transport = hosts.transport(hosts.spaces.first(), settings);
            } catch (RuntimeException | Error e) {
                hosts.close();
                throw e;
            }
        }

        @Override
        public Terms terms() {
            return terms;
        }

        @Override
        public HomaTransport transport() {
            return transport;
        }

        private EchoProcess process(int port, String role) throws IOException {
            Map<String, String> all = new HashMap<>(settings);
            all.put("network", "interface");
            all.put("interface.name", hosts.spaces.second().interfaceName());
            String text = all.entrySet().stream()
                    .map(each -> each.getKey() + "=" + each.getValue())
                    .collect(Collectors.joining(";"));
            return EchoProcess.ready(hosts.spaces.second().interfaceName(), ServiceProgram.class, text, port, role);
        }

        @Override
        public EchoProcess server(int port) throws IOException {
            return process(port, "server");
        }

        @Override
        public Endpoint served(int port) {
            return new Endpoint(InterfaceRig.SERVER, port);
        }

        @Override
        public Endpoint listening() {
            return new Endpoint("*", 0);
        }

        @Override
        public EchoProcess client(int port) throws IOException {
            return process(port, "client@" + InterfaceRig.CALLER);
        }

        @Override
        public void close() {
            hosts.close();
        }
    }
}
