package dev.remora.bench.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.bench.process.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {
    private static final EchoCase POINT = new EchoCase(32, 1);

    @Test
    void medianIsTheMiddleOrTheMeanOfTwo() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 9));
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> Spread.of(List.of()));
    }

    @Test
    void ratiosAreTakenWithinRounds() {
        // The machine is twice as slow in round 2: medians move, ratios do not.
        List<Row> rows = rows(
                measurement("netty", 1, 10, 0),
                measurement("mine", 1, 15, 0),
                measurement("netty", 2, 20, 0),
                measurement("mine", 2, 30, 0));

        assertThat(rows).extracting(Row::name).containsExactly("netty", "mine");
        assertThat(rows.get(1).values().get(Metric.P50_US)).isEqualTo(new Spread(22.5, 15, 30));
        assertThat(rows.get(1).ratios().get(Metric.P50_US)).isEqualTo(new Spread(1.5, 1.5, 1.5));
        assertThat(rows.get(0).ratios().get(Metric.P50_US)).isEqualTo(new Spread(1, 1, 1));
    }

    @Test
    void flaggedRoundsAreLeftOut() {
        List<Row> rows = rows(
                measurement("netty", 1, 10, 0), measurement("netty", 2, 999, 2.1), measurement("netty", 3, 12, 2.0));

        assertThat(rows.getFirst().values().get(Metric.P50_US)).isEqualTo(new Spread(11, 10, 12));
        assertThat(rows.getFirst().rounds()).isEqualTo(2);
        assertThat(rows.getFirst().flagged()).isEqualTo(1);
        assertThat(rows.getFirst().doubtful()).isFalse();
    }

    @Test
    void oneSoundRoundOfTwoIsNotDoubtful() {
        List<Row> rows = rows(measurement("netty", 1, 10, 0), measurement("netty", 2, 999, 5));

        assertThat(rows.getFirst().rounds()).isEqualTo(1);
        assertThat(rows.getFirst().flagged()).isEqualTo(1);
        assertThat(rows.getFirst().doubtful()).isFalse();
    }

    @Test
    void whereAllRoundsAreFlaggedTheyAreUsedAndMarked() {
        List<Row> rows = rows(measurement("netty", 1, 10, 5), measurement("netty", 2, 14, 5));

        assertThat(rows.getFirst().values().get(Metric.P50_US)).isEqualTo(new Spread(12, 10, 14));
        assertThat(rows.getFirst().doubtful()).isTrue();
    }

    @Test
    void withoutTheBaselineThereAreNoRatios() {
        List<Row> rows = rows(measurement("mine", 1, 10, 0));

        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst().ratios()).isEmpty();
    }

    private static List<Row> rows(Measurement... measurements) {
        return Rows.of(List.of(measurements), List.of(POINT), List.of("netty", "mine"), "netty");
    }

    private static Measurement measurement(String name, int round, double p50Us, double stealPercent) {
        return new Measurement(name, POINT, round, 100, p50Us, 2 * p50Us, 1e6 / p50Us, p50Us, 64, 64, stealPercent, 0);
    }
}
