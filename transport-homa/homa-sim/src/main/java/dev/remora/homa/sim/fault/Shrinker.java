package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.Tunable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Makes a failing plan smaller: fewer RPCs, fewer hosts, one fault less, one knob less, as long as it still fails. */
public final class Shrinker {
    private final Predicate<FaultPlan> fails;
    private int triesLeft;

    /**
     * @param fails whether a plan still fails in the same way
     * @param mostTries runs at most
     */
    public Shrinker(Predicate<FaultPlan> fails, int mostTries) {
        this.fails = fails;
        this.triesLeft = mostTries;
    }

    /** The smallest plan found; the plan itself when nothing can go. */
    public FaultPlan shrink(FaultPlan failing) {
        FaultPlan smallest = failing;
        boolean progress = true;
        while (progress && triesLeft > 0) {
            progress = false;
            for (FaultPlan candidate : simpler(smallest)) {
                if (triesLeft-- <= 0) {
                    break;
                }
                if (fails.test(candidate)) {
                    smallest = candidate;
                    progress = true;
                    break;
                }
            }
        }
        return smallest;
    }

    private static List<FaultPlan> simpler(FaultPlan plan) {
        List<FaultPlan> plans = new ArrayList<>();
        for (int i = 0; i < plan.incidents().size(); i++) {
            plans.add(plan.withoutIncident(i));
        }
        Network network = plan.network();
        plans.add(plan.withNetwork(network.withLoss(0)));
        plans.add(plan.withNetwork(network.withDuplicates(0)));
        plans.add(plan.withNetwork(network.withReordering(0)));
        plans.add(plan.withNetwork(network.withCorruption(0)));
        plans.add(plan.withNetwork(network.withMangling(0)));
        plans.add(plan.withNetwork(network.withRing(Network.LARGE_RING)));
        plans.add(plan.withDrift(0));
        plans.add(plan.withBufferBytes(FaultPlan.AMPLE_BUFFER_BYTES));
        Traffic traffic = plan.traffic();
        plans.add(plan.withTraffic(traffic.withAborts(0, traffic.serverAbortPermille(), traffic.closedPortPermille())));
        plans.add(plan.withTraffic(traffic.withAborts(traffic.abortPermille(), 0, traffic.closedPortPermille())));
        plans.add(plan.withTraffic(traffic.withAborts(traffic.abortPermille(), traffic.serverAbortPermille(), 0)));
        for (Tunable knob : plan.knobs().keySet()) {
            plans.add(plan.without(knob));
        }
        if (plan.shards() > 1) {
            plans.add(plan.withShards(1));
            plans.add(plan.withShards(2));
        }
        if (plan.hosts() > 2) {
            plans.add(plan.withHosts(plan.hosts() - 1));
        }
        int rpcs = traffic.rpcs();
        for (int fewer : new int[] {rpcs / 4, rpcs / 2, rpcs * 3 / 4, rpcs - 1}) {
            if (fewer > 0) {
                plans.add(plan.withTraffic(traffic.withRpcs(fewer)));
            }
        }
        plans.add(plan.withTraffic(traffic.withMaxBytes(Math.max(1, traffic.maxBytes() / 2))));
        plans.removeIf(plan::equals);
        return plans;
    }
}
