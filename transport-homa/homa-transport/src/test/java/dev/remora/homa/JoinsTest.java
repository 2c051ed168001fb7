package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JoinsTest {
    private static final int TOTAL = 1_200_000;
    private static final long TIMEOUT_NS = 1_000;
    private static final Joins.Key KEY = new Joins.Key(1, 2, 3);

    /** What a message takes. */
    private static final int ROOM = Math.ceilDiv(TOTAL, JoinMemory.STEP_BYTES) * JoinMemory.STEP_BYTES;

    private final JoinMemory memory = new JoinMemory(4 * ROOM, 0);
    private final Joins joins = new Joins(memory, 2 * TOTAL, 2 * TOTAL, TIMEOUT_NS);
    private final byte[] whole = new byte[TOTAL];

    JoinsTest() {
        new Random(1).nextBytes(whole);
    }

    private ByteBuffer part(int offset) {
        return ByteBuffer.wrap(whole, offset, Parts.length(TOTAL, offset)).slice();
    }

    private @Nullable MessageKind put(Joins.Key key, int total, int offset, ByteBuffer part, long nowNs) {
        return joins.put(key, 5, total, offset, part, null, nowNs);
    }

    @Test
    void partsInAnyOrderMakeTheWhole() {
        long seed = System.nanoTime();
        List<Integer> offsets = new ArrayList<>();
        for (int offset = 0; offset < TOTAL; offset += Parts.BYTES) {
            offsets.add(offset);
        }
        Collections.shuffle(offsets, new Random(seed));
        for (int offset : offsets) {
            assertThat(joins.takeComplete(KEY)).as("seed %d", seed).isNull();
            assertThat(put(KEY, TOTAL, offset, part(offset), 0))
                    .as("seed %d", seed)
                    .isNull();
        }
        Joins.Join complete = Objects.requireNonNull(joins.takeComplete(KEY));
        assertThat(complete.message().bytes()).isEqualTo(ByteBuffer.wrap(whole));
        assertThat(joins.size()).isZero();
        assertThat(memory.used()).isEqualTo(ROOM);
        complete.message().release();
        assertThat(memory.used()).isZero();
    }

    @Test
    void partsThatCameBehindTheirCancelAreRefused() {
        assertThat(put(KEY, TOTAL, 0, part(0), 0)).isNull();
        assertThat(joins.cancel(KEY)).isNotNull();
        assertThat(put(KEY, TOTAL, Parts.BYTES, part(Parts.BYTES), 0)).isEqualTo(MessageKind.ABORTED);
        assertThat(joins.isCancelled(KEY)).isTrue();
        assertThat(joins.size()).isZero();
        assertThat(memory.used()).isZero();
        assertThat(put(new Joins.Key(1, 2, 4), TOTAL, 0, part(0), 0))
                .as("another")
                .isNull();
    }

    @Test
    void partsThatCameBehindARefusalLeaveNothing() {
        Joins.Key big = new Joins.Key(1, 2, 4);
        int taken = 0;
        while (put(new Joins.Key(1, 2, 10 + taken), TOTAL, 0, part(0), 0) == null) {
            taken++;
        }
        assertThat(put(big, TOTAL, 0, part(0), 0)).isEqualTo(MessageKind.FULL);
        joins.cancel(new Joins.Key(1, 2, 10));
        int size = joins.size();
        assertThat(put(big, TOTAL, Parts.BYTES, part(Parts.BYTES), 0))
                .as("there is room, but its first part is gone")
                .isEqualTo(MessageKind.FULL);
        assertThat(joins.size()).isEqualTo(size);
    }

    /** No heap has room for an array of that length. */
    @Test
    void aRequestThatTheHeapHasNoRoomForIsRefused() {
        int total = Integer.MAX_VALUE;
        JoinMemory large = new JoinMemory(Long.MAX_VALUE, 0);
        Joins any = new Joins(large, total, Long.MAX_VALUE, TIMEOUT_NS);
        assertThat(any.put(KEY, 5, total, 0, part(0), null, 0)).isEqualTo(MessageKind.FULL);
        assertThat(any.put(KEY, 5, total, Parts.BYTES, part(Parts.BYTES), null, 0))
                .isEqualTo(MessageKind.FULL);
        assertThat(any.size()).isZero();
        assertThat(large.used()).isZero();
        assertThat(any.put(new Joins.Key(1, 2, 4), 5, TOTAL, 0, part(0), null, 0))
                .as("a smaller one")
                .isNull();
        assertThat(Parts.count(total)).isEqualTo(1 + (total - 1) / Parts.BYTES);
    }

    @Test
    void soManyCancelsAreRememberedAndNoMore() {
        for (int token = 0; token <= Joins.MAX_CLOSED; token++) {
            joins.cancel(new Joins.Key(1, 2, token));
        }
        assertThat(joins.isCancelled(new Joins.Key(1, 2, 0))).isFalse();
        assertThat(joins.isCancelled(new Joins.Key(1, 2, 1))).isTrue();
    }

    @Test
    void partsThatDoNotFitAreRefusedAndTakeNoMemory() {
        int[][] hostile = {
            {-1, 0},
            {0, 0},
            {Integer.MIN_VALUE, 0},
            {100, 0},
            {Parts.MAX_WHOLE_BYTES - 1, 0},
            {TOTAL, -1},
            {TOTAL, 1},
            {TOTAL, -Parts.BYTES},
            {TOTAL, TOTAL},
            {TOTAL, 5 * Parts.BYTES},
            {TOTAL, Integer.MAX_VALUE},
            {TOTAL, Integer.MIN_VALUE}
        };
        for (int[] each : hostile) {
            assertThat(put(KEY, each[0], each[1], part(0), 0))
                    .as("total %d, offset %d", each[0], each[1])
                    .isEqualTo(MessageKind.MALFORMED);
        }
        assertThat(put(KEY, TOTAL, 0, part(0).limit(10), 0)).isEqualTo(MessageKind.MALFORMED);
        assertThat(put(KEY, Integer.MAX_VALUE, 0, part(0), 0)).isEqualTo(MessageKind.TOO_LARGE);
        assertThat(joins.size()).isZero();
        assertThat(memory.used()).isZero();
    }

    @Test
    void partsThatContradictWhatCameBeforeAreRefused() {
        assertThat(put(KEY, TOTAL, 0, part(0), 0)).isNull();
        assertThat(put(KEY, TOTAL, 0, part(0), 0)).as("twice").isEqualTo(MessageKind.MALFORMED);
        assertThat(put(KEY, TOTAL + 1, Parts.BYTES, part(Parts.BYTES), 0))
                .as("another length")
                .isEqualTo(MessageKind.MALFORMED);
        assertThat(joins.put(KEY, 6, TOTAL, Parts.BYTES, part(Parts.BYTES), null, 0))
                .as("another port")
                .isEqualTo(MessageKind.MALFORMED);
        assertThat(put(KEY, TOTAL, Parts.BYTES, part(Parts.BYTES), 0)).isNull();
    }

    @Test
    void memoryIsBoundedForEachPeerAndInAll() {
        for (int token = 0; token < 2; token++) {
            assertThat(put(new Joins.Key(0, 1, token), TOTAL, 0, part(0), 0)).isNull();
        }
        assertThat(put(new Joins.Key(0, 1, 2), TOTAL, 0, part(0), 0))
                .as("of one peer")
                .isEqualTo(MessageKind.FULL);
        for (int token = 0; token < 2; token++) {
            assertThat(put(new Joins.Key(0, 2, token), TOTAL, 0, part(0), 0)).isNull();
        }
        assertThat(put(new Joins.Key(0, 3, 0), TOTAL, 0, part(0), 0))
                .as("in all")
                .isEqualTo(MessageKind.FULL);
        joins.cancel(new Joins.Key(0, 2, 0));
        assertThat(put(new Joins.Key(0, 3, 1), TOTAL, 0, part(0), 0)).isNull();
    }

    @Test
    void whatMakesNoProgressIsDropped() {
        put(KEY, TOTAL, 0, part(0), 0);
        put(KEY, TOTAL, Parts.BYTES, part(Parts.BYTES), 800);
        assertThat(joins.expire(1_800)).isEmpty();
        assertThat(joins.expire(1_801)).hasSize(1);
        assertThat(joins.size()).isZero();
        assertThat(memory.used()).isZero();
    }
}
