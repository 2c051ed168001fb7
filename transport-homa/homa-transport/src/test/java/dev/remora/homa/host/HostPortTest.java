package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ways that are given up: each queue is closed once, whoever comes first. */
@Timeout(60)
class HostPortTest {
    private static final FrameCapabilities CAPABILITIES = new FrameCapabilities(
            1_500, 1_514, true, false, false, ChecksumSeed.PSEUDO_HEADER, ChecksumSeed.PSEUDO_HEADER, 0);
    private static final long PEER = HostAddress.low(2);
    private static final long LONG_NS = TimeUnit.SECONDS.toNanos(20);

    private final Bells bells = Bells.alone();
    private final HostPort port = new HostPort(CAPABILITIES, bells.of(0));
    private final Queue queue = new Queue();
    private final Way way = new Way(PEER, HostAddress.low(4), queue, true, bells.of(1));

    private static class Queue implements FrameQueue {
        final AtomicInteger closings = new AtomicInteger();
        int pending;
        private final MemorySegment memory = MemorySegment.ofArray(new byte[2_048]);

        @Override
        public FrameCapabilities capabilities() {
            return CAPABILITIES;
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public long reserve(int bytes) {
            return 0;
        }

        @Override
        public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {}

        @Override
        public void flush() {}

        @Override
        public int pending() {
            return pending;
        }

        @Override
        public int receive(FrameSink sink) {
            return 0;
        }

        @Override
        public void release() {}

        @Override
        public void takeOver() {}

        @Override
        public void close() {
            closings.incrementAndGet();
        }
    }

    private static final class Nothing implements PacketSink {
        @Override
        public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {}

        @Override
        public void onMore(MemorySegment memory, long at, int bytes) {}

        @Override
        public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int destinationPort) {}

        @Override
        public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {}

        @Override
        public void onBurstEnd() {}
    }

    private boolean leadsToPeer() {
        return port.reserve(0, PEER, 100) != PacketPort.NO_ROUTE;
    }

    /** Nobody saw to it in time, and then somebody does after all. */
    @Test
    void aWayThatWasGivenUpBeforeItWasUsedIsNotUsedLater() throws InterruptedException {
        port.flush();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                assertThat(port.add(way, 1)).isFalse();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            port.giveUp(way);
        });
        other.join();
        assertThat(queue.closings).hasValue(0);
        port.receive(new Nothing(), 0);
        assertThat(leadsToPeer()).isFalse();
        assertThat(queue.closings).hasValue(1);
        assertThat(way.removed.getCount()).isZero();
        port.close();
        assertThat(queue.closings).hasValue(1);
    }

    /** The peer is lost while the engine ends: both give its way up. */
    @Test
    void aWayThatIsGivenUpWhileThePortClosesIsClosedOnce() throws InterruptedException {
        Queue slow = new Queue() {
            @Override
            public void close() {
                super.close();
                if (closings.get() == 1) {
                    whileAnotherGivesUp();
                }
            }
        };
        given = new Way(PEER, HostAddress.low(4), slow, true, bells.of(1));
        assertThat(port.add(given, LONG_NS)).isTrue();
        assertThat(leadsToPeer()).isTrue();
        port.close();
        other.join();
        assertThat(slow.closings).hasValue(1);
        assertThat(port.remove(given, LONG_NS)).isTrue();
    }

    private Way given = way;
    private Thread other = Thread.ofPlatform().unstarted(() -> {});

    /** Returns when the other has either done it or waits for us. */
    private void whileAnotherGivesUp() {
        other = Thread.ofPlatform().start(() -> port.giveUp(given));
        Machine.until(
                "the other waits, or is done",
                () -> other.getState() == Thread.State.BLOCKED || other.getState() == Thread.State.TERMINATED);
    }

    /** Whoever waits for a change waits for the thread that owns the port, which may be asleep. */
    @Test
    void aChangeEndsTheSleep() throws InterruptedException {
        port.flush();
        port.bell().arm();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                assertThat(port.add(way, LONG_NS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(port.bell().await(false, LONG_NS)).isTrue();
        port.bell().disarm();
        port.receive(new Nothing(), 0);
        other.join();
        assertThat(way.added.getCount()).isZero();
        port.close();
    }

    /** What the queue had no room for is handed over later, and then the peer is to hear of it, too. */
    @Test
    void thePeersBellRingsForWhatWasHandedOverAndOnlyForThat() throws InterruptedException {
        port.flush();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                assertThat(port.add(way, LONG_NS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        while (way.added.getCount() > 0) {
            port.receive(new Nothing(), 0);
        }
        other.join();
        Bell peers = bells.of(1);
        peers.arm();
        port.flush();
        assertThat(peers.await(false, 0)).as("nothing was sent").isFalse();

        assertThat(leadsToPeer()).isTrue();
        port.commit(100, Offload.NONE, 0);
        queue.pending = 1;
        port.flush();
        assertThat(port.isPending()).as("some of it waits for room").isTrue();
        assertThat(peers.await(false, 0))
                .as("some of it may have been handed over")
                .isTrue();

        peers.arm();
        queue.pending = 0;
        port.flush();
        assertThat(port.isPending()).isFalse();
        assertThat(peers.await(false, 0)).as("the rest").isTrue();

        peers.arm();
        port.flush();
        assertThat(peers.await(false, 0)).isFalse();
        peers.disarm();
        port.close();
    }
}
