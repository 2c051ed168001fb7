package dev.remora.bench.hedge;

import dev.remora.bench.option.OptionCheck;
import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.process.FactLines;
import dev.remora.bench.process.Machine;
import dev.remora.runtime.resilience.HedgePolicy;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench hedge}: policies of hedging against the same servers. */
@Command(
        name = "hedge",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares policies of hedging over TCP with three server processes that stall in turns.",
            "Handlers take 2 ms on average (exponential); each server stalls for 100 ms every 2 s."
        },
        footer = {"", "Exit codes: 0 measured, 1 a run failed, 2 wrong options."})
public final class HedgeCommand implements Callable<Integer> {
    private static final int SERVERS = 3;
    private static final double MEAN_MS = 2;
    private static final Duration FIRST_DELAY = Duration.ofMillis(20);
    private static final int MAX_SECONDS = 600;
    /** Of a run that is not shorter itself. */
    private static final int WARM_UP_SECONDS = 3;

    private static final double MAX_RATE = 100_000;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Calls per second (default: ${DEFAULT-VALUE}).")
    private double rate = 1000;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "20",
            description = "Length of each run (default: ${DEFAULT-VALUE}).")
    private int seconds = 20;

    @Option(
            names = "--stall",
            paramLabel = "MS",
            defaultValue = "100",
            description = "How long a stall takes (default: ${DEFAULT-VALUE}).")
    private long stallMs = 100;

    @Option(
            names = "--every",
            paramLabel = "MS",
            defaultValue = "2000",
            description = "How often each server stalls (default: ${DEFAULT-VALUE}).")
    private long everyMs = 2000;

    @Spec
    private @Nullable CommandSpec spec;

    /** What is compared, in the order of the runs. */
    static Map<String, HedgePolicy> policies() {
        Map<String, HedgePolicy> policies = new LinkedHashMap<>();
        policies.put("no hedging", HedgePolicy.NONE);
        policies.put("after 20 ms", HedgePolicy.after(FIRST_DELAY));
        policies.put("at p99", HedgePolicy.atPercentile(0.99, FIRST_DELAY));
        policies.put("at p95", HedgePolicy.atPercentile(0.95, FIRST_DELAY));
        policies.put("at p90", HedgePolicy.atPercentile(0.90, FIRST_DELAY));
        return policies;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        OptionCheck check = new OptionCheck(spec);
        check.require(rate > 0 && rate <= MAX_RATE, "--rate must be above 0, at most " + MAX_RATE);
        check.require(seconds >= 1 && seconds <= MAX_SECONDS, "--seconds must be 1 to " + MAX_SECONDS);
        check.require(stallMs >= 0 && everyMs > stallMs, "--stall must be 0 or more, and --every more than that");
        CommandLine command = Objects.requireNonNull(spec).commandLine();
        PrintWriter out = command.getOut();
        FactLines.print(out, Machine.describe());
        out.printf(
                "%n%d servers, %.0f calls/s, %d s each; handlers %.0f ms on average, stalls of %d ms every %d ms%n%n",
                SERVERS, rate, seconds, MEAN_MS, stallMs, everyMs);
        out.flush();
        List<HedgeResult> results = new ArrayList<>();
        try (HedgeServers servers = HedgeServers.start(SERVERS, MEAN_MS, stallMs, everyMs)) {
            for (Map.Entry<String, HedgePolicy> policy : policies().entrySet()) {
                results.add(HedgeRun.run(
                        policy.getKey(),
                        policy.getValue(),
                        servers.addresses(),
                        rate,
                        Duration.ofSeconds(Math.min(WARM_UP_SECONDS, seconds)),
                        Duration.ofSeconds(seconds)));
            }
        } catch (ChildFailure e) {
            command.getErr().println("failed: " + e.getMessage());
            return 1;
        }
        out.print(HedgeResult.table(results));
        out.flush();
        return 0;
    }
}
