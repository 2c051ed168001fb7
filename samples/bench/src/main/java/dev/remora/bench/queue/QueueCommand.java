package dev.remora.bench.queue;

import dev.remora.bench.load.SizeDistribution;
import dev.remora.bench.option.OptionCheck;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.FactLines;
import dev.remora.bench.process.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench queue}: orders of a server's queue under the same calls. */
@Command(
        name = "queue",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares the orders of the queue in front of a server's handlers: fifo, adaptive-lifo, srpt.",
            "First the runtime's admission in virtual time (one seed, one result), then a server process over TCP.",
            "Handlers wait 1 ms and 0.1 us per byte; sizes are those of a workload, cut at 1 MB.",
            "Loads above 1 are overload: calls have a deadline then, and the share answered in time is what counts."
        },
        footer = {"", "Exit codes: 0 measured, 1 a run failed, 2 wrong options."})
public final class QueueCommand implements Callable<Integer> {
    private static final List<String> ORDERS = List.of("fifo", "adaptive-lifo", "srpt");
    private static final int MAX_CALLS = 100_000_000;
    private static final double MAX_LOAD = 10;
    private static final int MAX_SECONDS = 600;
    /** Of a run that is not shorter itself. */
    private static final int WARM_UP_SECONDS = 2;

    @Option(
            names = "--load",
            split = ",",
            paramLabel = "PART",
            defaultValue = "0.7,0.9,1.5",
            description = "Work that comes, as a part of what the server can do (default: ${DEFAULT-VALUE}).")
    private List<Double> loads = List.of();

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            defaultValue = "w4",
            description = "Sizes of requests: w1 to w5 (default: ${DEFAULT-VALUE}).")
    private String workload = "w4";

    @Option(
            names = "--places",
            paramLabel = "N",
            defaultValue = "4",
            description = "Calls in progress at a time (default: ${DEFAULT-VALUE}).")
    private int places = 4;

    @Option(
            names = "--timeout",
            paramLabel = "MS",
            defaultValue = "500",
            description = "Deadline of calls under overload, in ms (default: ${DEFAULT-VALUE}).")
    private long timeoutMs = 500;

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "300000",
            description = "Calls of each simulated run (default: ${DEFAULT-VALUE}).")
    private int calls = 300_000;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "12",
            description = "Length of each run over TCP; 0 leaves them out (default: ${DEFAULT-VALUE}).")
    private int seconds = 12;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of sizes and times.")
    private long seed = 1;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<QueuePlan> plans = plans();
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = command.getOut();
        QueuePlan any = plans.getFirst();
        out.printf(
                "%s cut at %d bytes (mean %.0f), %d places, %.1f calls/s are load 1%n%n",
                workload, QueuePlan.MAX_BYTES, any.sizes().meanBytes(), places, any.callsPerSecond() / any.load());
        List<QueueResult> simulated = new ArrayList<>();
        for (QueuePlan plan : plans) {
            simulated.add(QueueSimulation.run(plan, calls));
        }
        out.printf("Simulated, %d calls each, seed %d:%n%n%s%n", calls, seed, QueueTable.render(simulated));
        out.flush();
        if (seconds == 0) {
            return 0;
        }
        FactLines.print(out, Machine.describe());
        List<QueueResult> real = new ArrayList<>();
        for (QueuePlan plan : plans) {
            try {
                real.add(QueueRun.run(
                        plan, Duration.ofSeconds(Math.min(WARM_UP_SECONDS, seconds)), Duration.ofSeconds(seconds)));
            } catch (ChildFailure e) {
                command.getErr().println("failed: " + e.getMessage());
                return 1;
            }
        }
        out.printf("%nOver TCP, %d s each, seed %d:%n%n%s", seconds, seed, QueueTable.render(real));
        out.flush();
        return 0;
    }

    /** What the options ask for: per load, each order. */
    List<QueuePlan> plans() {
        OptionCheck check = new OptionCheck(spec);
        check.require(
                SizeDistribution.WORKLOADS.contains(workload),
                "--workload must be one of " + SizeDistribution.WORKLOADS);
        check.require(places >= 1 && places <= 1000, "--places must be 1 to 1000");
        check.require(timeoutMs >= 1, "--timeout must be 1 or more");
        check.require(calls >= 1 && calls <= MAX_CALLS, "--calls must be 1 to " + MAX_CALLS);
        check.require(seconds >= 0 && seconds <= MAX_SECONDS, "--seconds must be 0 to " + MAX_SECONDS);
        SizeDistribution sizes = SizeDistribution.workload(workload).cutAt(QueuePlan.MAX_BYTES);
        List<QueuePlan> plans = new ArrayList<>();
        for (double load : loads) {
            check.require(load > 0 && load <= MAX_LOAD, "--load must be above 0, at most " + MAX_LOAD);
            for (String order : ORDERS) {
                plans.add(new QueuePlan(
                        order,
                        places,
                        load > 1 ? 1000 : 100_000,
                        sizes,
                        new WorkModel(1000, 0.1),
                        load,
                        load > 1 ? timeoutMs : 0,
                        seed));
            }
        }
        return plans;
    }
}
