package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.Cores;
import dev.remora.bench.process.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench echo}: our transports and their opponents, in turns, in processes of their own. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares echoes of a protobuf message through Remora's transports and their opponents.",
            "Client and server are processes of their own; every round runs each contender once, in turns."
        },
        footer = {"", "Exit codes: 0 measured, 1 a contender failed or nothing was measured, 2 wrong options."})
public final class EchoCommand implements Callable<Integer> {
    private static final int MAX_SIZE_BYTES = 16 << 20;
    private static final int MAX_OUTSTANDING = 4096;
    private static final int MAX_SECONDS = 600;
    private static final int MAX_ROUNDS = 100;

    @Option(
            names = "--contenders",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Who is compared (default: all but remora-tcp-pool and remora-tcp-uring): ${COMPLETION-CANDIDATES}.",
            completionCandidates = ContenderNames.class)
    private @Nullable List<String> contenders;

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            defaultValue = "netty",
            description = "Whom ratios refer to (default: ${DEFAULT-VALUE}).")
    private String baseline = "netty";

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "BYTES",
            description = "Payload sizes (default: 32,1024,65536,1048576).")
    private @Nullable List<Integer> sizesBytes;

    @Option(
            names = "--outstanding",
            split = ",",
            paramLabel = "CALLS",
            description = "Calls under way at any time (default: 1,32,256).")
    private @Nullable List<Integer> outstanding;

    @Option(
            names = "--in-flight-limit",
            paramLabel = "BYTES",
            defaultValue = "4194304",
            description =
                    "Leaves out cases with more than one call outstanding whose payloads exceed this together (default: ${DEFAULT-VALUE}).")
    private long inFlightLimitBytes;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds (default: 3).")
    private @Nullable Integer rounds;

    @Option(names = "--seconds", paramLabel = "S", description = "Length of each measurement (default: 3).")
    private @Nullable Integer seconds;

    @Option(
            names = "--calls",
            paramLabel = "N",
            description = "Ends each measurement after this many calls instead of a time.")
    private @Nullable Long calls;

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "Warm-up of each pair of processes, shared by its cases (default: 5).")
    private @Nullable Integer warmUpSeconds;

    @Option(
            names = "--placement",
            paramLabel = "WHERE",
            defaultValue = "split",
            description =
                    "same-core, split (client on one core, server on another) or floating (default: ${DEFAULT-VALUE}).",
            converter = PlacementReader.class)
    private Placement placement = Placement.SPLIT;

    @Option(
            names = "--style",
            paramLabel = "STYLE",
            defaultValue = "auto",
            description =
                    "How calls are made: blocking, callback, or auto: blocking at 1 outstanding, callbacks at more (default: ${DEFAULT-VALUE}).",
            converter = CallStyleReader.class)
    private CallStyle style = CallStyle.AUTO;

    @Option(names = "--awake", description = "Keeps the cores from halting with an idle-priority process per core.")
    private boolean awake;

    @Option(
            names = "--quick",
            description = "A first impression: 1 round of 1 s, sizes 32 and 65536, 1 and 32 outstanding, warm-up 1 s.")
    private boolean quick;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the results as JSON, too.")
    private @Nullable Path json;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        EchoPlan plan = plan();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Map<String, String> machine = Machine.describe();
        Map<String, String> method = method(plan);
        machine.forEach((name, value) -> out.printf("%-22s %s%n", name, value));
        method.forEach((name, value) -> out.printf("%-22s %s%n", name, value));
        plan.contenders().forEach(c -> out.printf("%-22s %s%n", c.name(), c.description()));
        out.flush();

        EchoResults results;
        ProgressLine progress = new ProgressLine();
        // Starting processes takes time, too; twice the estimate is plenty, and they end with this process anyway.
        Duration longest = plan.estimate().multipliedBy(2).plusMinutes(5);
        try (Awake spinners = awake ? Awake.on(plan.cores(), longest) : Awake.off()) {
            results = new EchoRun(plan, spinners, progress::show).run();
        } finally {
            progress.clear();
        }
        List<String> names = plan.contenders().stream().map(Contender::name).toList();
        List<Row> rows = Rows.of(results.measurements(), plan.cases(), names, baseline);
        out.print(ResultTable.render(rows, results, baseline));
        if (json != null) {
            Files.writeString(json, ResultJson.render(machine, method, rows, results));
            out.println("Written: " + json);
        }
        out.flush();
        return rows.isEmpty() || !results.failures().isEmpty() ? 1 : 0;
    }

    /** What the options ask for. */
    EchoPlan plan() {
        List<Integer> cores = Cores.allowed();
        checkPlacement(cores);
        checkJson();
        List<Contender> chosen = chosenContenders();
        if (Contenders.find(baseline).isEmpty()) {
            throw wrong("--baseline: there is no contender '" + baseline + "'; known: " + known());
        }
        List<Integer> sizes = inRange(
                "--size",
                orElse(sizesBytes, quick ? List.of(32, 65_536) : List.of(32, 1024, 65_536, 1_048_576)),
                0,
                MAX_SIZE_BYTES);
        List<Integer> out = inRange(
                "--outstanding", orElse(outstanding, quick ? List.of(1, 32) : List.of(1, 32, 256)), 1, MAX_OUTSTANDING);
        if (inFlightLimitBytes < 0) {
            throw wrong("--in-flight-limit must not be negative");
        }
        List<EchoCase> cases = EchoPlan.cases(sizes, out, inFlightLimitBytes);
        if (cases.isEmpty()) {
            throw wrong(
                    "no case is left: every size times outstanding exceeds --in-flight-limit " + inFlightLimitBytes);
        }
        if (calls != null && seconds != null) {
            throw wrong("--calls and --seconds exclude each other: each ends a measurement");
        }
        if (calls != null && calls < 1) {
            throw wrong("--calls must be at least 1");
        }
        int measureSeconds = inRange("--seconds", List.of(orElse(seconds, quick ? 1 : 3)), 1, MAX_SECONDS)
                .getFirst();
        return new EchoPlan(
                chosen,
                cases,
                inRange("--rounds", List.of(orElse(rounds, quick ? 1 : 3)), 1, MAX_ROUNDS)
                        .getFirst(),
                calls == null ? Duration.ofSeconds(measureSeconds) : Duration.ZERO,
                calls == null ? 0 : calls,
                Duration.ofSeconds(inRange("--warmup", List.of(orElse(warmUpSeconds, quick ? 1 : 5)), 0, MAX_SECONDS)
                        .getFirst()),
                style,
                placement,
                cores);
    }

    private List<Contender> chosenContenders() {
        List<Contender> chosen = new ArrayList<>();
        for (String name :
                orElse(contenders, Contenders.defaults()).stream().distinct().toList()) {
            chosen.add(Contenders.find(name)
                    .orElseThrow(() -> wrong("--contenders: there is no contender '" + name + "'; known: " + known())));
        }
        return chosen;
    }

    /** Before the run, not after its ten minutes. */
    private void checkJson() {
        if (json == null) {
            return;
        }
        Path folder = json.toAbsolutePath().getParent();
        boolean writable =
                Files.exists(json) ? Files.isRegularFile(json) && Files.isWritable(json) : Files.isWritable(folder);
        if (!writable) {
            throw wrong("--json: " + json + " cannot be written; name a file in an existing, writable folder");
        }
    }

    private void checkPlacement(List<Integer> cores) {
        if (placement != Placement.FLOATING && !Cores.hasCommand("taskset")) {
            throw wrong("--placement " + placement
                    + " needs the command taskset (package util-linux); use --placement floating without it");
        }
        if (placement != Placement.FLOATING && cores.size() < placement.cores()) {
            throw wrong("--placement " + placement + " needs " + placement.cores() + " cores, this process may use "
                    + cores.size() + "; use --placement floating");
        }
        if (awake && (!Cores.hasCommand("chrt") || !Cores.hasCommand("taskset") || cores.isEmpty())) {
            throw wrong("--awake needs the commands chrt and taskset (package util-linux)");
        }
    }

    private Map<String, String> method(EchoPlan plan) {
        Map<String, String> method = new LinkedHashMap<>();
        method.put(
                "placement",
                plan.placement() == Placement.FLOATING
                        ? "floating: both processes on any core"
                        : plan.placement() + ": " + plan.placement().describe(plan.cores()));
        method.put("awake", awake ? "an idle-priority spinner per core" : "no: idle cores halt");
        method.put("style", plan.style().toString());
        method.put("rounds", plan.rounds() + ", interleaved, fresh processes each");
        method.put(
                "measurement",
                plan.maxCalls() > 0
                        ? plan.maxCalls() + " calls"
                        : plan.measure().toSeconds() + " s");
        method.put("warmUp", plan.warmUp().toSeconds() + " s per pair of processes");
        method.put("cases", plan.cases().stream().map(EchoCase::label).collect(Collectors.joining(", ")));
        method.put("jvmFlags", String.join(" ", EchoPair.JVM_FLAGS));
        method.put("baseline", baseline);
        method.put("takesAtLeast", plan.estimate().toSeconds() + " s and the starts of the processes");
        return method;
    }

    private List<Integer> inRange(String option, List<Integer> values, int min, int max) {
        for (int value : values) {
            if (value < min || value > max) {
                throw wrong(option + ": " + value + " is outside " + min + " to " + max);
            }
        }
        return values.stream().distinct().toList();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private static String known() {
        return String.join(", ", Contenders.names());
    }

    private static <T> T orElse(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
