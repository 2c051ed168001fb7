package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.Tunable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plan: trouble, then a healed network in which everything has to end (L1, L4) and nothing may be left
 * (L5), then RPCs that have to succeed, then silence.
 */
public final class FaultRun {
    private static final long MILLI = 1_000_000;
    private static final long MOST_STEPS = 5_000_000;
    private static final int MOST_PROBES = 6;
    private static final int[] PROBE_BYTES = {1, 60_000, 500};

    private final FaultPlan plan;
    private final FaultTimeline timeline = new FaultTimeline();
    private final FaultLog log = new FaultLog();
    private final FaultCluster cluster;

    private FaultRun(FaultPlan plan, Tampering tampering) {
        this.plan = plan;
        this.cluster = new FaultCluster(plan, timeline, log, tampering);
    }

    /** Never throws: whatever goes wrong is in the result. */
    public static FaultResult run(FaultPlan plan) {
        return run(plan, Tampering.NONE);
    }

    @SuppressWarnings("CatchingUnchecked")
    static FaultResult run(FaultPlan plan, Tampering tampering) {
        FaultRun run = null;
        String failure = null;
        try {
            run = new FaultRun(plan, tampering);
            run.play();
        } catch (FaultViolation broken) {
            failure = describe(plan, run, String.valueOf(broken.getMessage()));
        } catch (RuntimeException | AssertionError | StackOverflowError crashed) {
            failure = describe(plan, run, "crash: " + trace(crashed));
        }
        return run == null
                ? new FaultResult(plan, 0, new FaultLog().counts(), 0, 0, 0, 0, failure)
                : run.result(failure);
    }

    private FaultResult result(@Nullable String failure) {
        List<TestRpc> rpcs = cluster.application().rpcs();
        int responses = (int) rpcs.stream()
                .filter(rpc -> rpc.outcome == TestRpc.Outcome.RESPONSE)
                .count();
        for (FaultHost host : cluster.hosts()) {
            log.fault(FaultKind.NO_BUFFERS, host.bufferRefusals());
        }
        return new FaultResult(
                plan,
                log.digest(),
                log.counts(),
                responses,
                rpcs.size(),
                cluster.fabric().sentCount(),
                timeline.done(),
                failure);
    }

    private void play() {
        for (int i = 0; i < plan.traffic().rpcs(); i++) {
            cluster.application().add(new TestRpc(plan, i), cluster.hosts());
        }
        long healNs = plan.healNs();
        runUntil(healNs);
        log.event(timeline.nowNs(), "the network heals");
        runUntilQuiet(healNs + patienceNs(), "L1");
        checkNothingLeft();
        probe();
        checkNothingLeft();
        checkSilence();
    }

    private void probe() {
        // Requests that are sent again are refused until the quarantine of the last start is over.
        runUntil(timeline.nowNs() + plan.knob(Tunable.QUARANTINE_NS) + backNs() + 5 * MILLI);
        int probes = 0;
        for (int from = 0; from < plan.hosts() && probes < MOST_PROBES; from++) {
            for (int to = 0; to < plan.hosts() && probes < MOST_PROBES; to++) {
                if (from != to) {
                    probe(
                            from,
                            to,
                            Math.min(PROBE_BYTES[probes++ % 3], plan.traffic().maxBytes()));
                }
            }
        }
    }

    private void probe(int from, int to, int length) {
        FaultApplication application = cluster.application();
        TestRpc rpc = TestRpc.probe(application.rpcs().size(), from, to, length, timeline.nowNs());
        application.add(rpc, cluster.hosts());
        runUntilQuiet(timeline.nowNs() + patienceNs(), "L1");
        if (rpc.outcome != TestRpc.Outcome.RESPONSE) {
            throw new FaultViolation("L1: fails although all is well: " + rpc);
        }
    }

    private void checkSilence() {
        runUntil(timeline.nowNs() + plan.knob(Tunable.ACK_FLUSH_NS) + 10 * MILLI);
        long before = cluster.fabric().sentCount();
        long steps = timeline.done();
        runUntil(timeline.nowNs() + 500 * MILLI);
        if (cluster.fabric().sentCount() != before) {
            throw new FaultViolation("L5: packets are sent although no RPC exists");
        }
        if (timeline.done() - steps > 20_000) {
            throw new FaultViolation("L5: " + (timeline.done() - steps) + " timers fire although no RPC exists");
        }
    }

    private void runUntil(long endNs) {
        while (timeline.step(endNs)) {
            guard();
        }
    }

    private void runUntilQuiet(long endNs, String rule) {
        while (!quiet()) {
            if (!timeline.step(endNs)) {
                throw new FaultViolation(rule + ": not at rest after " + endNs + " ns:" + unrest());
            }
            guard();
        }
    }

    private void guard() {
        if (timeline.done() > MOST_STEPS) {
            throw new FaultViolation("L3: more than " + MOST_STEPS + " steps:" + unrest());
        }
    }

    private boolean quiet() {
        if (!cluster.application().allEnded() || cluster.fabric().inFlight() > 0) {
            return false;
        }
        for (FaultHost host : cluster.hosts()) {
            FaultProcess process = host.process;
            if (process == null
                    || !host.ring.isEmpty()
                    || process.sum(HomaEndpoint::clientRpcs) > 0
                    || process.sum(HomaEndpoint::serverRpcs) > 0
                    || process.buffersLent() > 0) {
                return false;
            }
        }
        return true;
    }

    private String unrest() {
        StringBuilder text = new StringBuilder(1_000);
        for (FaultHost host : cluster.hosts()) {
            text.append("\n    host ").append(host.index);
            FaultProcess process = host.process;
            if (process == null) {
                text.append(" down");
                continue;
            }
            text.append(": client RPCs ").append(process.sum(HomaEndpoint::clientRpcs));
            text.append(", server RPCs ").append(process.sum(HomaEndpoint::serverRpcs));
            text.append(", incoming ").append(process.sum(HomaEndpoint::totalIncoming));
            text.append(", grantable ").append(process.sum(HomaEndpoint::grantable));
            text.append(", buffers ").append(process.buffersLent());
            text.append(", clock ").append(host.clock(timeline.nowNs()));
            text.append(", deadline ").append(process.nextDeadlineNs(host.clock(timeline.nowNs())));
        }
        cluster.application().rpcs().stream()
                .filter(rpc -> rpc.outcome == null)
                .limit(5)
                .forEach(rpc -> text.append("\n    ").append(rpc));
        return text.toString();
    }

    private void checkNothingLeft() {
        if (cluster.application().borrowedCount() > 0) {
            throw new FaultViolation("L5: " + cluster.application().borrowedCount() + " responses not given back");
        }
        for (FaultHost host : cluster.hosts()) {
            FaultProcess process = host.process();
            if (host.phantomsLent > 0) {
                throw new FaultViolation("L5: " + host.phantomsLent + " responses not given back");
            }
            if (process.sum(HomaEndpoint::totalIncoming) != 0 || process.sum(HomaEndpoint::grantable) != 0) {
                throw new FaultViolation("L5: grants left:" + unrest());
            }
            FaultCluster.checkInvariants(host);
        }
    }

    private long backNs() {
        return plan.incidents().stream()
                .filter(incident -> incident.kind() == FaultKind.CLOCK_BACK)
                .mapToLong(Incident::amountNs)
                .sum();
    }

    /** Everything ends within this time in a good network; generous, because a failure is all it costs. */
    private long patienceNs() {
        long ticks = 4 * plan.knob(Tunable.TIMEOUT_TICKS)
                + 4 * plan.knob(Tunable.NEED_ACK_GIVE_UP_TICKS)
                + 4 * plan.knob(Tunable.NEED_ACK_MAX_TICKS);
        long transferNs = 2L * plan.traffic().rpcs() * plan.traffic().maxBytes() * 8_000 / plan.knob(Tunable.LINK_MBPS);
        return 2_000 * MILLI
                + ticks * plan.knob(Tunable.TICK_NS)
                + 100 * transferNs / plan.knob(Tunable.MAX_LINK_USAGE)
                + plan.traffic().rpcs() * plan.traffic().maxHandlerNs()
                + 2 * backNs();
    }

    private static String describe(FaultPlan plan, @Nullable FaultRun run, String what) {
        return "Seed " + plan.seed() + ": " + what + "\n  Plan: " + plan + "\n  Last events (ns):\n"
                + (run == null ? "" : run.log.recent()) + "  Again: " + replay(plan);
    }

    static String replay(FaultPlan plan) {
        String command = "./remora sim --faults 1 --seed " + plan.seed();
        return plan.shards() == 1 ? command : command + " --shards " + plan.shards();
    }

    private static String trace(Throwable crashed) {
        StringBuilder text = new StringBuilder(crashed.toString());
        StackTraceElement[] frames = crashed.getStackTrace();
        for (int i = 0; i < Math.min(12, frames.length); i++) {
            text.append("\n    at ").append(frames[i]);
        }
        return text.toString();
    }
}
