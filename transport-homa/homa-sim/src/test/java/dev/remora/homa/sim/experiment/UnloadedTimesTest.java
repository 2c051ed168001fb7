package dev.remora.homa.sim.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.sim.net.NetParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnloadedTimesTest {
    private static final NetParameters NET = NetParameters.racks(2, 4, 10);
    private final UnloadedTimes times = new UnloadedTimes(NET, Experiment.config(NET));

    /** 1 % is a packet of one byte, rounded up in each hop. */
    @ParameterizedTest
    @CsvSource({"1, true", "8, false", "500, true", "1424, false", "1425, true", "2848, false", "4000, true"})
    void aMessageWithinOneRoundTripTakesWhatTheLinksTake(int size, boolean sameRack) {
        assertThat(times.efficiency(size, sameRack)).isBetween(0.99, 1.0);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void theLongestMessageKeepsTheLinkBusy(boolean sameRack) {
        assertThat(times.efficiency(Workload.MAX_BYTES, sameRack)).isBetween(0.98, 1.0);
    }

    @Test
    void timesGrowWithSizeAndDistance() {
        long before = 0;
        for (int size : new int[] {1, 100, 1_000, 1_424, 1_425, 10_000, 100_000, 1_000_000}) {
            long near = times.timeNs(size, true);
            assertThat(near).isGreaterThan(before);
            assertThat(times.timeNs(size, false)).isGreaterThan(near);
            before = near;
        }
    }

    @Test
    void aTimeIsMeasuredOnce() {
        assertThat(times.timeNs(5_000, true)).isEqualTo(times.timeNs(5_000, true));
    }
}
