package dev.remora.runtime.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the real admission in front of a simulated server of four CPUs whose handlers take 10 ms of one on average. */
class GradientLimitTest {
    private static final double CPUS = 4;
    private static final double WORK_MS = 10;
    private static final double CAPACITY_PER_MS = CPUS / WORK_MS;
    private static final long TIMEOUT_MS = 300;

    private static SharedServer server(long seed, double cpus, UnaryOperator<DefaultValues> settings) {
        return new SharedServer(seed, cpus, WORK_MS, TIMEOUT_MS, settings);
    }

    private static DefaultValues adaptive(DefaultValues values) {
        return values.with(AdmissionSettings.LIMIT, "adaptive")
                .with(AdmissionSettings.QUEUE_MAX_CALLS, 50L)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 100_000_000L);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void underOverloadItSettlesAFewTimesAboveTheCpusAndWorkEndsInTime(long seed) {
        SharedServer server = server(seed, CPUS, GradientLimitTest::adaptive);
        server.run(10_000, 0.5 * CAPACITY_PER_MS);
        server.run(20_000, 2 * CAPACITY_PER_MS);
        server.run(20_000, 2 * CAPACITY_PER_MS);
        assertThat(server.limit()).as("limit, seed %d", seed).isBetween(4, 24);
        double possible = 20_000 * CAPACITY_PER_MS;
        assertThat(server.endedInTime / possible)
                .as("useful work of what is possible")
                .isGreaterThan(0.85);
        assertThat((double) server.endedInTime / server.ended).isGreaterThan(0.95);
    }

    /** The same load with a bound that is too high: everything runs at once, nothing ends in time. */
    @ParameterizedTest
    @ValueSource(longs = {1})
    void aFixedBoundThatIsTooHighLosesNearlyAllOfThat(long seed) {
        SharedServer server = server(seed, CPUS, v -> v.with(ServerSettings.MAX_CONCURRENT_CALLS, 1000L));
        server.run(10_000, 0.5 * CAPACITY_PER_MS);
        server.run(20_000, 2 * CAPACITY_PER_MS);
        server.run(20_000, 2 * CAPACITY_PER_MS);
        double possible = 20_000 * CAPACITY_PER_MS;
        assertThat(server.endedInTime / possible).isLessThan(0.5);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void overloadedFromItsStartItFindsItsPlaceToo(long seed) {
        SharedServer server = server(seed, CPUS, v -> adaptive(v).with(AdmissionSettings.INITIAL_LIMIT, 100L));
        server.run(60_000, 2 * CAPACITY_PER_MS);
        server.run(20_000, 2 * CAPACITY_PER_MS);
        assertThat(server.limit()).as("limit, seed %d", seed).isLessThan(40);
        double possible = 20_000 * CAPACITY_PER_MS;
        assertThat(server.endedInTime / possible).isGreaterThan(0.8);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void handlersThatDoNotShareAnythingAreLetIn(long seed) {
        // Hundreds of them wait for something else at a time, such as another server.
        SharedServer server = server(seed, 1_000, GradientLimitTest::adaptive);
        server.run(20_000, 10);
        server.run(10_000, 10);
        assertThat(server.limit()).as("limit, seed %d", seed).isGreaterThan(100);
        assertThat((double) server.refused / (server.ended + server.refused)).isLessThan(0.08);
    }
}
