package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.ChildFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs a plan: in each round every contender in turn, each time in a fresh pair of processes. Only one pair lives at a
 * time, since a contender that spins would take the cores of the others.
 */
final class EchoRun {
    private final EchoPlan plan;
    private final Awake awake;
    private final Consumer<String> progress;
    private final List<Measurement> measurements = new ArrayList<>();
    private final Map<String, String> unavailable = new LinkedHashMap<>();
    private final List<String> failures = new ArrayList<>();

    /** @param progress gets a line about each step */
    EchoRun(EchoPlan plan, Awake awake, Consumer<String> progress) {
        this.plan = plan;
        this.awake = awake;
        this.progress = progress;
    }

    EchoResults run() throws IOException, InterruptedException {
        for (int round = 1; round <= plan.rounds(); round++) {
            for (Contender contender : plan.turns(round)) {
                if (!unavailable.containsKey(contender.name())) {
                    turn(contender, round);
                }
            }
        }
        return new EchoResults(measurements, unavailable, failures);
    }

    private void turn(Contender contender, int round) throws IOException, InterruptedException {
        report(round, contender, "starts");
        EchoPair pair;
        try {
            pair = EchoPair.start(contender, plan);
        } catch (ChildFailure e) {
            // Before it has measured anything it is a matter of this machine, later it is a failure.
            if (measurements.stream().noneMatch(m -> m.contender().equals(contender.name()))) {
                unavailable.put(contender.name(), String.valueOf(e.getMessage()));
            } else {
                failures.add("round " + round + ": " + e.getMessage());
            }
            return;
        }
        try (pair) {
            measure(pair, contender, round);
        } catch (ChildFailure e) {
            failures.add("round " + round + ": " + e.getMessage());
        }
    }

    private void measure(EchoPair pair, Contender contender, int round) throws ChildFailure, InterruptedException {
        List<EchoCase> cases = plan.casesOf(contender);
        long warmUpNs = plan.warmUpOf(contender).toNanos();
        if (warmUpNs > 0) {
            report(round, contender, "warms up");
            for (EchoCase point : cases) {
                pair.warmUp(new LoadOrder(point, plan.style(), warmUpNs, 0));
            }
        }
        for (EchoCase point : cases) {
            report(round, contender, point.label());
            LoadOrder order = new LoadOrder(point, plan.style(), plan.measure().toNanos(), plan.maxCalls());
            measurements.add(pair.measure(order, round, awake));
        }
    }

    private void report(int round, Contender contender, String step) {
        progress.accept("round " + round + "/" + plan.rounds() + "  " + contender.name() + "  " + step);
    }
}
