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

    private final Budget budget = new Budget(4 * TOTAL);
    private final Joins joins = new Joins(budget, 2 * TOTAL, 2 * TOTAL, TIMEOUT_NS);
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
        assertThat(complete.message().bytes().array()).isEqualTo(whole);
        assertThat(joins.size()).isZero();
        assertThat(budget.used()).isEqualTo(TOTAL);
        complete.message().release();
        assertThat(budget.used()).isZero();
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
        assertThat(budget.used()).isZero();
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
        joins.drop(new Joins.Key(0, 2, 0));
        assertThat(put(new Joins.Key(0, 3, 0), TOTAL, 0, part(0), 0)).isNull();
    }

    @Test
    void whatMakesNoProgressIsDropped() {
        put(KEY, TOTAL, 0, part(0), 0);
        put(KEY, TOTAL, Parts.BYTES, part(Parts.BYTES), 800);
        assertThat(joins.expire(1_800)).isEmpty();
        assertThat(joins.expire(1_801)).hasSize(1);
        assertThat(joins.size()).isZero();
        assertThat(budget.used()).isZero();
    }
}
