package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.Patience;
import dev.remora.homa.ServiceProgram.Service;
import dev.remora.homa.host.EchoProcess;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers in processes of their own, which are killed, stopped and started again with the same address. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PeerLifeContract {
    /** Longer than the time-out of the protocol, so that calls are lost. */
    static final Duration SHORT_PAUSE = Duration.ofSeconds(3);

    private static final int PORT = 4_900;

    private @Nullable PeerLifeRig opened;
    private long number;

    /** The rigs that every test but {@link #serverThatStandsStillHarmsNobodyElseAndWorksAfterwards} is run with. */
    abstract Stream<Named<Supplier<PeerLifeRig>>> rigs();

    /** Those of that one. */
    abstract Stream<Named<Supplier<PeerLifeRig>>> pausingRigs();

    /** 10 s where there is time for it. */
    static Duration longPause() {
        return Duration.ofSeconds(Integer.getInteger(
                "remora.test.pause-s", System.getenv("CI") == null ? (int) SHORT_PAUSE.toSeconds() : 10));
    }

    private PeerLifeRig open(Supplier<PeerLifeRig> rig) {
        PeerLifeRig made = rig.get();
        opened = made;
        return made;
    }

    @AfterEach
    void close() {
        PeerLifeRig last = opened;
        opened = null;
        if (last != null) {
            last.close();
        }
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

    private void echoOfEachSizeTwice(ClientTransport client) {
        for (int i = 0; i < 6; i++) {
            echo(client, ServiceProgram.size(i));
        }
    }

    private static void assertEcho(NotedCall.Ending ending, long number, int bytes) {
        byte[] response = ending.response();
        if (response == null) {
            throw new AssertionError("call " + number + " failed", ending.failure());
        }
        assertThat(response).hasSize(bytes);
        assertThat(ByteBuffer.wrap(response, 1, Long.BYTES).getLong()).isEqualTo(number);
    }

    private static void assertGone(PeerLifeRig rig, NotedCall.Ending ending) {
        TransportException failure = ending.failure();
        if (failure == null) {
            throw new AssertionError("the call got a response, not a failure");
        }
        assertThat(failure.reason()).as(failure.getMessage()).isIn(rig.terms().ends());
    }

    /** What a server says of itself. */
    private record Report(int held, int repeated) {}

    private Report report(ClientTransport client) {
        NotedCall.Ending ending = end(call(client, ServiceProgram.REPORT, 0));
        byte[] response = ending.response();
        if (response == null) {
            throw new AssertionError("no report", ending.failure());
        }
        ByteBuffer numbers = ByteBuffer.wrap(response);
        return new Report(numbers.getInt(), numbers.getInt());
    }

    private static void assertNothingIsHeld(HomaTransport transport) {
        Patience.until(() -> transport.buffersInUse() == 0, "all memory comes back");
        Patience.until(
                () -> transport.shards().stream()
                        .allMatch(shard -> shard.engine().stats().serverRpcs() == 0
                                && shard.engine().stats().clientRpcs() == 0),
                "no RPC is left");
    }

    /** Calls that the server holds, and as many again that have not even arrived. */
    private List<NotedCall> held(PeerLifeRig rig, ClientTransport client) {
        List<NotedCall> calls = new ArrayList<>();
        int count = rig.terms().calls();
        for (int i = 0; i < count; i++) {
            calls.add(call(client, ServiceProgram.HOLD, ServiceProgram.size(i)));
            int sent = calls.size();
            if (sent % rig.terms().atOnce() == 0) {
                Patience.until(
                        () -> {
                            assertThat(calls).noneMatch(NotedCall::isEnded);
                            return report(client).held() == sent;
                        },
                        "the server has the requests");
            }
        }
        for (int i = 0; i < count; i++) {
            calls.add(call(client, ServiceProgram.HOLD, ServiceProgram.size(i)));
        }
        return calls;
    }

    @ParameterizedTest
    @MethodSource("rigs")
    void callsToAKilledServerAllFailAndItsSuccessorAnswersTheSameClient(Supplier<PeerLifeRig> maker) throws Exception {
        PeerLifeRig rig = open(maker);
        try (ClientTransport client = rig.transport().connect(rig.served(PORT))) {
            for (int round = 0; round < 2; round++) {
                try (EchoProcess server = rig.server(PORT)) {
                    echo(client, 100);
                    List<NotedCall> calls = held(rig, client);
                    long killNs = System.nanoTime();
                    server.kill();
                    for (NotedCall call : calls) {
                        NotedCall.Ending ending = end(call);
                        assertGone(rig, ending);
                        assertThat(Duration.ofNanos(ending.atNs() - killNs))
                                .as("after the kill")
                                .isLessThan(rig.terms().noticedWithin());
                    }
                    assertThat(client.outstanding()).isZero();
                    assertThat(calls).allMatch(call -> call.endings.get() == 1);
                }
                assertNothingIsHeld(rig.transport());
            }
            try (EchoProcess server = rig.server(PORT)) {
                echoOfEachSizeTwice(client);
                Report report = report(client);
                assertThat(report.held())
                        .as("requests to its predecessors that it holds")
                        .isZero();
                assertThat(report.repeated()).as("requests that ran twice").isZero();
                server.quit();
            }
        }
    }

    /** Where nobody tells of a client's end its exchanges end when they are answered, and the answers are never acknowledged. */
    @ParameterizedTest
    @MethodSource("rigs")
    void killedClientLeavesNothingAndItsSuccessorIsServed(Supplier<PeerLifeRig> maker) throws Exception {
        PeerLifeRig rig = open(maker);
        boolean told = rig.transport().capabilities().reportsPeerLoss();
        Service service = new Service();
        try (ServerTransport server = rig.transport().listen(rig.listening(), service)) {
            for (int round = 1; round <= 2; round++) {
                int before = service.echoed.get();
                int expected = told ? round * ServiceProgram.HELD_BY_CLIENT : 0;
                try (EchoProcess client = rig.client(server.localAddress().port())) {
                    Patience.until(
                            () -> service.held.size() == ServiceProgram.HELD_BY_CLIENT
                                    && service.echoed.get() > before + 20,
                            "the client holds exchanges, and goes on calling");
                    client.kill();
                    Patience.until(() -> service.cancelled.get() == expected, "its exchanges are cancelled");
                }
                for (ServerExchange exchange = service.held.poll(); exchange != null; exchange = service.held.poll()) {
                    if (told) {
                        // What handlers do when they hear of it.
                        exchange.abort();
                    } else {
                        exchange.respond(exchange.allocate(10_000));
                    }
                }
                assertNothingIsHeld(rig.transport());
                assertThat(service.cancelled).as("each was cancelled once").hasValue(expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pausingRigs")
    void serverThatStandsStillHarmsNobodyElseAndWorksAfterwards(Supplier<PeerLifeRig> maker) throws Exception {
        PeerLifeRig rig = open(maker);
        try (EchoProcess standing = rig.server(PORT);
                EchoProcess running = rig.terms().bystander() ? rig.server(PORT + 1) : null;
                ClientTransport stopped = rig.transport().connect(rig.served(PORT));
                ClientTransport fine = rig.transport().connect(rig.served(PORT + 1))) {
            echo(stopped, 100);
            standing.stop();
            long resumeNs = System.nanoTime() + rig.terms().pause().toNanos();
            int count = rig.terms().calls();
            long first = number;
            List<NotedCall> calls = echoes(stopped, count);
            if (running == null) {
                Patience.until(() -> System.nanoTime() - resumeNs > 0, "the pause is over");
            } else {
                callMeanwhile(fine, resumeNs);
            }
            long second = number;
            // Those may well be answered.
            calls.addAll(echoes(stopped, count));
            standing.signal("CONT");
            for (int i = 0; i < calls.size(); i++) {
                NotedCall.Ending ending = end(calls.get(i));
                if (ending.failure() == null) {
                    long mine = i < count ? first + i : second + i - count;
                    assertEcho(ending, mine, ServiceProgram.size(i % count));
                } else {
                    assertGone(rig, ending);
                }
            }
            echoOfEachSizeTwice(stopped);
            assertThat(report(stopped).repeated()).as("requests that ran twice").isZero();
            assertThat(calls).allMatch(call -> call.endings.get() == 1);
            assertNothingIsHeld(rig.transport());
            standing.quit();
            if (running != null) {
                running.quit();
            }
        }
    }

    private List<NotedCall> echoes(ClientTransport client, int count) {
        List<NotedCall> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(call(client, ServiceProgram.ECHO, ServiceProgram.size(i)));
        }
        return calls;
    }

    private void callMeanwhile(ClientTransport fine, long endNs) {
        int others = 0;
        while (System.nanoTime() - endNs < 0) {
            echo(fine, ServiceProgram.size(others));
            others++;
        }
        assertThat(others).as("calls to the other server meanwhile").isGreaterThan(20);
    }
}
