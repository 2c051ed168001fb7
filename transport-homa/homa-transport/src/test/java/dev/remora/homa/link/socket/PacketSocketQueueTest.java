package dev.remora.homa.link.socket;

import static dev.remora.homa.link.socket.Frames.ethernet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.link.socket.Frames.Received;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two sockets on the ends of a veth pair. */
class PacketSocketQueueTest {
    private Namespaces namespaces;
    private InterfaceFacts here;
    private InterfaceFacts there;
    private PacketSocketQueue near;
    private PacketSocketQueue far;

    @BeforeEach
    void open() {
        namespaces = Namespaces.create();
        here = namespaces.first().facts();
        there = namespaces.second().facts();
        near = open(namespaces.first());
        far = open(namespaces.second());
    }

    private static PacketSocketQueue open(Namespaces.Space space) {
        PacketSocketConfig config = PacketSocketConfig.of(space.interfaceName());
        return space.in(() -> PacketSocketQueue.open(config)).getFirst();
    }

    @AfterEach
    void close() {
        if (near != null) {
            near.close();
        }
        if (far != null) {
            far.close();
        }
        if (namespaces != null) {
            namespaces.close();
        }
    }

    @Test
    void framesGoBothWaysInOrder() {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            boolean forth = random.nextBoolean();
            PacketSocketQueue from = forth ? near : far;
            PacketSocketQueue to = forth ? far : near;
            int count = 1 + random.nextInt(32);
            byte[][] sent = new byte[count][];
            for (int i = 0; i < count; i++) {
                byte[] packet = Packets.homa(random, 28 + random.nextInt(1453));
                sent[i] = ethernet(forth ? here : there, forth ? there : here, Frames.IPV4, packet);
                assertThat(Frames.commit(from, sent[i], Offload.NONE, 0, 0)).isTrue();
            }
            assertThat(from.pending()).isEqualTo(count);
            from.flush();
            assertThat(from.pending()).isZero();
            List<Received> received = Frames.receive(to, count);
            assertThat(received)
                    .extracting(Received::bytes)
                    .as("seed %d, round %d", seed, round)
                    .containsExactly(sent);
        }
        assertThat(near.counter(PacketSocketCounter.SENT_FRAMES))
                .isEqualTo(far.counter(PacketSocketCounter.RECEIVED_FRAMES));
        assertThat(near.counter(PacketSocketCounter.SENT_BYTES))
                .isEqualTo(far.counter(PacketSocketCounter.RECEIVED_BYTES));
        assertThat(near.counter(PacketSocketCounter.RECEIVED_FRAMES))
                .isEqualTo(far.counter(PacketSocketCounter.SENT_FRAMES))
                .isPositive();
        assertThat(far.counter(PacketSocketCounter.RECEIVE_OVERFLOW)).isZero();
    }

    @Test
    void saysWhatItCanDo() {
        var capabilities = near.capabilities();
        assertThat(capabilities.mtu()).isEqualTo(1500);
        assertThat(capabilities.maxFrameBytes()).isEqualTo(65_535);
        assertThat(capabilities.tcpChecksum()).isTrue();
        assertThat(capabilities.segmentation()).isTrue();
        assertThat(capabilities.checksumSeed()).isEqualTo(ChecksumSeed.PSEUDO_HEADER);
        assertThat(capabilities.segmentationSeed()).isEqualTo(ChecksumSeed.PSEUDO_HEADER);
        // What the kernel says of every veth.
        assertThat(capabilities.linkMbps()).isEqualTo(10_000).isEqualTo(here.linkMbps());
        namespaces.first().ip("link", "set", here.name(), "mtu", "9000");
        try (PacketSocketQueue another = open(namespaces.first())) {
            assertThat(another.capabilities().mtu()).isEqualTo(9000);
        }
    }

    @Test
    void aFullRingSaysSoAndGoesOnAfterTheFlush() {
        byte[] frame = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(1), 100));
        int count = 0;
        while (Frames.commit(near, frame, Offload.NONE, 0, 0)) {
            count++;
        }
        assertThat(count).isEqualTo(32);
        assertThat(near.pending()).isEqualTo(32);
        assertThatThrownBy(() -> near.commit(100, Offload.NONE, 0, 0)).isInstanceOf(IllegalStateException.class);
        near.flush();
        assertThat(near.reserve(100)).isNotEqualTo(FrameQueue.NO_ROOM);
        // A reserved place survives a flush.
        near.flush();
        near.commit(100, Offload.NONE, 0, 0);
        assertThatThrownBy(() -> near.commit(100, Offload.NONE, 0, 0)).isInstanceOf(IllegalStateException.class);
        assertThat(Frames.receive(far, 32)).extracting(Received::bytes).containsOnly(frame);
    }

    @Test
    void refusesFramesOfImpossibleLengths() {
        assertThatThrownBy(() -> near.reserve(13)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> near.reserve(65_536)).isInstanceOf(IllegalArgumentException.class);
        near.reserve(100);
        assertThatThrownBy(() -> near.commit(101, Offload.NONE, 0, 0)).isInstanceOf(IllegalStateException.class);
        near.reserve(1000);
        assertThatThrownBy(() -> near.commit(1000, Offload.SEGMENTATION, 20, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void oneFrameThatTheKernelRefusesDoesNotHoldUpTheOthers() {
        byte[] fits = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(2), 1480));
        byte[] tooLong = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(3), 3000));
        Frames.commit(near, fits, Offload.NONE, 0, 0);
        Frames.commit(near, tooLong, Offload.NONE, 0, 0);
        Frames.commit(near, fits, Offload.NONE, 0, 0);
        near.flush();
        assertThat(Frames.receive(far, 2)).extracting(Received::bytes).containsOnly(fits);
        assertThat(near.counter(PacketSocketCounter.SEND_REFUSED)).isEqualTo(1);
        assertThat(near.counter(PacketSocketCounter.SENT_FRAMES)).isEqualTo(2);
    }

    @Test
    void ownFramesAreNotHeard() {
        byte[] mine = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(4), 200));
        byte[] answer = ethernet(there, here, Frames.IPV4, Packets.homa(new Random(5), 200));
        Frames.send(near, mine);
        assertThat(Frames.receive(far, 1)).extracting(Received::bytes).containsExactly(mine);
        Frames.send(far, answer);
        assertThat(Frames.receive(near, 1)).extracting(Received::bytes).containsExactly(answer);
        assertThat(Frames.receiveNow(near)).isEmpty();
        assertThat(Frames.receiveNow(far)).isEmpty();
    }

    @Test
    void anotherThreadMustWaitForTheRelease() throws Exception {
        near.pending();
        CompletableFuture<Throwable> outcome = new CompletableFuture<>();
        Runnable use = () -> {
            try {
                near.pending();
                near.release();
                outcome.complete(new Exception("none"));
            } catch (Throwable e) {
                outcome.complete(e);
            }
        };
        Thread.ofPlatform().start(use).join();
        assertThat(outcome.get())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll(here.name(), Thread.currentThread().getName(), "release()");
        near.release();
        outcome.obtrudeValue(new Exception("not run"));
        CompletableFuture<Integer> pending = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(() -> {
                    pending.complete(near.pending());
                    near.release();
                })
                .join();
        assertThat(pending.get(1, TimeUnit.SECONDS)).isZero();
        near.close();
        near.close();
        assertThatThrownBy(() -> near.pending())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        near.wake();
        assertThat(near.counter(PacketSocketCounter.RECEIVE_OVERFLOW)).isZero();
    }

    @Test
    void sleepEndsByTimeFrameAndCall() throws Exception {
        assertThat(near.await(false, 0)).isFalse();
        long before = System.nanoTime();
        assertThat(near.await(false, 20_000_000)).isFalse();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(20_000_000);

        // A call before the sleep counts, and several are one.
        near.wake();
        near.wake();
        assertThat(near.await(false, Long.MAX_VALUE)).isTrue();
        assertThat(near.await(false, 0)).isFalse();
        Thread waker = Thread.ofPlatform().start(near::wake);
        assertThat(near.await(false, Long.MAX_VALUE)).isTrue();
        waker.join();
        assertThat(near.await(false, 0)).isFalse();

        Frames.send(far, ethernet(there, here, Frames.IPV4, Packets.homa(new Random(6), 60)));
        assertThat(near.await(false, Long.MAX_VALUE)).isTrue();
        assertThat(Frames.receiveNow(near)).hasSize(1);
        assertThat(near.await(false, 0)).isFalse();
    }

    @Test
    void anInterfaceSwitchedOffLosesFramesUntilItIsOn() {
        byte[] frame = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(7), 60));
        namespaces.first().ip("link", "set", here.name(), "down");
        Frames.send(near, frame);
        assertThat(near.pending()).isZero();
        assertThat(near.state()).isEqualTo(LinkState.DOWN);
        assertThat(near.counter(PacketSocketCounter.LINK_LOST)).isEqualTo(1);
        assertThat(near.counter(PacketSocketCounter.SEND_LINK_DOWN)).isEqualTo(1);
        Frames.send(near, frame);
        assertThat(Frames.receiveNow(near)).isEmpty();
        assertThat(near.counter(PacketSocketCounter.SEND_LINK_DOWN)).isEqualTo(2);
        assertThat(near.counter(PacketSocketCounter.LINK_LOST)).isEqualTo(1);
        namespaces.first().ip("link", "set", here.name(), "up");
        Frames.send(near, frame);
        assertThat(near.state()).isEqualTo(LinkState.UP);
        assertThat(Frames.receive(far, 1)).extracting(Received::bytes).containsExactly(frame);
    }

    @Test
    void anInterfaceRemovedIsGoneForGood() {
        byte[] frame = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(8), 60));
        namespaces.first().ip("link", "del", here.name());
        Frames.send(near, frame);
        Frames.send(near, frame);
        assertThat(near.pending()).isZero();
        assertThat(near.state()).isEqualTo(LinkState.GONE);
        assertThat(Frames.receiveNow(near)).isEmpty();
        assertThat(Frames.receiveNow(far)).isEmpty();
        assertThat(far.state()).isNotEqualTo(LinkState.UP);
        assertThat(near.counter(PacketSocketCounter.SEND_LINK_DOWN)).isEqualTo(2);
        // Nothing to wake for: an idle engine can go on sleeping.
        assertThat(near.await(false, 0)).isFalse();
    }

    @Test
    void whatIsNotReadInTimeIsCounted() {
        PacketSocketConfig small = PacketSocketConfig.of(there.name()).withBuffers(256 << 10, 1 << 20);
        try (PacketSocketQueue slow =
                namespaces.second().in(() -> PacketSocketQueue.open(small)).getFirst()) {
            byte[] frame = ethernet(here, there, Frames.IPV4, Packets.homa(new Random(9), 1480));
            for (int i = 0; i < 1000; i++) {
                Frames.send(near, frame);
            }
            assertThat(Frames.receive(far, 1000)).hasSize(1000);
            long kept = Frames.receiveNow(slow).size();
            assertThat(kept).isBetween(50L, 500L);
            assertThat(slow.counter(PacketSocketCounter.RECEIVE_OVERFLOW)).isEqualTo(1000 - kept);
            assertThat(slow.counter(PacketSocketCounter.RECEIVE_OVERFLOW)).isEqualTo(1000 - kept);
        }
    }
}
