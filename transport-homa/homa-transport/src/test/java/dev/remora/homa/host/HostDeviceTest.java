package dev.remora.homa.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.homa.link.DpdkFrameQueue;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.link.SharedEal;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.Segmenter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queues of frames over both ends of a vhost link in one process, driven by the test's thread. */
class HostDeviceTest {
    private static final int SEED = 7;

    /** Ways need a queue, if only to write headers. */
    private static final FrameCapabilities LOOP = new FrameCapabilities(
            1_500, 1_514, true, false, false, ChecksumSeed.PSEUDO_HEADER, ChecksumSeed.PSEUDO_HEADER, 0);

    @TempDir
    private Path folder;

    private HostDevice maker;
    private HostDevice user;

    @BeforeEach
    void open() {
        Machine.needsDpdk();
        Eal eal = SharedEal.get(
                EalConfig.builder().memoryMb(512).hugepages(HugepagePolicy.NONE).build());
        HostSettings settings = Machine.settings(folder);
        maker = HostDevice.making(eal, settings, folder.resolve("s"), 1);
        user = HostDevice.using(eal, settings, folder.resolve("s"), 1);
        Machine.until("both ends are up", () -> maker.isUp() && user.isUp());
    }

    private static DpdkFrameQueue queue(HostDevice device) {
        return device.queues(1).getFirst();
    }

    @AfterEach
    void close() {
        if (user != null) {
            // Pools refuse to close while an mbuf is out, so this finds leaks.
            queue(user).close();
            user.close();
            queue(maker).close();
            maker.close();
        }
    }

    private static byte[] frame(int bytes, long seed) {
        byte[] frame = new byte[bytes];
        new Random(seed).nextBytes(frame);
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb6;
        return frame;
    }

    private static boolean send(FrameQueue queue, byte[] frame) {
        long at = queue.reserve(frame.length);
        if (at < 0) {
            return false;
        }
        MemorySegment.copy(MemorySegment.ofArray(frame), 0, queue.memory(), at, frame.length);
        queue.commit(frame.length, Offload.NONE, 0, 0);
        return true;
    }

    private static Frames receive(DpdkFrameQueue from, DpdkFrameQueue sender, int count) {
        Frames frames = new Frames();
        Machine.until(count + " frames have come", () -> {
            sender.flush();
            from.receive(frames);
            return frames.whole.size() >= count;
        });
        return frames;
    }

    @Test
    void framesOfAllSizesPassBothWays() {
        for (DpdkFrameQueue from : new DpdkFrameQueue[] {queue(maker), queue(user)}) {
            DpdkFrameQueue to = from == queue(maker) ? queue(user) : queue(maker);
            for (int bytes : new int[] {60, 61, 590, 1_500, 1_514}) {
                byte[] frame = frame(bytes, SEED + bytes);
                assertThat(send(from, frame)).isTrue();
                Frames got = receive(to, from, 1);
                assertThat(got.whole.get(0))
                        .as("%d bytes, seed %d", bytes, SEED + bytes)
                        .isEqualTo(frame);
                assertThat(got.allGood).isTrue();
                assertThat(got.bursts).isEqualTo(1);
            }
            assertThat(from.counters().sentFrames()).isEqualTo(5);
            assertThat(from.counters().sentBytes()).isEqualTo(60 + 61 + 590 + 1_500 + 1_514);
            assertThat(to.counters().receivedFrames()).isEqualTo(5);
            assertThat(to.counters().receivedBytes()).isEqualTo(60 + 61 + 590 + 1_500 + 1_514);
        }
    }

    /** Ethernet, IPv4, and a DATA header with data, to be cut. Returns the frame's length. */
    private static int writeSuper(MemorySegment memory, long at, byte[] data) {
        MemorySegment header = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
        HomaHeader.writeCommon(header, 0, 1, 2, 0, HomaHeader.DATA, HomaHeader.DATA_WORDS, 4);
        HomaHeader.writeData(header, 0, data.length, data.length, 0, 0, 0, false, 0, HomaHeader.NO_OFFSET);
        Segmenter segmenter = new Segmenter();
        segmenter.route(Encapsulation.TCP_HEADER, 0, HostAddress.low(2), 0, HostAddress.low(4));
        segmenter.unit(0, 0, header, 0, MemorySegment.ofArray(data), 0, data.length, 1_424);
        new Way(
                        HostAddress.low(4),
                        HostAddress.low(2),
                        new OwnLoop(LOOP),
                        true,
                        Bells.alone().of(0))
                .writeHeader(memory, at);
        return 14 + segmenter.tsoFrame(memory, at + 14, ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH);
    }

    @Test
    void superPacketsPassWholeBothWays() {
        byte[] data = new byte[64_000];
        new Random(SEED).nextBytes(data);
        for (DpdkFrameQueue from : new DpdkFrameQueue[] {queue(maker), queue(user)}) {
            DpdkFrameQueue to = from == queue(maker) ? queue(user) : queue(maker);
            assertThat(from.capabilities().segmentation()).isTrue();
            long at = from.reserve(14 + 20 + 56 + data.length);
            assertThat(at).isPositive();
            int bytes = writeSuper(from.memory(), at, data);
            from.commit(bytes, Offload.SEGMENTATION, 20, 1_424);
            Frames got = receive(to, from, 1);
            byte[] seen = got.whole.get(0);
            assertThat(seen).hasSize(bytes);
            assertThat(got.pieces.get(0)).isGreaterThan(1);
            assertThat(got.allGood).isTrue();
            for (int i = 0; i < data.length; i++) {
                assertThat(seen[90 + i]).as("byte %d, seed %d", i, SEED).isEqualTo(data[i]);
            }
        }
    }

    /** Many more than there are large mbufs, so that the driver has to give them back. */
    @Test
    void superPacketsGoOnWhenThePeerHasBeenSlow() {
        byte[] data = new byte[60_000];
        for (DpdkFrameQueue from : new DpdkFrameQueue[] {queue(maker), queue(user)}) {
            DpdkFrameQueue to = from == queue(maker) ? queue(user) : queue(maker);
            Frames got = new Frames();
            int sent = 0;
            for (int round = 0; round < 4; round++) {
                int before = sent;
                // The peer stands still until nothing goes any more.
                while (true) {
                    long at = from.reserve(14 + 20 + 56 + data.length);
                    if (at < 0) {
                        break;
                    }
                    from.commit(writeSuper(from.memory(), at, data), Offload.SEGMENTATION, 20, 1_424);
                    sent++;
                    assertThat(sent - before).as("bounded").isLessThan(1_000);
                }
                assertThat(sent).as("round %d", round).isGreaterThan(before);
                int all = sent;
                Machine.until("all have come", () -> {
                    from.flush();
                    to.receive(got);
                    return countSuper(got) == all;
                });
            }
            assertThat(from.counters().noRoomCount()).isEqualTo(4);
        }
    }

    private static int countSuper(Frames got) {
        return (int) got.whole.stream().filter(frame -> frame.length > 60_000).count();
    }

    @Test
    void whatAStandingPeerDoesNotTakeIsBounded() {
        DpdkFrameQueue from = queue(user);
        byte[] frame = frame(100, SEED);
        int sent = 0;
        while (send(from, frame)) {
            sent++;
            assertThat(sent).isLessThan(5_000);
        }
        from.flush();
        assertThat(from.reserve(100)).isEqualTo(FrameQueue.NO_ROOM);
        assertThat(from.pending()).isEqualTo(DpdkFrameQueue.BURST);
        assertThat(from.counters().noRoomCount()).isEqualTo(2);
        Frames got = receive(queue(maker), from, sent);
        assertThat(got.whole).hasSize(sent).allMatch(each -> java.util.Arrays.equals(each, frame));
        assertThat(from.pending()).isZero();
    }

    @Test
    void aFrameThatCanNeverBeSentIsDroppedAndTheOthersGo() {
        DpdkFrameQueue from = queue(user);
        byte[] first = frame(100, 1);
        byte[] last = frame(100, 2);
        send(from, first);
        long at = from.reserve(1_600);
        from.memory().asSlice(at, 1_600).fill((byte) 0);
        from.commit(1_600, Offload.NONE, 0, 0);
        send(from, last);
        Frames got = receive(queue(maker), from, 2);
        assertThat(got.whole).containsExactly(first, last);
        assertThat(from.counters().refusedFrames()).isEqualTo(1);
    }

    @Test
    void anotherThreadMayGoOnAfterRelease() throws InterruptedException {
        DpdkFrameQueue from = queue(user);
        send(from, frame(100, 1));
        from.flush();
        from.release();
        Throwable[] thrown = new Throwable[1];
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                send(from, frame(100, 2));
                from.flush();
                from.release();
            } catch (RuntimeException e) {
                thrown[0] = e;
            }
        });
        other.join();
        assertThat(thrown[0]).isNull();
        assertThat(receive(queue(maker), from, 2).whole).hasSize(2);
        assertThatThrownBy(() -> from.reserve(70_000)).isInstanceOf(IllegalArgumentException.class);
    }
}
