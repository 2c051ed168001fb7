package dev.remora.bench.pair;

import dev.remora.bench.option.AwakeOption;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.FactLines;
import dev.remora.bench.process.Machine;
import dev.remora.bench.process.ProgressLine;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A comparison in front of whoever asked for it.
 *
 * @param machine it runs on
 * @param method how it is measured
 */
public record PairSession(PairPlan<?, ?> plan, Map<String, String> machine, Map<String, String> method) {
    /** What is run. */
    @FunctionalInterface
    public interface Run<R> {
        /** @param progress gets a line about each step */
        R run(Awake awake, Consumer<String> progress) throws IOException, InterruptedException;
    }

    /** On this machine. */
    public static PairSession of(PairPlan<?, ?> plan, Map<String, String> method) {
        return new PairSession(plan, Machine.describe(), method);
    }

    /** Tells what will be measured, and runs it. */
    public <R> R run(PrintWriter out, AwakeOption awake, Run<R> run) throws IOException, InterruptedException {
        FactLines.print(out, machine);
        FactLines.print(out, method);
        plan.contenders().forEach(each -> FactLines.print(out, each.name(), each.description()));
        out.flush();
        ProgressLine progress = new ProgressLine();
        try (Awake spinners = awake.start(plan.cores(), plan.estimate())) {
            return run.run(spinners, progress::show);
        } finally {
            progress.clear();
        }
    }
}
