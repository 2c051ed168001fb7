package dev.remora.bench.pair;

import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs a plan: in each round every contender in turn, each time in a fresh pair of processes. Only one pair lives at a
 * time, since a contender that spins would take the cores of the others.
 *
 * @param <M> what one measurement gives
 */
public abstract class PairRun<C extends Candidate, P extends PairCase, M> {
    private final PairPlan<C, P> plan;
    private final Class<?> child;
    private final Awake awake;
    private final Consumer<String> progress;
    private final List<M> measurements = new ArrayList<>();
    private final Set<String> measured = new HashSet<>();
    private final Map<String, String> unavailable = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /**
     * @param child whose {@code main} serves a {@link PairChild}
     * @param progress gets a line about each step
     */
    protected PairRun(PairPlan<C, P> plan, Class<?> child, Awake awake, Consumer<String> progress) {
        this.plan = plan;
        this.child = child;
        this.awake = awake;
        this.progress = progress;
    }

    /** The order to a client to run a case for so long. */
    protected abstract String warmUpOrder(P point, Duration duration);

    /** The order to a client to run a case as the plan says. */
    protected abstract String order(P point);

    /** @param round from 1 */
    protected abstract M measurement(C contender, P point, int round, MeasuredLoad load);

    protected final void runAll() throws IOException, InterruptedException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (C contender : plan.turns(round)) {
                if (!unavailable.containsKey(contender.name())) {
                    turn(contender, round);
                }
            }
        }
    }

    protected final List<M> measurements() {
        return measurements;
    }

    /** Contenders that cannot run on this machine, with the reason. */
    protected final Map<String, String> unavailable() {
        return unavailable;
    }

    /** Of contenders that could run, in the order they happened. */
    protected final List<String> failures() {
        return failures;
    }

    private void turn(C contender, int round) throws IOException, InterruptedException {
        report(round, contender, "starts");
        ProcessPair pair;
        try {
            pair = ProcessPair.start(contender, child, plan);
        } catch (ChildFailure e) {
            // Before it has measured anything it is a matter of this machine, later it is a failure.
            if (measured.contains(contender.name())) {
                fail(round, e);
            } else {
                unavailable.put(contender.name(), String.valueOf(e.getMessage()));
            }
            return;
        }
        try (pair) {
            measure(pair, contender, round);
        } catch (ChildFailure e) {
            fail(round, e);
        }
    }

    private void fail(int round, ChildFailure e) {
        failures.add("round " + round + ": " + e.getMessage());
    }

    private void measure(ProcessPair pair, C contender, int round) throws ChildFailure, InterruptedException {
        List<P> cases = plan.casesOf(contender);
        Duration warmUp = plan.warmUpOf(contender);
        if (!warmUp.isZero()) {
            report(round, contender, "warms up");
            for (P point : cases) {
                Object unused = pair.load(warmUpOrder(point, warmUp), warmUp);
            }
        }
        for (P point : cases) {
            report(round, contender, point.label());
            MeasuredLoad load = pair.measure(order(point), plan.measure(), awake);
            measurements.add(measurement(contender, point, round, load));
            measured.add(contender.name());
        }
    }

    private void report(int round, C contender, String step) {
        progress.accept("round " + round + "/" + plan.rounds() + "  " + contender.name() + "  " + step);
    }
}
