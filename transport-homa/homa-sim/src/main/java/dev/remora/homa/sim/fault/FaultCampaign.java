package dev.remora.homa.sim.fault;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Many runs, each of its own seed, one after the other. */
public final class FaultCampaign {
    private static final int DESCRIBED = 5;
    private static final int SHRINK_TRIES = 300;

    /** Told after each run. */
    @FunctionalInterface
    public interface Progress {
        void onRun(int done, int runs, FaultResult result);
    }

    private FaultCampaign() {}

    /**
     * Runs the seeds {@code firstSeed}, {@code firstSeed + 1} and so on.
     *
     * @param shards endpoints of each host
     */
    public static CampaignResult run(long firstSeed, int runs, int shards, Progress progress) {
        Map<FaultKind, Long> faults = new EnumMap<>(FaultKind.class);
        List<String> failures = new ArrayList<>();
        int failed = 0;
        long rpcs = 0;
        long responses = 0;
        long packets = 0;
        for (int i = 0; i < runs; i++) {
            FaultResult result = FaultRun.run(FaultPlan.of(firstSeed + i).withShards(shards));
            result.faults().forEach((kind, count) -> faults.merge(kind, count, Long::sum));
            rpcs += result.rpcs();
            responses += result.responses();
            packets += result.packets();
            if (result.failure() != null) {
                failed++;
                if (failures.size() < DESCRIBED) {
                    failures.add(result.failure() + "\n  " + smaller(result));
                }
            }
            progress.onRun(i + 1, runs, result);
        }
        return new CampaignResult(firstSeed, runs, failed, rpcs, responses, packets, faults, failures);
    }

    private static String smaller(FaultResult failing) {
        String rule = ruleOf(failing);
        FaultPlan small =
                new Shrinker(plan -> rule.equals(ruleOf(FaultRun.run(plan))), SHRINK_TRIES).shrink(failing.plan());
        FaultResult shrunk = FaultRun.run(small);
        return "Fails as well with less: " + small + "\n" + shrunk.failure();
    }

    /** What is broken, without the particulars: the first word after the seed. */
    private static String ruleOf(FaultResult result) {
        String failure = result.failure();
        if (failure == null) {
            return "";
        }
        int colon = failure.indexOf(": ");
        int end = Math.min(failure.length(), colon + 14);
        return failure.substring(colon + 2, end);
    }
}
