package dev.remora.homa.protocol.priority;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutoffPolicyTest {
    private static final long SECOND = CutoffPolicy.INTERVAL_NS;
    private static final long MANY = 1_000_000_000L;

    private final Cutoffs own = Cutoffs.initial();
    private final SizeHistogram histogram = new SizeHistogram();
    private final CutoffPolicy policy = new CutoffPolicy(own, histogram, 0);

    private int[] table() {
        int[] table = new int[Cutoffs.LEVELS];
        Arrays.setAll(table, own::cutoff);
        return table;
    }

    /** Computed apart from this code, in floating point, from the exact distributions. */
    @ParameterizedTest
    @CsvSource({
        "W1, 40000, 0, 8192 2112 1280 832 576 384 192",
        "W1, 60000, 0, 8192 2112 1280 832 576 384 192",
        "W2, 40000, 1, 1000000 1000000 7168 2048 640 448 320",
        "W2, 60000, 1, 1000000 1000000 8192 2176 704 448 320",
        "W3, 40000, 3, 1000000 1000000 1000000 1000000 55296 12288 3008",
        "W3, 60000, 2, 1000000 1000000 1000000 98304 32768 10240 2240",
        "W4, 40000, 5, 1000000 1000000 1000000 1000000 1000000 1000000 77824",
        "W4, 60000, 5, 1000000 1000000 1000000 1000000 1000000 1000000 81920",
        "W5, 40000, 6, 1000000 1000000 1000000 1000000 1000000 1000000 1000000",
        "W5, 60000, 6, 1000000 1000000 1000000 1000000 1000000 1000000 1000000",
    })
    void goldenTablesOfThePublishedWorkloads(String workload, int unscheduled, int maxSchedPrio, String rest) {
        policy.onTimer(0, 8, unscheduled);
        Workload.feed(workload, policy, MANY);

        assertThat(policy.onTimer(SECOND, 8, unscheduled)).isTrue();

        int[] expected = Arrays.stream((Integer.MAX_VALUE + " " + rest).split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        assertThat(table())
                .as("%s with %d unscheduled bytes", workload, unscheduled)
                .isEqualTo(expected);
        assertThat(own.maxSchedPrio()).isEqualTo(maxSchedPrio);
        assertThat(own.version()).isEqualTo(2);
    }

    /** Another computation of the same tables, which the rule does not reproduce to the bucket. */
    @ParameterizedTest
    @CsvSource({
        "W2, 40000, 1000000 1000000 7168 1920 640 448 320",
        "W2, 60000, 1000000 1000000 8192 2048 640 448 320",
        "W3, 40000, 1000000 1000000 1000000 1000000 55296 12288 2944",
        "W3, 60000, 1000000 1000000 1000000 96256 31744 10240 2240",
    })
    void recordedTablesDifferByTwoBucketsAtMost(String workload, int unscheduled, String rest) {
        policy.onTimer(0, 8, unscheduled);
        Workload.feed(workload, policy, MANY);
        policy.onTimer(SECOND, 8, unscheduled);

        String[] recorded = rest.split(" ");
        for (int level = 1; level < Cutoffs.LEVELS; level++) {
            int ours = SizeHistogram.bucket(own.cutoff(level));
            int theirs = SizeHistogram.bucket(Integer.parseInt(recorded[level - 1]));
            assertThat(Math.abs(ours - theirs)).as("level %d", level).isLessThanOrEqualTo(2);
        }
    }

    @Test
    void nothingHappensBeforeTheIntervalIsOver() {
        policy.onTimer(0, 8, 40_000);
        Workload.feed("W3", policy, MANY);

        assertThat(policy.onTimer(SECOND - 1, 8, 40_000)).isFalse();
        assertThat(policy.onTimer(SECOND, 8, 40_000)).isTrue();
    }

    @Test
    void fewMessagesAreCollectedUntilTheySuffice() {
        policy.onTimer(0, 8, 40_000);
        Workload.feed("W3", policy, 9_999);
        assertThat(policy.onTimer(SECOND, 8, 40_000)).isFalse();
        assertThat(own.version()).isEqualTo(1);

        policy.onMessage(100);
        assertThat(policy.onTimer(2 * SECOND, 8, 40_000)).isTrue();
    }

    @Test
    void theSameLoadKeepsTheTable() {
        policy.onTimer(0, 8, 40_000);
        for (int second = 1; second <= 5; second++) {
            Workload.feed("W3", policy, MANY);
            assertThat(policy.onTimer(second * SECOND, 8, 40_000)).isEqualTo(second == 1);
        }
        assertThat(own.version()).isEqualTo(2);
    }

    @Test
    void anotherLoadReplacesTheTable() {
        policy.onTimer(0, 8, 40_000);
        Workload.feed("W2", policy, MANY);
        policy.onTimer(SECOND, 8, 40_000);
        int[] before = table();

        boolean changed = false;
        for (int second = 2; second < 12; second++) {
            Workload.feed("W4", policy, MANY);
            changed |= policy.onTimer(second * SECOND, 8, 40_000);
        }
        assertThat(changed).isTrue();
        assertThat(table()).isNotEqualTo(before);
    }

    @Test
    void slowDriftIsMeasuredAgainstTheLoadOfTheTableNotOfTheLastSecond() {
        policy.onTimer(0, 8, 40_000);
        int changes = 0;
        for (int second = 1; second <= 60; second++) {
            policy.onMessages(1_000 + 300 * second, 100_000);
            changes += policy.onTimer(second * SECOND, 8, 40_000) ? 1 : 0;
        }
        assertThat(changes).isGreaterThan(1).isLessThan(60);
    }

    @Test
    void fewerLevelsNeedAnotherTableAtOnceAndTheUpperOnesGetZero() {
        policy.onTimer(0, 8, 40_000);
        Workload.feed("W3", policy, MANY);
        policy.onTimer(SECOND, 8, 40_000);
        Workload.feed("W3", policy, MANY);

        assertThat(policy.onTimer(2 * SECOND, 4, 40_000)).isTrue();
        assertThat(table()).endsWith(0, 0, 0, 0);
        assertThat(own.levelFor(100, 4)).isEqualTo(3);
        assertThat(own.levelFor(1_000_000, 4)).isLessThan(3);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "7", "8", "9"})
    void everyNumberOfLevelsGivesADescendingTableThatTakesEveryLength(int numPriorities) {
        policy.onTimer(0, numPriorities, 40_000);
        Workload.feed("W1", policy, MANY);
        policy.onTimer(SECOND, numPriorities, 40_000);

        for (int level = 1; level < Cutoffs.LEVELS; level++) {
            assertThat(own.cutoff(level)).isLessThanOrEqualTo(own.cutoff(level - 1));
        }
        assertThat(own.levelFor(1_000_000, numPriorities)).isZero();
    }

    @Test
    void boostGivesUnscheduledTrafficMoreLevels() {
        Cutoffs boosted = Cutoffs.initial();
        CutoffPolicy more = new CutoffPolicy(boosted, new SizeHistogram(), 2);
        more.onTimer(0, 8, 40_000);
        Workload.feed("W3", more, MANY);

        assertThat(more.onTimer(SECOND, 8, 40_000)).isTrue();
        assertThat(boosted.maxSchedPrio()).isLessThan(3);
    }

    @Test
    void messagesOfOneLengthAreNoReasonToFail() {
        policy.onTimer(0, 8, 40_000);
        policy.onMessages(1_000_000, 20_000);
        assertThat(policy.onTimer(SECOND, 8, 0)).isTrue();
        assertThat(own.maxSchedPrio()).isEqualTo(6);
    }

    @Test
    void driftAddsTheRelativeChangesOfTheDeciles() {
        int[] before = {64, 64, 64, 64, 64, 64, 64, 64, 64};
        int[] now = {128, 64, 64, 64, 64, 64, 64, 64, 128};
        assertThat(CutoffPolicy.drift(now, before)).isEqualTo(1.0);
        assertThat(CutoffPolicy.drift(before, before)).isZero();
    }
}
