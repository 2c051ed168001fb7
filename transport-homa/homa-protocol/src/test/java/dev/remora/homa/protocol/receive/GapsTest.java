package dev.remora.homa.protocol.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.protocol.table.AllocatedBytes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GapsTest {
    private final Gaps gaps = new Gaps();
    private final List<String> pieces = new ArrayList<>();
    private final PieceSink sink = (from, to) -> pieces.add(from + "-" + to);

    @Test
    void bytesInOrderLeaveNoGap() {
        gaps.reset(100);
        assertThat(gaps.add(0, 60, sink)).isEqualTo(60);
        assertThat(gaps.complete()).isFalse();
        assertThat(gaps.add(60, 100, sink)).isEqualTo(40);
        assertThat(gaps.complete()).isTrue();
        assertThat(gaps.remaining()).isZero();
        assertThat(pieces).containsExactly("0-60", "60-100");
    }

    @Test
    void aPieceAheadLeavesAGap() {
        gaps.reset(100);
        gaps.add(40, 60);
        assertThat(gapList()).containsExactly("0-40");
        assertThat(gaps.recvEnd()).isEqualTo(60);
        gaps.add(80, 90);
        assertThat(gapList()).containsExactly("0-40", "60-80");
        assertThat(gaps.received()).isEqualTo(30);
        assertThat(gaps.remaining()).isEqualTo(70);
    }

    @Test
    void aPieceInsideAGapShrinksRemovesOrSplitsIt() {
        gaps.reset(100);
        gaps.add(99, 100);
        gaps.add(0, 10);
        assertThat(gapList()).containsExactly("10-99");
        gaps.add(90, 99);
        assertThat(gapList()).containsExactly("10-90");
        gaps.add(30, 40);
        assertThat(gapList()).containsExactly("10-30", "40-90");
        gaps.add(10, 30);
        assertThat(gapList()).containsExactly("40-90");
    }

    @Test
    void aPieceOverSeveralGapsStoresOnlyWhatIsMissing() {
        gaps.reset(100);
        gaps.add(10, 20);
        gaps.add(30, 40);
        gaps.add(50, 60);
        assertThat(gaps.add(5, 70, sink)).isEqualTo(35);
        assertThat(pieces).containsExactly("5-10", "20-30", "40-50", "60-70");
        assertThat(gapList()).containsExactly("0-5");
        assertThat(gaps.recvEnd()).isEqualTo(70);
    }

    @Test
    void aPieceOverTheEdgeOfAGapKeepsTheRestOfIt() {
        gaps.reset(100);
        gaps.add(40, 60);
        assertThat(gaps.add(30, 50, sink)).isEqualTo(10);
        assertThat(pieces).containsExactly("30-40");
        assertThat(gapList()).containsExactly("0-30");
        gaps.add(80, 81);
        assertThat(gaps.add(50, 70, sink)).isEqualTo(10);
        assertThat(gapList()).containsExactly("0-30", "70-80");
    }

    @Test
    void aDuplicateAddsNothing() {
        gaps.reset(100);
        gaps.add(10, 30);
        assertThat(gaps.add(10, 30, sink)).isZero();
        assertThat(gaps.add(15, 20, sink)).isZero();
        assertThat(gaps.add(20, 20, sink)).isZero();
        assertThat(pieces).isEmpty();
        assertThat(gaps.received()).isEqualTo(20);
    }

    @Test
    void aPieceOutsideTheMessageIsRefused() {
        gaps.reset(100);
        assertThat(gaps.add(-1, 5, sink)).isEqualTo(Gaps.REFUSED);
        assertThat(gaps.add(90, 101, sink)).isEqualTo(Gaps.REFUSED);
        assertThat(gaps.add(50, 40, sink)).isEqualTo(Gaps.REFUSED);
        assertThat(gaps.add(Integer.MIN_VALUE, Integer.MAX_VALUE, sink)).isEqualTo(Gaps.REFUSED);
        assertThat(gaps.received()).isZero();
        assertThat(pieces).isEmpty();
    }

    @Test
    void atTheBoundOnlyAPieceThatAddsAGapIsRefused() {
        gaps.reset(10_000);
        for (int i = 0; i < Gaps.MAX_GAPS; i++) {
            assertThat(gaps.add(10 * i + 5, 10 * i + 10)).isEqualTo(5);
        }
        int end = gaps.recvEnd();
        int received = gaps.received();
        assertThat(gaps.add(end + 1, end + 2, sink)).as("a gap above").isEqualTo(Gaps.REFUSED);
        assertThat(gaps.add(1, 2, sink)).as("a gap split").isEqualTo(Gaps.REFUSED);
        assertThat(pieces).isEmpty();
        assertThat(gaps.received()).isEqualTo(received);
        assertThat(gaps.recvEnd()).isEqualTo(end);

        assertThat(gaps.add(0, 2)).as("a gap shrunk").isEqualTo(2);
        assertThat(gaps.add(end, end + 1)).as("appended").isEqualTo(1);
        assertThat(gaps.add(2, 5)).as("a gap filled").isEqualTo(3);
        assertThat(gaps.add(end + 2, end + 3)).as("room again").isEqualTo(1);
        assertThat(gaps.gapCount()).isEqualTo(Gaps.MAX_GAPS);
        assertThat(gaps.add(0, 10_000)).isEqualTo(10_000 - received - 7);
        assertThat(gaps.complete()).isTrue();
    }

    @Test
    void anIndexWithoutGapIsRefused() {
        gaps.reset(10);
        gaps.add(5, 6);
        assertThatThrownBy(() -> gaps.gapStart(1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> gaps.gapEnd(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void countsAndGapsAgreeWithASetOfBytes(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            int length = 1 + random.nextInt(random.nextBoolean() ? 50 : 4000);
            int longest = 1 + random.nextInt(random.nextBoolean() ? 3 : length);
            checkAgainstBitSet(random, length, longest, "seed " + seed + " round " + round);
        }
    }

    private void checkAgainstBitSet(Random random, int length, int longest, String what) {
        byte[] received = new byte[length];
        BitSet there = new BitSet(length);
        int[] copy = {0};
        PieceSink store = (from, to) -> {
            assertThat(to).as(what).isGreaterThan(from);
            for (int i = from; i < to; i++) {
                assertThat(received[i]).as("%s: byte %d stored once", what, i).isZero();
                received[i] = (byte) copy[0];
            }
        };
        gaps.reset(length);
        byte[] model = new byte[length];
        for (int step = 0; step < 2 * length && there.cardinality() < length; step++) {
            int start = random.nextInt(length);
            int end = Math.min(length, start + random.nextInt(longest + 1));
            copy[0] = 1 + step % 100;
            BitSet piece = new BitSet(length);
            piece.set(start, end);
            piece.andNot(there);
            int added = gaps.add(start, end, store);
            if (added == Gaps.REFUSED) {
                assertThat(gaps.gapCount()).as(what).isEqualTo(Gaps.MAX_GAPS);
                continue;
            }
            assertThat(added).as(what).isEqualTo(piece.cardinality());
            there.or(piece);
            for (int i = piece.nextSetBit(0); i >= 0; i = piece.nextSetBit(i + 1)) {
                model[i] = (byte) copy[0];
            }
            assertThat(received).as("%s: the first copy wins", what).isEqualTo(model);
            assertThat(gaps.received()).as(what).isEqualTo(there.cardinality());
            assertThat(gaps.received() + gaps.remaining()).as(what).isEqualTo(length);
            assertThat(gaps.recvEnd()).as(what).isEqualTo(there.length());
            assertThat(gaps.complete()).as(what).isEqualTo(there.cardinality() == length);
            assertThat(gapList()).as(what).isEqualTo(clearRuns(there));
        }
    }

    @Test
    void reassemblyAllocatesNothing() {
        PieceSink nowhere = (from, to) -> {};
        long bytes = AllocatedBytes.afterWarmUp(() -> {
            gaps.reset(100_000);
            for (int i = 0; i < 1000; i += 2) {
                gaps.add(100 * i + 100, 100 * i + 200, nowhere);
            }
            for (int i = 0; i < 1000; i += 2) {
                gaps.add(100 * i, 100 * i + 150, nowhere);
            }
        });
        assertThat(gaps.complete()).isTrue();
        assertThat(bytes).isZero();
    }

    private List<String> gapList() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < gaps.gapCount(); i++) {
            all.add(gaps.gapStart(i) + "-" + gaps.gapEnd(i));
        }
        return all;
    }

    private static List<String> clearRuns(BitSet there) {
        List<String> all = new ArrayList<>();
        for (int i = there.nextClearBit(0); i < there.length(); i = there.nextClearBit(i)) {
            int end = there.nextSetBit(i);
            all.add(i + "-" + end);
            i = end;
        }
        return all;
    }
}
