package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.option.AwakeOption;
import dev.remora.bench.option.JsonOption;
import dev.remora.bench.option.OptionCheck;
import dev.remora.bench.option.PlacementOption;
import dev.remora.bench.option.RoundOptions;
import dev.remora.bench.pair.PairSession;
import dev.remora.bench.process.Cores;
import dev.remora.bench.process.Placement;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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

    @Option(
            names = "--contenders",
            split = ",",
            paramLabel = "NAME",
            description =
                    "Who is compared (default: all but the variants of remora-homa and remora-tcp): ${COMPLETION-CANDIDATES}.",
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

    @Mixin
    private final RoundOptions length = new RoundOptions();

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

    @Mixin
    private final PlacementOption where = new PlacementOption();

    @Option(
            names = "--style",
            paramLabel = "STYLE",
            defaultValue = "auto",
            description =
                    "How calls are made: blocking, callback, or auto: blocking at 1 outstanding, callbacks at more (default: ${DEFAULT-VALUE}).",
            converter = CallStyleReader.class)
    private CallStyle style = CallStyle.AUTO;

    @Mixin
    private final AwakeOption awake = new AwakeOption();

    @Option(
            names = "--quick",
            description = "A first impression: 1 round of 1 s, sizes 32 and 65536, 1 and 32 outstanding, warm-up 1 s.")
    private boolean quick;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        EchoPlan plan = plan();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PairSession session = PairSession.of(
                plan,
                plan.method(
                        awake,
                        "style",
                        plan.style().toString(),
                        plan.maxCalls() > 0
                                ? plan.maxCalls() + " calls"
                                : plan.measure().toSeconds() + " s",
                        baseline));
        EchoResults results =
                session.run(out, awake, (spinners, progress) -> new EchoRun(plan, spinners, progress).run());
        List<String> names = plan.contenders().stream().map(Contender::name).toList();
        List<Row> rows = Rows.of(results.measurements(), plan.cases(), names, baseline);
        out.print(ResultTable.render(rows, results, baseline));
        json.write(out, () -> ResultJson.render(session.machine(), session.method(), rows, results));
        out.flush();
        return rows.isEmpty() || !results.failures().isEmpty() ? 1 : 0;
    }

    /** What the options ask for. */
    EchoPlan plan() {
        OptionCheck check = new OptionCheck(spec);
        List<Integer> cores = Cores.allowed();
        Placement placement = where.placement(check, cores);
        awake.check(check, cores);
        json.check(check);
        List<Contender> chosen = Contenders.ALL.chosen(check, orElse(contenders, Contenders.defaults()));
        Contenders.ALL.checkBaseline(check, baseline);
        List<EchoCase> cases = cases(check);
        check.require(
                calls == null || !length.hasSeconds(),
                "--calls and --seconds exclude each other: each ends a measurement");
        check.require(calls == null || calls >= 1, "--calls must be at least 1");
        Duration measure = length.measure(check, quick);
        return new EchoPlan(
                chosen,
                cases,
                length.rounds(check, quick),
                calls == null ? measure : Duration.ZERO,
                calls == null ? 0 : calls,
                Duration.ofSeconds(
                        check.inRange("--warmup", orElse(warmUpSeconds, quick ? 1 : 5), 0, RoundOptions.MAX_SECONDS)),
                style,
                placement,
                cores);
    }

    private List<EchoCase> cases(OptionCheck check) {
        List<Integer> sizes = check.inRange(
                "--size",
                orElse(sizesBytes, quick ? List.of(32, 65_536) : List.of(32, 1024, 65_536, 1_048_576)),
                0,
                MAX_SIZE_BYTES);
        List<Integer> underWay = check.inRange(
                "--outstanding", orElse(outstanding, quick ? List.of(1, 32) : List.of(1, 32, 256)), 1, MAX_OUTSTANDING);
        check.require(inFlightLimitBytes >= 0, "--in-flight-limit must not be negative");
        List<EchoCase> cases = EchoPlan.cases(sizes, underWay, inFlightLimitBytes);
        check.require(
                !cases.isEmpty(),
                "no case is left: every size times outstanding exceeds --in-flight-limit " + inFlightLimitBytes);
        return cases;
    }

    private static <T> T orElse(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
