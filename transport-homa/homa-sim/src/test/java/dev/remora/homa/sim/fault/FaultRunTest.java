package dev.remora.homa.sim.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.Tunable;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultRunTest {
    private static final long MILLI = 1_000_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 17, 1_001, 1_138, 2_135, 5_292, 14_558})
    void aSeedGivesTheSamePacketsAndEventsEachTime(long seed) {
        FaultResult first = FaultRun.run(FaultPlan.of(seed));
        FaultResult again = FaultRun.run(FaultPlan.of(seed));

        assertThat(first.packets()).as("seed %d", seed).isPositive();
        assertThat(again).as("seed %d", seed).isEqualTo(first);
    }

    @Test
    void differentSeedsGiveDifferentRuns() {
        assertThat(FaultRun.run(FaultPlan.of(5)).digest())
                .isNotEqualTo(FaultRun.run(FaultPlan.of(6)).digest());
    }

    @Test
    void withoutFaultsEachRpcGetsItsResponse() {
        FaultResult result = FaultRun.run(calm(7, 100));

        assertThat(result.failure()).isNull();
        assertThat(result.rpcs()).isGreaterThan(100);
        assertThat(result.responses()).isEqualTo(result.rpcs());
        assertThat(result.faults().get(FaultKind.LOSS)).isZero();
    }

    @Test
    void withLossAloneEachRpcGetsItsResponse() {
        FaultPlan plan = calm(8, 100);
        FaultResult result = FaultRun.run(plan.withNetwork(plan.network().withLoss(50)));

        assertThat(result.failure()).isNull();
        assertThat(result.faults().get(FaultKind.LOSS)).isPositive();
        assertThat(result.responses()).isEqualTo(result.rpcs());
    }

    @Test
    void rpcsOfAClientThatCannotReachItsServerTimeOut() {
        FaultPlan plan = calm(9, 20).with(new Incident(FaultKind.PARTITION, 0, 1, 0, 300 * MILLI, 0));
        FaultResult result = FaultRun.run(plan);

        assertThat(result.failure()).isNull();
        assertThat(result.faults().get(FaultKind.PARTITION)).isPositive();
        // Only those of the healed network succeed.
        assertThat(result.responses()).isEqualTo(2);
    }

    @Test
    void aMessageOfSeveralSegmentsGivesTheSameWhetherTheLinkCutsItOrNot() {
        FaultPlan plan = calm(10, 40);
        FaultResult single = FaultRun.run(plan.with(Tunable.MAX_GSO_SIZE, 0));
        FaultResult cut = FaultRun.run(plan.with(Tunable.MAX_GSO_SIZE, 65_536));

        assertThat(single.failure()).isNull();
        assertThat(cut.failure()).isNull();
        assertThat(single.faults().get(FaultKind.SEGMENTATION)).isZero();
        assertThat(cut.faults().get(FaultKind.SEGMENTATION)).isPositive();
        assertThat(cut.responses()).isEqualTo(single.responses());
    }

    @Test
    void theClockOfAHostMayJumpInBothDirections() {
        FaultPlan plan = calm(11, 60)
                .with(new Incident(FaultKind.CLOCK_JUMP, 0, 0, MILLI, MILLI, 500 * MILLI))
                .with(new Incident(FaultKind.CLOCK_BACK, 1, 1, 2 * MILLI, 2 * MILLI, 20 * MILLI));
        FaultResult result = FaultRun.run(plan);

        assertThat(result.failure()).isNull();
        assertThat(result.responses()).isEqualTo(result.rpcs());
    }

    @Test
    void damagedPacketsNeitherCrashAnEndpointNorLeaveAnything() {
        FaultPlan plan = calm(12, 100);
        plan = plan.withNetwork(plan.network().withCorruption(300).withMangling(1_000));
        FaultResult result = FaultRun.run(plan);

        assertThat(result.failure()).isNull();
        assertThat(result.faults().get(FaultKind.MANGLING)).isPositive();
    }

    @Test
    void aPlanSaysWhatItIs() {
        FaultPlan plan = withCrash();

        assertThat(plan).isEqualTo(FaultPlan.of(plan.seed())).isNotEqualTo(FaultPlan.of(plan.seed() + 1));
        assertThat(plan.toString()).contains("seed " + plan.seed(), "lossPermille=", "CRASH", "knobs");
    }

    /** The first plan in which a host crashes. */
    static FaultPlan withCrash() {
        long seed = 1;
        while (!FaultPlan.of(seed).incidents().toString().contains("CRASH")) {
            seed++;
        }
        return FaultPlan.of(seed);
    }

    /** No faults at all, two hosts. */
    static FaultPlan calm(long seed, int rpcs) {
        Traffic traffic = new Traffic(rpcs, 5 * MILLI, 100, 200_000, 50_000, 0, 0, 0);
        Network network = new Network(5_000, 0, 0, 0, 0, 100_000, 0, 0, Network.LARGE_RING, 0);
        return new FaultPlan(
                seed, 2, 1, traffic, network, 0, FaultPlan.AMPLE_BUFFER_BYTES, 200 * MILLI, List.of(), Map.of());
    }
}
