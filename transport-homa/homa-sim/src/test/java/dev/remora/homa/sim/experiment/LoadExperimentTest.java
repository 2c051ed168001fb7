package dev.remora.homa.sim.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.sim.net.NetParameters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadExperimentTest {
    private static final NetParameters NET = NetParameters.racks(2, 4, 10);

    @ParameterizedTest
    @ValueSource(strings = {"w1", "w2", "w3", "w4", "w5"})
    void oneSeedGivesOneRunPacketByPacket(String workload) {
        LoadResult first = run(experiment(workload, 0.7, 11, 1_000));
        LoadResult second = run(experiment(workload, 0.7, 11, 1_000));
        LoadResult other = run(experiment(workload, 0.7, 12, 1_000));
        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(second.packets()).isEqualTo(first.packets());
        assertThat(second.simulatedNs()).isEqualTo(first.simulatedNs());
        assertThat(second.table().percentile(0, 10, 99)).isEqualTo(first.table().percentile(0, 10, 99));
        assertThat(other.digest()).isNotEqualTo(first.digest());
    }

    @ParameterizedTest
    @ValueSource(strings = {"w1", "w2", "w3", "w4", "w5"})
    void everyMessageIsDeliveredOnceAndTheHostsStayConsistent(String workload) {
        LoadResult result = run(experiment(workload, 0.6, 3, 2_000));
        assertThat(result.unfinished()).isZero();
        assertThat(result.duplicates()).isZero();
        assertThat(result.failedRpcs()).isZero();
        assertThat(result.refused()).isZero();
        assertThat(result.drops()).isZero();
        assertThat(result.invariant()).isEmpty();
        assertThat(result.table().messages(0, 10)).isEqualTo(2_000);
    }

    @Test
    void almostWithoutLoadTheSlowdownIsOne() {
        LoadResult result = run(experiment("w2", 0.001, 5, 500).withWarmUp(50));
        assertThat(result.table().percentile(0, 10, 50)).isCloseTo(1, within(0.005));
        assertThat(result.table().mean(0, 10)).isCloseTo(1, within(0.02));
    }

    @ParameterizedTest
    @ValueSource(strings = {"w1", "w3", "w4"})
    void theLinksCarryTheLoadAskedFor(String workload) {
        LoadResult result = run(experiment(workload, 0.5, 9, 20_000).withWarmUp(2_000));
        assertThat(result.wireFraction()).isCloseTo(0.5, within(0.08));
        assertThat(result.goodputFraction()).isLessThan(result.wireFraction());
    }

    @Test
    void aLoadThatTheHostsCannotCarryIsCalledUnstable() {
        Experiment sound = Experiment.of(Workload.fixed(100_000), 0.8, NET, false, 1)
                .withMessages(3_000)
                .withWarmUp(100);
        Experiment throttled = sound.withConfig(sound.config().with(Tunable.MAX_LINK_USAGE, 50));
        assertThat(run(sound).stable()).isTrue();
        assertThat(run(throttled).stable()).isFalse();
    }

    @Test
    void anIncastLoadsOneLinkOnly() {
        Experiment incast = Experiment.of(Workload.named("w3"), 0.6, NetParameters.star(9, 10), true, 2);
        LoadResult result = run(incast.withMessages(3_000).withWarmUp(500));
        assertThat(result.stable()).isTrue();
        assertThat(result.wireFraction()).isBetween(0.4, 0.8);
    }

    @Test
    void progressGrowsToItsEnd() {
        List<Double> seen = new ArrayList<>();
        LoadExperiment.run(experiment("w2", 0.5, 1, 500), (fraction, phase) -> seen.add(fraction));
        assertThat(seen).isSorted().last().matches(end -> end > 0.99);
    }

    @Test
    void theReportHasEveryFieldThatScriptsRead() {
        LoadResult result = run(experiment("w2", 0.5, 4, 500));
        assertThat(LoadReport.json(result))
                .contains("\"workload\": \"w2\"", "\"load\": 0.5", "\"hosts\": 8", "\"seed\": 4")
                .containsPattern("\"shortest10\": \\{\"p50\": [0-9.]+, \"p99\": [0-9.]+}")
                .containsPattern("\"shortest50\": \\{\"p50\": [0-9.]+, \"p99\": [0-9.]+}")
                .containsPattern("\"all\": \\{\"p50\": [0-9.]+, \"p99\": [0-9.]+}")
                .containsPattern("\"goodputFraction\": 0\\.[0-9]+")
                .containsPattern("\"eventsPerSecond\": [0-9]+")
                .contains("\"maxQueueBytes\": ", "\"drops\": 0", "\"stable\": ");
        assertThat(LoadReport.table(result)).contains("shortest 10 %", "shortest 50 %", "P50", "P99", "seed 4");
    }

    @Test
    void loadsOutsideOfTheLinkAreRefused() {
        assertThatThrownBy(() -> experiment("w2", 0, 1, 100)).hasMessageContaining("load 0.0");
        assertThatThrownBy(() -> experiment("w2", 1.2, 1, 100)).hasMessageContaining("load 1.2");
    }

    private static Experiment experiment(String workload, double load, long seed, long messages) {
        return Experiment.of(Workload.named(workload), load, NET, false, seed)
                .withMessages(messages)
                .withWarmUp(messages / 2);
    }

    private static LoadResult run(Experiment experiment) {
        return LoadExperiment.run(experiment, (fraction, phase) -> {});
    }
}
