package dev.remora.homa.protocol.grant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrantSettingsTest {

    private final GrantSettings settings = new GrantSettings();

    @ParameterizedTest
    @CsvSource({"1,'0'", "2,'1 0'", "3,'2 1 0'", "4,'3 2 1 0'", "5,'3 2 1 0 0'", "6,'3 2 1 0 0 0'"})
    void levelsByRankForFourScheduledLevels(int active, String levels) {
        List<String> computed = new ArrayList<>();
        for (int rank = 0; rank < active; rank++) {
            computed.add(String.valueOf(settings.levelOf(rank, active)));
        }
        assertThat(String.join(" ", computed)).isEqualTo(levels);
    }

    @ParameterizedTest
    @CsvSource({"1,200000", "2,133333", "3,100000", "8,44444"})
    void dynamicWindow(int active, int window) {
        assertThat(settings.windowOf(active)).isEqualTo(window);
    }

    @ParameterizedTest
    @CsvSource({"1,12000", "2,12000", "8,12000"})
    void aSmallBudgetIsSharedByFew(int active, int window) {
        settings.maxIncoming = 24_000;
        settings.leastWindow = 12_000;
        assertThat(settings.windowOf(active)).isEqualTo(window);
    }

    @Test
    void aWindowIsNeverLargerThanTheBudget() {
        settings.maxIncoming = 5_000;
        settings.leastWindow = 12_000;
        assertThat(settings.windowOf(8)).isEqualTo(5_000);
    }

    @Test
    void fixedWindow() {
        settings.window = 70_000;
        assertThat(settings.windowOf(1)).isEqualTo(70_000);
        assertThat(settings.windowOf(8)).isEqualTo(70_000);
    }

    @ParameterizedTest
    @CsvSource({"25000,50,320000", "100000,50,80000", "25000,500,32000", "25000,900,32000"})
    void fifoInterval(int linkMbps, int fraction, long intervalNs) {
        settings.linkMbps = linkMbps;
        settings.fifoFraction = fraction;
        assertThat(settings.fifoIntervalNs()).isEqualTo(intervalNs);
    }

    @ParameterizedTest
    @CsvSource({"8,6", "4,2", "3,1", "2,0", "1,0"})
    void fifoLevel(int numPriorities, int level) {
        settings.numPriorities = numPriorities;
        assertThat(settings.fifoLevel()).isEqualTo(level);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "25,12500", "50,25000", "90,25000", "-3,0"})
    void stepIsAShareOfTheWindowAndAtMostHalf(int percent, int step) {
        settings.stepPercent = percent;
        assertThat(settings.stepOf(50_000)).isEqualTo(step);
    }

    @ParameterizedTest
    @CsvSource({"0,12000,0", "25,12000,6000", "25,8000,4000", "25,50000,12500", "50,50000,25000"})
    void aStepIsNoLessThanHalfTheLeastWindow(int percent, int window, int step) {
        settings.stepPercent = percent;
        settings.leastWindow = 12_000;
        assertThat(settings.stepOf(window)).isEqualTo(step);
    }

    @Test
    void valuesOutOfRangeDoNotStopGrants() {
        settings.maxIncoming = -5;
        settings.leastWindow = -7;
        settings.maxOvercommit = 0;
        settings.maxSchedPrio = 12;
        settings.fifoFraction = -1;
        assertThat(settings.windowOf(3)).isPositive();
        assertThat(settings.slots()).isEqualTo(1);
        assertThat(settings.levelOf(0, 64)).isEqualTo(7);
        assertThat(settings.fifoOn()).isFalse();
        settings.maxOvercommit = 1000;
        assertThat(settings.slots()).isEqualTo(64);
    }
}
