package dev.remora.homa.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.contract.Patience;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.net.PeerAddress;
import dev.remora.homa.protocol.Counter;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.wire.Encapsulation;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EngineTest {
    private static byte[] message(int bytes, long seed) {
        byte[] message = new byte[bytes];
        new Random(seed).nextBytes(message);
        return message;
    }

    private static EngineRig rig(boolean segmentation) {
        return new EngineRig(
                new MemoryNetwork.Hub(segmentation, (packet, bytes) -> false),
                segmentation,
                IdlePolicy.ADAPTIVE,
                Encapsulation.TCP_HEADER);
    }

    @ParameterizedTest
    @CsvSource({"false,TCP_HEADER", "true,TCP_HEADER", "false,HOMA", "false,UDP", "true,UDP"})
    void messagesOfAllLengthsComeBackAsTheyWere(boolean segmentation, Encapsulation encapsulation) {
        MemoryNetwork.Hub hub = new MemoryNetwork.Hub(segmentation, (packet, bytes) -> false);
        try (EngineRig rig = new EngineRig(hub, segmentation, IdlePolicy.ADAPTIVE, encapsulation)) {
            for (int bytes : new int[] {1, 100, 1_423, 1_424, 1_425, 10_000, 64_080, 64_081, 300_000, 1_000_000}) {
                byte[] request = message(bytes, bytes);
                assertThat(rig.new Call(request).start(false).await()).isEqualTo(request);
            }
        }
    }

    /** Not with each of the 45 pieces in which a long frame comes. */
    @Test
    void whatALongFrameAcknowledgesIsAcknowledgedOnce() {
        int calls = 40;
        try (EngineRig rig = rig(true)) {
            for (int i = 0; i < calls; i++) {
                byte[] request = message(100_000, i);
                assertThat(rig.new Call(request).start(false).await()).isEqualTo(request);
            }
            // On a busy machine some are sent again.
            assertThat(rig.server.protocolMetrics().get(Counter.ACKS_UNKNOWN)).isLessThan(5L * calls);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void lostPacketsAreSentAgain(boolean segmentation) {
        Random random = new Random(7);
        MemoryNetwork.Hub hub = new MemoryNetwork.Hub(segmentation, (packet, bytes) -> {
            synchronized (random) {
                return random.nextInt(20) == 0;
            }
        });
        try (EngineRig rig = new EngineRig(hub, segmentation, IdlePolicy.ADAPTIVE, Encapsulation.TCP_HEADER)) {
            List<EngineRig.Call> calls = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                calls.add(rig.new Call(message(1 + i * 997, i)).start(false));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(calls.get(i).await()).isEqualTo(message(1 + i * 997, i));
            }
            assertThat(rig.requests).as("requests run").hasValue(100);
        }
    }

    @Test
    void waitingCallerDrivesTheEngineItself() {
        try (EngineRig rig = rig(false)) {
            long before = rig.client.stats().callerRounds();
            for (int i = 0; i < 100; i++) {
                EngineRig.Call call = rig.new Call(message(50, i)).start(true);
                while (!call.isDone() && rig.client.drive(call)) {
                    assertThat(call.isDone()).isTrue();
                }
                assertThat(call.await()).isEqualTo(message(50, i));
            }
            assertThat(rig.client.stats().callerRounds()).isGreaterThan(before);
        }
    }

    /** Its thread never sleeps, and lets callers drive all the same. */
    @Test
    void waitingCallerTakesTheEngineFromItsThread() {
        MemoryNetwork.Hub hub = new MemoryNetwork.Hub(false, (packet, bytes) -> false);
        try (EngineRig rig = new EngineRig(hub, false, IdlePolicy.SPIN, Encapsulation.TCP_HEADER)) {
            long before = rig.client.stats().callerRounds();
            AtomicInteger seed = new AtomicInteger();
            Patience.until(
                    () -> {
                        byte[] request = message(50, seed.incrementAndGet());
                        EngineRig.Call call = rig.new Call(request).start(true);
                        rig.client.drive(call);
                        assertThat(call.await()).isEqualTo(request);
                        return rig.client.stats().callerRounds() > before;
                    },
                    "a caller has driven");
        }
    }

    /** The caller sent it while the engine slept without a deadline: it must have one afterwards. */
    @Test
    void lostRequestOfADrivingCallerIsSentAgain() {
        AtomicBoolean lose = new AtomicBoolean();
        AtomicInteger lost = new AtomicInteger();
        MemoryNetwork.Hub hub = new MemoryNetwork.Hub(false, (packet, bytes) -> {
            boolean loses = lose.getAndSet(false);
            if (loses) {
                lost.incrementAndGet();
            }
            return loses;
        });
        try (EngineRig rig = new EngineRig(hub, false, IdlePolicy.PARK, Encapsulation.TCP_HEADER)) {
            for (int i = 0; i < 10; i++) {
                Patience.until(
                        () -> rig.client.stats().clientRpcs() == 0
                                && rig.server.stats().serverRpcs() == 0,
                        "nothing is under way");
                lose.set(true);
                EngineRig.Call call = rig.new Call(message(50, i)).start(true);
                rig.client.drive(call);
                assertThat(call.await()).isEqualTo(message(50, i));
            }
        }
        assertThat(lost).hasValue(10);
    }

    /** Its own thread sleeps for an hour by then, and nothing else would wake it: the caller has taken the packets in. */
    @Test
    void whatADrivingCallerLeavesIsSeenToAtOnce() {
        int others = 20;
        int port = 5_000;
        IdlePolicy sleepy = new IdlePolicy(0, TimeUnit.HOURS.toNanos(1));
        MemoryNetwork.Hub hub = new MemoryNetwork.Hub(false, (packet, bytes) -> false);
        try (EngineRig rig = new EngineRig(hub, false, sleepy, Encapsulation.TCP_HEADER)) {
            rig.client.submit(EngineRig.command(() -> rig.client.listen(port)));
            Patience.until(() -> sleeps("remora-test-client") && sleeps("remora-test-server"), "the engines sleep");
            EngineRig.Call call = rig.new Call(message(50, 1)).start(true);
            Patience.until(() -> rig.server.drive(() -> rig.requests.get() == 1), "the answer is on its way");
            byte[] request = message(50, 2);
            rig.server.submit(EngineRig.command(() -> {
                for (int i = 0; i < others; i++) {
                    PeerAddress to = rig.clientNetwork.address();
                    rig.server.send(
                            new Forgotten(),
                            to.high(),
                            to.low(),
                            port,
                            40_000,
                            MemorySegment.NULL,
                            MemorySegment.ofArray(request),
                            0,
                            request.length);
                }
            }));
            Patience.until(() -> rig.client.drive(call), "the answer");
            assertThat(call.await()).isEqualTo(message(50, 1));
            Patience.until(() -> rig.heard.get() == others, "requests that came with it");
        }
    }

    private static boolean sleeps(String thread) {
        return Thread.getAllStackTraces().keySet().stream()
                .anyMatch(each -> each.getName().equals(thread) && each.getState() == Thread.State.TIMED_WAITING);
    }

    /** Nobody waits for its answer. */
    private static final class Forgotten extends ClientRpc {
        @Override
        protected void onResponse(Received response) {
            response.release();
        }

        @Override
        protected void onFailed(RpcError error, boolean heard) {}
    }

    @Test
    void manyCallersShareOneEngine() {
        try (EngineRig rig = rig(true)) {
            List<CompletableFuture<Void>> callers = new ArrayList<>();
            for (int c = 0; c < 8; c++) {
                int seed = c;
                callers.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                byte[] request = message(1 + i * 300, seed * 1_000L + i);
                                EngineRig.Call call = rig.new Call(request).start(i % 2 == 0);
                                rig.client.drive(call);
                                assertThat(call.await()).isEqualTo(request);
                            }
                        },
                        Thread::startVirtualThread));
            }
            callers.forEach(caller -> Patience.await(caller, "all calls of a caller"));
            Patience.until(() -> rig.client.stats().receivedInUse() == 0, "every message is released");
        }
    }

    @Test
    void closingFailsWhatIsOutstandingAndRefusesWhatComesLater() {
        EngineRig rig = rig(false);
        rig.serverNetwork.close();
        EngineRig.Call call = rig.new Call(message(50, 1)).start(false);
        rig.client.close();
        assertThatThrownBy(call.outcome::get)
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("ABORTED");
        CompletableFuture<Boolean> refused = new CompletableFuture<>();
        rig.client.submit(new Command() {
            @Override
            protected void run() {
                refused.complete(false);
            }

            @Override
            protected void refused() {
                refused.complete(true);
            }
        });
        assertThat(Patience.await(refused, "the command is refused")).isTrue();
        assertThat(rig.client.drive(() -> false)).isFalse();
        rig.close();
    }

    @Test
    void engineMethodsOfAThreadThatDoesNotDriveAreRefused() {
        try (EngineRig rig = rig(false)) {
            assertThatThrownBy(() -> rig.client.listen(5_000))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("submit a command");
        }
    }

    @Test
    void rpcThatWasAbortedSaysNothingMore() {
        try (EngineRig rig = rig(false)) {
            EngineRig.Call call = rig.new Call(message(50, 1));
            CompletableFuture<Boolean> aborted = new CompletableFuture<>();
            rig.client.submit(EngineRig.command(() -> {
                call.start(false);
                assertThat(rig.client.rpcId(call)).isNotZero();
                rig.client.abort(call);
                rig.client.abort(call);
                aborted.complete(rig.client.rpcId(call) == 0);
            }));
            assertThat(Patience.await(aborted, "the command runs")).isTrue();
            byte[] next = message(60, 2);
            assertThat(rig.new Call(next).start(false).await()).isEqualTo(next);
            assertThat(call.outcome).isNotDone();
        }
    }
}
