package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.remora.contract.Patience;
import dev.remora.dpdk.Dpdk;
import dev.remora.homa.ServiceProgram.Service;
import dev.remora.homa.host.EchoProcess;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Transports over shared memory whose peers are processes of their own, which are killed, stopped and started again. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ProcessLifeTest {
    private static final int PORT = 4_900;
    private static final long NOTICED_WITHIN_NS = TimeUnit.SECONDS.toNanos(3);
    private static final int CALLS = 60;

    @TempDir
    private Path folder;

    private HomaTransport transport;
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.remora.homa");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private long number;

    /** So long a process stands still: 10 s where there is time for it. */
    private static long pauseNs() {
        return TimeUnit.SECONDS.toNanos(
                Integer.getInteger("remora.test.pause-s", System.getenv("CI") == null ? 3 : 10));
    }

    @BeforeEach
    void open() {
        if (!Dpdk.isAvailable()) {
            System.err.println("SKIPPED: DPDK is not installed");
            Assumptions.abort("DPDK is not installed");
        }
        logged.start();
        logger.addAppender(logged);
        transport = ServiceProgram.transport(folder);
    }

    @AfterEach
    void close() {
        if (transport != null) {
            transport.close();
        }
        logger.detachAppender(logged);
        // A pool that lacks mbufs when its device is closed says so there.
        assertThat(List.copyOf(logged.list))
                .filteredOn(event -> event.getLevel().isGreaterOrEqual(Level.ERROR))
                .isEmpty();
    }

    private EchoProcess server(int port) throws Exception {
        return EchoProcess.ready(ServiceProgram.class, folder, port, "server");
    }

    private ClientTransport client(int port) {
        return transport.connect(new Endpoint("localhost", port));
    }

    private NotedCall call(ClientTransport client, byte kind, int bytes) {
        NotedCall call = new NotedCall();
        client.call(ServiceProgram.request(client, kind, number++, bytes), 0, call);
        return call;
    }

    private static NotedCall.Ending end(NotedCall call) {
        return Patience.await(call.ending, "the end of a call");
    }

    private void echo(ClientTransport client, int bytes) {
        long mine = number;
        assertEcho(end(call(client, ServiceProgram.ECHO, bytes)), mine, bytes);
    }

    private static void assertEcho(NotedCall.Ending ending, long number, int bytes) {
        byte[] response = ending.response();
        if (response == null) {
            throw new AssertionError("call " + number + " failed", ending.failure());
        }
        assertThat(response).hasSize(bytes);
        assertThat(ByteBuffer.wrap(response, 1, Long.BYTES).getLong()).isEqualTo(number);
    }

    private static void assertLost(NotedCall.Ending ending) {
        TransportException failure = ending.failure();
        if (failure == null) {
            throw new AssertionError("the call got a response, not a failure");
        }
        assertThat(failure.reason()).as(failure.getMessage()).isEqualTo(Reason.PEER_LOST);
    }

    private ByteBuffer report(ClientTransport client) {
        byte[] response = end(call(client, ServiceProgram.REPORT, 0)).response();
        assertThat(response).as("a report").isNotNull();
        return ByteBuffer.wrap(response);
    }

    private void assertNothingIsHeld() {
        Patience.until(() -> transport.buffersInUse() == 0, "all memory comes back");
        Patience.until(
                () -> transport.shards().stream()
                        .allMatch(shard -> shard.engine().stats().serverRpcs() == 0
                                && shard.engine().stats().clientRpcs() == 0),
                "no RPC is left");
    }

    @Test
    void callsToAKilledServerAllFailSoonAndItsSuccessorAnswersTheSameClient() throws Exception {
        try (ClientTransport client = client(PORT)) {
            for (int round = 0; round < 2; round++) {
                try (EchoProcess server = server(PORT)) {
                    echo(client, 100);
                    List<NotedCall> calls = new ArrayList<>();
                    for (int i = 0; i < CALLS; i++) {
                        calls.add(call(client, ServiceProgram.HOLD, ServiceProgram.size(i)));
                    }
                    Patience.until(() -> report(client).getInt() == CALLS, "the server has all requests");
                    // Those have not even arrived.
                    for (int i = 0; i < CALLS; i++) {
                        calls.add(call(client, ServiceProgram.HOLD, ServiceProgram.size(i)));
                    }
                    long killNs = System.nanoTime();
                    server.kill();
                    for (NotedCall call : calls) {
                        NotedCall.Ending ending = end(call);
                        assertLost(ending);
                        assertThat(ending.atNs() - killNs)
                                .as("ns after the kill")
                                .isLessThan(NOTICED_WITHIN_NS);
                    }
                    assertThat(client.outstanding()).isZero();
                    assertThat(calls).allMatch(call -> call.endings.get() == 1);
                }
                assertNothingIsHeld();
            }
            try (EchoProcess server = server(PORT)) {
                for (int i = 0; i < 6; i++) {
                    echo(client, ServiceProgram.size(i));
                }
                server.quit();
            }
        }
    }

    @Test
    void exchangesOfAKilledClientAreCancelled() throws Exception {
        Service service = new Service();
        try (ServerTransport server = transport.listen(new Endpoint("localhost", 0), service)) {
            for (int round = 1; round <= 2; round++) {
                int before = service.echoed.get();
                int expected = round * ServiceProgram.HELD_BY_CLIENT;
                try (EchoProcess client = EchoProcess.ready(
                        ServiceProgram.class, folder, server.localAddress().port(), "client")) {
                    Patience.until(
                            () -> service.held.size() == ServiceProgram.HELD_BY_CLIENT
                                    && service.echoed.get() > before + 20,
                            "the client holds exchanges, and goes on calling");
                    client.kill();
                    Patience.until(() -> service.cancelled.get() == expected, "its exchanges are cancelled");
                }
                // What handlers do when they hear of it.
                for (ServerExchange exchange = service.held.poll(); exchange != null; exchange = service.held.poll()) {
                    exchange.abort();
                }
                assertNothingIsHeld();
                assertThat(service.cancelled).as("each was cancelled once").hasValue(expected);
            }
        }
    }

    @Test
    void serverThatStandsStillHarmsNobodyElseAndWorksAfterwards() throws Exception {
        try (EchoProcess standing = server(PORT);
                EchoProcess running = server(PORT + 1);
                ClientTransport stopped = client(PORT);
                ClientTransport fine = client(PORT + 1)) {
            echo(stopped, 100);
            echo(fine, 100);
            standing.stop();
            long stopNs = System.nanoTime();
            long first = number;
            List<NotedCall> calls = new ArrayList<>();
            for (int i = 0; i < CALLS; i++) {
                calls.add(call(stopped, ServiceProgram.ECHO, ServiceProgram.size(i)));
            }
            long betweenFirst = number;
            int others = 0;
            while (System.nanoTime() - stopNs < pauseNs()) {
                echo(fine, ServiceProgram.size(others));
                others++;
            }
            assertThat(others).as("calls to the other server meanwhile").isGreaterThan(20);
            long second = number;
            assertThat(second - betweenFirst).isEqualTo(others);
            // Those may well be answered.
            for (int i = 0; i < CALLS; i++) {
                calls.add(call(stopped, ServiceProgram.ECHO, ServiceProgram.size(i)));
            }
            standing.signal("CONT");
            for (int i = 0; i < calls.size(); i++) {
                NotedCall.Ending ending = end(calls.get(i));
                if (ending.failure() == null) {
                    long mine = i < CALLS ? first + i : second + i - CALLS;
                    assertEcho(ending, mine, ServiceProgram.size(i % CALLS));
                } else {
                    assertLost(ending);
                }
            }
            for (int i = 0; i < 6; i++) {
                echo(stopped, ServiceProgram.size(i));
            }
            ByteBuffer report = report(stopped);
            report.getInt();
            assertThat(report.getInt()).as("requests that ran twice").isZero();
            assertThat(calls).allMatch(call -> call.endings.get() == 1);
            assertNothingIsHeld();
            standing.quit();
            running.quit();
        }
    }
}
