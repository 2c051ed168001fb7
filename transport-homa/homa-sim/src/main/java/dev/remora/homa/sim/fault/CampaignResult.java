package dev.remora.homa.sim.fault;

import java.util.List;
import java.util.Map;

/**
 * What a campaign found.
 *
 * @param faults how often each kind of fault happened in all runs
 * @param failures of the first few runs that failed, each with its plan, a smaller plan and how to see it again
 */
public record CampaignResult(
        long firstSeed,
        int runs,
        int failedRuns,
        long rpcs,
        long responses,
        long packets,
        Map<FaultKind, Long> faults,
        List<String> failures) {
    public boolean passed() {
        return failedRuns == 0;
    }
}
