package dev.remora.homa.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.Patience;
import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine without work asks of a port that can wake it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EngineSleepTest {
    private enum Step {
        ARM,
        LOOK,
        SLEEP,
        SLEEP_UNTIL_ROOM,
        DISARM
    }

    private final StillPort port = new StillPort();

    private Engine engine() {
        HomaConfig config = HomaConfig.standard().withSeed(1);
        Engine engine = new Engine(
                "remora-test-sleeper",
                config,
                new EngineGroup(config, 1, true),
                0,
                port,
                Encapsulation.TCP_HEADER,
                1 << 20,
                IdlePolicy.PARK,
                (request, handle, id, high, low, peerPort, localPort) -> request.release());
        engine.start();
        return engine;
    }

    /** A packet that came before the port was armed wakes nobody. */
    @Test
    void itLooksOnceMoreBetweenArmingAndSleeping() {
        try (Engine ignored = engine()) {
            Patience.until(() -> port.sleeps() >= 3, "it sleeps again and again");
        }
        List<Step> seen = List.copyOf(port.steps);
        for (int i = 0; i < seen.size(); i++) {
            if (seen.get(i) == Step.ARM && i + 2 < seen.size() && seen.get(i + 2) != Step.DISARM) {
                assertThat(seen.subList(i + 1, i + 3)).containsExactly(Step.LOOK, Step.SLEEP);
            }
        }
        assertThat(seen.stream().filter(step -> step == Step.DISARM).count())
                .as("disarmed as often as armed")
                .isEqualTo(seen.stream().filter(step -> step == Step.ARM).count());
    }

    @Test
    void framesThatWaitForRoomEndItsSleep() {
        port.pending = true;
        try (Engine ignored = engine()) {
            Patience.until(() -> port.sleeps() >= 3, "it sleeps");
            assertThat(port.steps).contains(Step.SLEEP_UNTIL_ROOM).doesNotContain(Step.SLEEP);
            port.pending = false;
            port.wake();
            Patience.until(() -> port.steps.contains(Step.SLEEP), "it sleeps for packets alone");
        }
    }

    /** It sleeps on the port, so the port has to be told. */
    @Test
    void whatIsPostedWakesIt() {
        port.longest = true;
        try (Engine engine = engine()) {
            Patience.until(() -> port.sleeps() >= 1, "it sleeps");
            CompletableFuture<Boolean> ran = new CompletableFuture<>();
            engine.post(EngineRig.command(() -> ran.complete(engine.isDriving())));
            assertThat(Patience.await(ran, "the command runs")).isTrue();
        }
    }

    /** A port that nothing comes through. */
    private static final class StillPort implements PacketPort, Awaitable {
        private static final int STEPS = 10_000;
        private static final FrameCapabilities CAPABILITIES = new FrameCapabilities(
                1_500, 1_514, false, false, false, ChecksumSeed.COMPLETE, ChecksumSeed.COMPLETE, 0);

        final List<Step> steps = new CopyOnWriteArrayList<>();
        volatile boolean pending;
        /** Sleeps last until somebody ends them, however short they were to be. */
        volatile boolean longest;

        private final Semaphore woken = new Semaphore(0);
        private boolean armed;

        private void note(Step step) {
            if (steps.size() < STEPS) {
                steps.add(step);
            }
        }

        long sleeps() {
            return steps.stream()
                    .filter(step -> step == Step.SLEEP || step == Step.SLEEP_UNTIL_ROOM)
                    .count();
        }

        @Override
        public boolean arm() {
            note(Step.ARM);
            armed = true;
            return true;
        }

        @Override
        public void disarm() {
            note(Step.DISARM);
            armed = false;
        }

        @Override
        public boolean await(boolean room, long timeoutNs) {
            note(room ? Step.SLEEP_UNTIL_ROOM : Step.SLEEP);
            try {
                if (longest) {
                    woken.acquire();
                    return true;
                }
                return woken.tryAcquire(timeoutNs, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }

        @Override
        public void wake() {
            woken.release();
        }

        @Override
        public Awaitable awaitable() {
            return this;
        }

        @Override
        public boolean isPending() {
            return pending;
        }

        @Override
        public int receive(PacketSink sink, long nowNs) {
            if (armed) {
                note(Step.LOOK);
            }
            return 0;
        }

        @Override
        public FrameCapabilities capabilities() {
            return CAPABILITIES;
        }

        @Override
        public long reserve(long peerHigh, long peerLow, int bytes) {
            return NO_ROUTE;
        }

        @Override
        public MemorySegment memory() {
            throw new AssertionError("nothing was reserved");
        }

        @Override
        public long sourceHigh() {
            throw new AssertionError("nothing was reserved");
        }

        @Override
        public long sourceLow() {
            throw new AssertionError("nothing was reserved");
        }

        @Override
        public void commit(int bytes, Offload offload, int segmentBytes) {
            throw new AssertionError("nothing was reserved");
        }

        @Override
        public void flush() {}

        @Override
        public void refuse(MemorySegment memory, ParsedPacket packet) {
            throw new AssertionError("nothing came");
        }

        @Override
        public long nextDeadlineNs(long nowNs) {
            return Long.MAX_VALUE;
        }

        @Override
        public void takeOver() {}

        @Override
        public void release() {}

        @Override
        public void close() {}
    }
}
