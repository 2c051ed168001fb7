package dev.remora.bench.stream;

import dev.remora.bench.option.AwakeOption;
import dev.remora.bench.option.JsonOption;
import dev.remora.bench.option.OptionCheck;
import dev.remora.bench.option.PlacementOption;
import dev.remora.bench.option.RoundOptions;
import dev.remora.bench.pair.PairSession;
import dev.remora.bench.process.Cores;
import dev.remora.bench.process.Placement;
import dev.remora.bench.stream.contender.StreamContender;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench stream}: messages in one direction, through our transports and grpc-java in turns. */
@Command(
        name = "stream",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares streams of protobuf messages through Remora's transports and grpc-java.",
            "Client and server are processes of their own; every round runs each contender once, in turns."
        },
        footer = {"", "Exit codes: 0 measured, 1 a contender failed or nothing was measured, 2 wrong options."})
public final class StreamCommand implements Callable<Integer> {
    private static final int MAX_SIZE_BYTES = 4_000_000;
    private static final int MAX_STREAMS = 1000;

    @Option(
            names = "--contenders",
            split = ",",
            paramLabel = "NAME",
            defaultValue = "remora-tcp,remora-homa,grpc-java",
            description = "Who is compared: remora-tcp, remora-homa, grpc-java, remora-tcp-blocking (default:"
                    + " ${DEFAULT-VALUE}).")
    private List<String> contenders = List.of();

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            defaultValue = "grpc-java",
            description = "Whom ratios refer to (default: ${DEFAULT-VALUE}).")
    private String baseline = "grpc-java";

    @Option(
            names = "--direction",
            split = ",",
            paramLabel = "DIRECTION",
            defaultValue = "download,upload",
            description = "download (the server sends), upload (the client sends) (default: both).")
    private List<String> directions = List.of();

    @Option(
            names = "--size",
            split = ",",
            paramLabel = "BYTES",
            description = "Payload of each message (default: 32,65536,1048576).")
    private @Nullable List<Integer> sizesBytes;

    @Option(
            names = "--streams",
            paramLabel = "N",
            defaultValue = "1",
            description = "Streams at the same time (default: ${DEFAULT-VALUE}).")
    private int streams = 1;

    @Mixin
    private final RoundOptions length = new RoundOptions();

    @Option(
            names = "--warmup",
            paramLabel = "S",
            description = "Warm-up of each pair of processes, shared by its cases (default: 10).")
    private @Nullable Integer warmUpSeconds;

    @Mixin
    private final PlacementOption where = new PlacementOption();

    @Mixin
    private final AwakeOption awake = new AwakeOption();

    @Option(names = "--quick", description = "A first impression: 1 round of 1 s, warm-up 3 s.")
    private boolean quick;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        StreamPlan plan = plan();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PairSession session = PairSession.of(
                plan,
                plan.method(
                        awake,
                        "streams",
                        Integer.toString(plan.streams()),
                        plan.measure().toSeconds() + " s",
                        baseline));
        StreamResults results =
                session.run(out, awake, (spinners, progress) -> new StreamRun(plan, spinners, progress).run());
        out.print(StreamTable.render(plan, results, baseline));
        json.write(out, () -> StreamJson.render(session.machine(), session.method(), results));
        out.flush();
        return results.measurements().isEmpty() || !results.failures().isEmpty() ? 1 : 0;
    }

    /** What the options ask for. */
    StreamPlan plan() {
        OptionCheck check = new OptionCheck(spec);
        List<Integer> cores = Cores.allowed();
        Placement placement = where.placement(check, cores);
        awake.check(check, cores);
        json.check(check);
        StreamContenders.ALL.checkBaseline(check, baseline);
        List<StreamContender> chosen = StreamContenders.ALL.chosen(check, contenders);
        List<StreamCase> cases = new ArrayList<>();
        for (String direction : directions.stream().distinct().toList()) {
            for (int size : sizesBytes == null ? List.of(32, 65_536, 1_048_576) : sizesBytes) {
                cases.add(
                        new StreamCase(direction(check, direction), check.inRange("--size", size, 0, MAX_SIZE_BYTES)));
            }
        }
        int warmUp = warmUpSeconds != null ? warmUpSeconds : quick ? 3 : 10;
        return new StreamPlan(
                chosen,
                cases,
                check.inRange("--streams", streams, 1, MAX_STREAMS),
                length.rounds(check, quick),
                length.measure(check, quick),
                0,
                Duration.ofSeconds(check.inRange("--warmup", warmUp, 0, RoundOptions.MAX_SECONDS)),
                placement,
                cores);
    }

    private static Direction direction(OptionCheck check, String text) {
        try {
            return Direction.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw check.wrong("--direction: '" + text + "' is neither download nor upload");
        }
    }
}
