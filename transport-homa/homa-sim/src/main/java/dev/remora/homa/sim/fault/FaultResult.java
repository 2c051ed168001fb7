package dev.remora.homa.sim.fault;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of one run.
 *
 * @param digest of all packets and events: equal for equal plans
 * @param faults how often each kind happened
 * @param responses RPCs that got their response
 * @param failure null, or what is broken, with the plan, the last events and how to see it again
 */
public record FaultResult(
        FaultPlan plan,
        long digest,
        Map<FaultKind, Long> faults,
        int responses,
        int rpcs,
        long packets,
        long steps,
        @Nullable String failure) {}
