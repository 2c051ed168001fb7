package dev.remora.homa.protocol.receive;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.table.AllocatedBytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlabMessageBuffersTest {
    private static final int MIB = 1 << 20;

    @Test
    void theSizeIsTheNextPowerOfTwo() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(8 * MIB);
        assertThat(lend(buffers, 0).capacity()).isEqualTo(256);
        assertThat(lend(buffers, 256).capacity()).isEqualTo(256);
        assertThat(lend(buffers, 257).capacity()).isEqualTo(512);
        assertThat(lend(buffers, 1500).capacity()).isEqualTo(2048);
        assertThat(lend(buffers, 1_000_000).capacity()).isEqualTo(MIB);
        assertThat(lend(buffers, MIB).capacity()).isEqualTo(MIB);
        assertThat(buffers.inUse()).isEqualTo(6);
        assertThat(buffers.bytesInUse()).isEqualTo(256 + 256 + 512 + 2048 + 2L * MIB);
    }

    @Test
    void aLengthThatNoMessageHasIsRefused() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(8 * MIB);
        assertThat(buffers.allocate(-1)).isNull();
        assertThat(buffers.allocate(MIB + 1)).isNull();
        assertThat(buffers.allocate(Integer.MAX_VALUE)).isNull();
        assertThat(buffers.failures()).isEqualTo(3);
        assertThat(buffers.slabBytesHeld()).isZero();
    }

    @Test
    void memoryIsAskedForWhenNeededAndNeverAboveTheBound() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(2 * MIB + MIB / 2 + 100);
        assertThat(buffers.slabBytesHeld()).isZero();
        lend(buffers, MIB);
        assertThat(buffers.slabBytesHeld()).isEqualTo(MIB);
        lend(buffers, MIB);
        assertThat(buffers.allocate(MIB)).isNull();
        lend(buffers, MIB / 2);
        assertThat(buffers.allocate(1)).isNull();
        assertThat(buffers.slabBytesHeld()).isEqualTo(2 * MIB + MIB / 2);
        assertThat(buffers.failures()).isEqualTo(2);
    }

    @Test
    void aBurstOfShortMessagesDoesNotStarveLongOnes() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(2 * MIB);
        List<MessageBuffer> burst = new ArrayList<>();
        for (MessageBuffer b = buffers.allocate(100); b != null; b = buffers.allocate(100)) {
            burst.add(b);
        }
        assertThat(burst).hasSize(2 * MIB / 256);
        assertThat(buffers.allocate(MIB)).isNull();
        burst.forEach(buffers::release);
        lend(buffers, MIB);
        lend(buffers, MIB);
        assertThat(buffers.highWater()).isEqualTo(2 * MIB / 256);
        assertThat(buffers.inUse()).isEqualTo(2);
    }

    @Test
    void aSecondReleaseIsRefused() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(MIB);
        MessageBuffer kept = lend(buffers, 1000);
        MessageBuffer joined = lend(buffers, MIB / 2);
        MessageBuffer other = lend(buffers, MIB / 4);
        buffers.release(kept);
        buffers.release(other);
        buffers.release(joined);
        for (MessageBuffer b : List.of(kept, joined, other)) {
            assertThatThrownBy(() -> buffers.release(b))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released twice");
        }
        assertThat(buffers.inUse()).isZero();
        assertThat(buffers.bytesInUse()).isZero();
    }

    @Test
    void aBufferOfAnotherPoolIsRefused() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(MIB);
        MessageBuffer foreign = lend(SlabMessageBuffers.heap(MIB), 10);
        assertThatThrownBy(() -> buffers.release(foreign))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("another pool");
        assertThat(buffers.inUse()).isZero();
    }

    @Test
    void slabsMayBeNative() {
        try (Arena arena = Arena.ofConfined()) {
            SlabMessageBuffers buffers = new SlabMessageBuffers(size -> arena.allocate(size, 64), MIB);
            MessageBuffer b = lend(buffers, 300);
            assertThat(b.memory().isNative()).isTrue();
            assertThat(b.memory().byteSize()).isGreaterThanOrEqualTo(b.offset() + b.capacity());
        }
    }

    @Test
    void aSlabTooSmallIsRefused() {
        SlabMessageBuffers buffers = new SlabMessageBuffers(size -> MemorySegment.ofArray(new byte[10]), MIB);
        assertThatThrownBy(() -> buffers.allocate(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBoundBelowOneBufferIsRefused() {
        assertThatThrownBy(() -> SlabMessageBuffers.heap(255)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15})
    void buffersLentNeverOverlapAndAllMemoryComesBack(long seed) {
        Random random = new Random(seed);
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(3 * MIB);
        List<MessageBuffer> lent = new ArrayList<>();
        List<Integer> marks = new ArrayList<>();
        long bytes = 0;
        for (int step = 0; step < 20_000; step++) {
            boolean filling = step / 1000 % 2 == 0;
            if (random.nextInt(10) < (filling ? 7 : 3)) {
                MessageBuffer b = buffers.allocate(random.nextInt(1 << random.nextInt(1, 21)));
                if (b != null) {
                    lent.add(b);
                    marks.add(step);
                    bytes += b.capacity();
                    mark(b, step);
                }
            } else if (!lent.isEmpty()) {
                int i = random.nextInt(lent.size());
                MessageBuffer b = lent.remove(i);
                bytes -= b.capacity();
                assertMarked(b, marks.remove(i), "seed " + seed + " step " + step);
                buffers.release(b);
            }
            assertThat(buffers.inUse()).as("seed %d step %d", seed, step).isEqualTo(lent.size());
            assertThat(buffers.bytesInUse()).as("seed %d step %d", seed, step).isEqualTo(bytes);
        }
        for (int i = 0; i < lent.size(); i++) {
            assertMarked(lent.get(i), marks.get(i), "seed " + seed + " at the end");
            buffers.release(lent.get(i));
        }
        assertThat(buffers.slabBytesHeld()).isEqualTo(3 * MIB);
        for (int i = 0; i < 3; i++) {
            lend(buffers, MIB);
        }
    }

    @Test
    void lendingAllocatesNothing() {
        SlabMessageBuffers buffers = SlabMessageBuffers.heap(4 * MIB);
        MessageBuffer[] lent = new MessageBuffer[300];
        long bytes = AllocatedBytes.afterWarmUp(() -> {
            for (int i = 0; i < lent.length; i++) {
                lent[i] = lend(buffers, 100 + 31 * i);
            }
            for (MessageBuffer b : lent) {
                buffers.release(b);
            }
        });
        assertThat(bytes).isZero();
    }

    private static MessageBuffer lend(MessageBuffers buffers, int length) {
        return requireNonNull(buffers.allocate(length), "no buffer");
    }

    /** Writes to the first, the last and some bytes between: enough to see an overlap of powers of two. */
    private static void mark(MessageBuffer b, int mark) {
        for (int at = 0; at < b.capacity(); at += 256) {
            b.memory().set(ValueLayout.JAVA_INT_UNALIGNED, b.offset() + at, mark);
        }
    }

    private static void assertMarked(MessageBuffer b, int mark, String what) {
        for (int at = 0; at < b.capacity(); at += 256) {
            int found = b.memory().get(ValueLayout.JAVA_INT_UNALIGNED, b.offset() + at);
            if (found != mark) {
                throw new AssertionError(what + ": " + found + " instead of " + mark + " at " + at);
            }
        }
    }
}
