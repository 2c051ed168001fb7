package dev.remora.homa.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Thousands of short runs under all kinds of faults; {@code -Dremora.sim.seeds=100000} for more of them. */
class FaultCampaignTest {
    private static final int SEEDS = Integer.getInteger("remora.sim.seeds", 5_000);
    private static final int FIRST_SEED = 1;

    @Test
    void everyInvariantHoldsInEveryRunAndEveryKindOfFaultHappens() {
        CampaignResult result = FaultCampaign.run(FIRST_SEED, SEEDS, 1, (done, runs, run) -> {});

        assertThat(result.failures())
                .as("%d of %d runs from seed %d failed", result.failedRuns(), SEEDS, FIRST_SEED)
                .isEmpty();
        assertThat(result.passed()).isTrue();
        assertThat(result.faults()).containsOnlyKeys(FaultKind.values());
        assertThat(result.faults().values()).as("%s", result.faults()).allMatch(count -> count > 0);
        assertThat(result.responses()).as("RPCs that succeed nevertheless").isGreaterThan(result.rpcs() / 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4})
    void andAlsoWithSeveralEndpointsOnEachHost(int shards) {
        int seeds = Math.max(1, SEEDS / 8);
        CampaignResult result = FaultCampaign.run(FIRST_SEED, seeds, shards, (done, runs, run) -> {});

        assertThat(result.failures())
                .as("%d of %d runs with %d shards from seed %d failed", result.failedRuns(), seeds, shards, FIRST_SEED)
                .isEmpty();
        assertThat(result.responses()).as("RPCs that succeed nevertheless").isGreaterThan(result.rpcs() / 2);
    }
}
