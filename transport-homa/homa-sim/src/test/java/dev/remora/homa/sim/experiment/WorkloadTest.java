package dev.remora.homa.sim.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkloadTest {
    @ParameterizedTest
    @CsvSource({"w1, 189.17", "w2, 433.32", "w3, 2423.11", "w4, 60175.12", "w5, 385315.51"})
    void meanIsThatOfThePublishedTableCutAtAMegabyte(String name, double mean) {
        assertThat(Workload.named(name).meanBytes()).isCloseTo(mean, within(0.01));
    }

    @ParameterizedTest
    @CsvSource({"w1, 8, 27, 1876", "w2, 8, 269, 3151", "w3, 8, 268, 31013", "w4, 53, 662, 1000000"})
    void quantilesAreThoseOfTheTable(String name, int least, int median, int most) {
        Workload workload = Workload.named(name);
        assertThat(workload.sizeAt(0)).isEqualTo(least);
        assertThat(workload.sizeAt(0.499999)).isEqualTo(median);
        assertThat(workload.sizeAt(0.989999)).isEqualTo(most);
        assertThat(workload.sizeAt(Math.nextDown(1.0))).isLessThanOrEqualTo(Workload.MAX_BYTES);
    }

    @ParameterizedTest
    @CsvSource({"w1, 3", "w3, 20", "w5, 2"})
    void samplesHaveTheMeanOfTheTable(String name, double tolerancePercent) {
        Workload workload = Workload.named(name);
        SplittableRandom random = new SplittableRandom(42);
        double sum = 0;
        int samples = 500_000;
        for (int i = 0; i < samples; i++) {
            sum += workload.sizeAt(random.nextDouble());
        }
        assertThat(sum / samples)
                .isCloseTo(workload.meanBytes(), within(workload.meanBytes() * tolerancePercent / 100));
    }

    @Test
    void unknownNamesAreRefusedWithTheKnownOnes() {
        assertThatThrownBy(() -> Workload.named("w6"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w6")
                .hasMessageContaining("w1, w2, w3, w4, w5");
    }

    @Test
    void namesAreReadInAnyCase() {
        assertThat(Workload.named("W4").name()).isEqualTo("w4");
    }
}
