package dev.remora.bench.ab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.Resources;
import dev.remora.bench.ab.result.RunResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatiosTest {
    @Test
    void latenciesAreTheOpponentsByOursWithinARound() {
        List<Ratio> ratios = Ratios.of(
                List.of(
                        run("a", 1, 100, true),
                        run("b", 1, 1_000, true),
                        run("a", 2, 200, true),
                        run("b", 2, 600, true)),
                "a");
        assertThat(ratio(ratios, "shortest50.p99Us"))
                .isEqualTo(new Ratio("w4", 0.8, "a", "b", "shortest50.p99Us", 6.5, 3, 10, 2, true));
    }

    @Test
    void goodputIsOursByTheirs() {
        List<Ratio> ratios = Ratios.of(List.of(run("a", 1, 100, true), run("b", 1, 200, true)), "a");
        // The test's runs have a goodput as large as their latency.
        assertThat(ratio(ratios, "goodputMbps").median()).isEqualTo(0.5);
    }

    @Test
    void roundsThatAreNotValidAreLeftOutIfAnyIs() {
        List<Ratio> ratios = Ratios.of(
                List.of(
                        run("a", 1, 100, true),
                        run("b", 1, 1_000, false),
                        run("a", 2, 100, true),
                        run("b", 2, 300, true)),
                "a");
        assertThat(ratio(ratios, "shortest50.p99Us"))
                .returns(3.0, Ratio::median)
                .returns(1, Ratio::rounds)
                .returns(true, Ratio::valid);
        List<Ratio> none = Ratios.of(List.of(run("a", 1, 100, true), run("b", 1, 1_000, false)), "a");
        assertThat(ratio(none, "shortest50.p99Us")).returns(10.0, Ratio::median).returns(false, Ratio::valid);
    }

    @Test
    void aRunWithoutPartnerHasNoRatio() {
        assertThat(Ratios.of(List.of(run("a", 1, 100, true), run("b", 2, 100, true)), "a"))
                .isEmpty();
    }

    @Test
    void whatIsNotKnownHasNoRatio() {
        assertThat(Ratios.of(List.of(run("a", 1, Double.NaN, true), run("b", 1, 100, true)), "a"))
                .extracting(Ratio::metric)
                .doesNotContain("shortest50.p99Us");
    }

    private static Ratio ratio(List<Ratio> ratios, String metric) {
        return ratios.stream()
                .filter(r -> r.metric().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    private static RunResult run(String transport, int round, double us, boolean valid) {
        Group group = new Group(1, 2, 3, us, us, us, us, us, us, us, us, us);
        return new RunResult(
                transport,
                "w4",
                0.8,
                round,
                valid,
                List.of(),
                1,
                0,
                us,
                us,
                us,
                group,
                group,
                group,
                group,
                List.of(),
                List.of(),
                List.of(),
                new Resources(us, 50, 0, 0, 1, 1, 0, 0, 0, 1),
                Map.of());
    }
}
