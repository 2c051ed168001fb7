package dev.remora.homa.protocol.priority;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CutoffsTest {
    @ParameterizedTest
    @CsvSource({"1, 7", "200, 7", "201, 6", "2800, 6", "2801, 5", "15000, 5", "15001, 4", "1000000, 4"})
    void initialTableIsTheOneOfTheKernelModule(int length, int level) {
        Cutoffs cutoffs = Cutoffs.initial();

        assertThat(cutoffs.levelFor(length, 8)).isEqualTo(level);
        assertThat(cutoffs.version()).isEqualTo(1);
        assertThat(cutoffs.maxSchedPrio()).isEqualTo(3);
    }

    @Test
    void beforeAnyTableEveryMessageUsesTheLevelBelowControl() {
        Cutoffs unknown = new Cutoffs();

        assertThat(unknown.version()).isZero();
        assertThat(unknown.levelFor(1, 8)).isEqualTo(6);
        assertThat(unknown.levelFor(1_000_000, 8)).isEqualTo(6);
        assertThat(unknown.levelFor(1, 4)).isEqualTo(2);
        assertThat(unknown.levelFor(1, 1)).isZero();
    }

    @Test
    void anAllZeroTableStillGivesALevel() {
        Cutoffs cutoffs = new Cutoffs();
        cutoffs.onReceived(new int[Cutoffs.LEVELS], 7);

        assertThat(cutoffs.levelFor(1, 8)).isZero();
        assertThat(cutoffs.levelFor(Integer.MAX_VALUE, 8)).isZero();
        assertThat(cutoffs.maxSchedPrio()).isZero();
        assertThat(cutoffs.version()).isEqualTo(7);
    }

    @Test
    void negativeEntriesCountAsZeroAndHugeOnesTakeEverything() {
        Cutoffs cutoffs = new Cutoffs();
        cutoffs.onReceived(new int[] {-1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, -5, -5, -5, -1}, 1);

        assertThat(cutoffs.cutoff(0)).isEqualTo(Integer.MAX_VALUE);
        assertThat(cutoffs.cutoff(2)).isZero();
        assertThat(cutoffs.levelFor(1, 8)).isEqualTo(3);
        assertThat(cutoffs.levelFor(1_000_000, 8)).isEqualTo(3);
    }

    @Test
    void inATableOutOfOrderTheHighestLevelThatFitsCounts() {
        Cutoffs cutoffs = new Cutoffs();
        cutoffs.onReceived(new int[] {0, 10, 2_000, 10, 500, 10, 300, 10}, 1);

        assertThat(cutoffs.levelFor(10, 8)).isEqualTo(7);
        assertThat(cutoffs.levelFor(11, 8)).isEqualTo(6);
        assertThat(cutoffs.levelFor(400, 8)).isEqualTo(4);
        assertThat(cutoffs.levelFor(600, 8)).isEqualTo(2);
        assertThat(cutoffs.levelFor(2_001, 8)).isZero();
    }

    @Test
    void levelsNotInUseAreNeverChosen() {
        Cutoffs cutoffs = Cutoffs.initial();

        assertThat(cutoffs.levelFor(1, 6)).isEqualTo(5);
        assertThat(cutoffs.levelFor(1, 2)).isZero();
        assertThat(cutoffs.levelFor(1, 0)).isZero();
        assertThat(cutoffs.levelFor(1, 99)).isEqualTo(7);
    }

    @Test
    void aShortTableLeavesTheUpperLevelsUnused() {
        Cutoffs cutoffs = new Cutoffs();
        cutoffs.onReceived(new int[] {5, 500}, 1);

        assertThat(cutoffs.levelFor(500, 8)).isEqualTo(1);
        assertThat(cutoffs.levelFor(501, 8)).isZero();
    }

    @Test
    void versionZeroIsLeftOutWhenTheVersionsWrap() {
        Cutoffs cutoffs = Cutoffs.initial();
        int[] table = {0, 0, 0, 0, 0, 0, 0, 100};
        for (int version = 2; version <= 65_535; version++) {
            cutoffs.install(table);
            assertThat(cutoffs.version()).isEqualTo(version);
        }
        cutoffs.install(table);
        assertThat(cutoffs.version()).isEqualTo(1);
    }

    @Test
    void theVersionOnTheWireHasSixteenBits() {
        Cutoffs cutoffs = new Cutoffs();
        cutoffs.onReceived(new int[Cutoffs.LEVELS], 0x1_0003);
        assertThat(cutoffs.version()).isEqualTo(3);
    }

    @Test
    void clearForgetsTheHost() {
        Cutoffs cutoffs = Cutoffs.initial();
        cutoffs.clear();
        assertThat(cutoffs.version()).isZero();
        assertThat(cutoffs.levelFor(100, 8)).isEqualTo(6);
    }
}
