package dev.remora.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrivalsTest {
    private static final LoadPlan PLAN = LoadPlan.of(
                    SizeDistribution.workload("w3").cutAt(1_000_000), 20_000, Duration.ofSeconds(1))
            .withSeed(7)
            .withTargets(5);

    @Test
    void gapsAreThoseOfAPoissonProcess() {
        Arrivals arrivals = new Arrivals(PLAN);
        int n = 200_000;
        double sum = 0;
        double squares = 0;
        long before = 0;
        for (int i = 0; i < n; i++) {
            arrivals.next();
            double gapUs = (arrivals.dueNs() - before) / 1e3;
            before = arrivals.dueNs();
            sum += gapUs;
            squares += gapUs * gapUs;
        }
        double mean = sum / n;
        // Exponential: the variance is the mean squared. Standard errors with 200,000: 0.22 % and 0.63 %; the seed is
        // fixed.
        assertThat(mean).isCloseTo(50, within(0.5));
        assertThat(squares / n - mean * mean).isCloseTo(2_500, within(60.0));
    }

    @Test
    void targetsAndSizesAreEven() {
        Arrivals arrivals = new Arrivals(PLAN);
        int[] perTarget = new int[5];
        int atMost268 = 0;
        for (int i = 0; i < 100_000; i++) {
            arrivals.next();
            perTarget[arrivals.target()]++;
            atMost268 += arrivals.requestBytes() <= 268 ? 1 : 0;
        }
        assertThat(IntStream.of(perTarget))
                .allSatisfy(count -> assertThat(count).isCloseTo(20_000, within(500)));
        assertThat(atMost268 / 1e5).isCloseTo(PLAN.sizes().fractionUpTo(268), within(0.005));
    }

    @Test
    void theSeedDecidesAll() {
        assertThat(first(PLAN, 1_000)).isEqualTo(first(PLAN, 1_000));
        assertThat(first(PLAN, 1_000)).isNotEqualTo(first(PLAN.withSeed(8), 1_000));
    }

    @Test
    void aRateMovesNeitherSizesNorTargets() {
        LoadPlan slower = LoadPlan.of(PLAN.sizes(), 100, Duration.ofSeconds(1))
                .withSeed(7)
                .withTargets(5);

        assertThat(first(slower, 100).stream().map(Arrival::withoutTime))
                .containsExactlyElementsOf(
                        first(PLAN, 100).stream().map(Arrival::withoutTime).toList());
    }

    @Test
    void lanesDiffer() {
        Arrivals[] lanes = Arrivals.lanes(PLAN, 2);
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lanes[0].nextSize();
            lanes[1].nextSize();
            first.add(lanes[0].requestBytes());
            second.add(lanes[1].requestBytes());
        }
        assertThat(first).isNotEqualTo(second);
    }

    @Test
    void partsAreClientsOfTheirOwn() {
        LoadPlan second = PLAN.part(1, 4);

        assertThat(second.callsPerSecond()).isEqualTo(5_000);
        assertThat(PLAN.part(0, 4).seed()).isNotEqualTo(second.seed());
        assertThat(second.sizes()).isSameAs(PLAN.sizes());
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.part(4, 4));
    }

    @Test
    void plansOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PLAN.withMaxOutstanding(0))
                .withMessageContaining("maxOutstanding is 0")
                .withMessageContaining("1 to 1000000");
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.withTargets(0));
        assertThatIllegalArgumentException().isThrownBy(() -> PLAN.withResponseBytes(-1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadPlan.of(PLAN.sizes(), Double.NaN, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> LoadPlan.of(PLAN.sizes(), 1, Duration.ofHours(2)));
    }

    private record Arrival(long dueNs, int target, int requestBytes) {
        Arrival withoutTime() {
            return new Arrival(0, target, requestBytes);
        }
    }

    private static List<Arrival> first(LoadPlan plan, int count) {
        Arrivals arrivals = new Arrivals(plan);
        List<Arrival> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrivals.next();
            all.add(new Arrival(arrivals.dueNs(), arrivals.target(), arrivals.requestBytes()));
        }
        return all;
    }
}
