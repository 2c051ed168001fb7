package dev.remora.bench.ab;

import dev.remora.bench.ab.child.ClientOrder;
import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.side.Side;
import dev.remora.bench.ab.side.Sides;
import dev.remora.bench.process.Awake;
import dev.remora.bench.process.Cores;
import dev.remora.bench.report.ComparisonView;
import dev.remora.bench.report.Progress;
import dev.remora.bench.report.ReportComparison;
import dev.remora.bench.report.ReportFiles;
import dev.remora.bench.report.TerminalView;
import dev.remora.bench.testbed.SizeReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ab}: what a transport buys a service, by measurement. */
@Command(
        name = "ab",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Compares transports: the same service, the same calls at the same times, over the same links.",
            "As root it makes hosts of its own behind a switch with rate-limited ports (see testbed) and takes them down"
                    + " again; otherwise all processes share this host, which shows what the software costs but not what a"
                    + " loaded network does."
        },
        footer = {
            "",
            "Exit codes: 0 all runs are valid, 1 some are not or failed (the report says why), 2 wrong options."
        })
public final class AbCommand implements Callable<Integer> {
    private static final int MAX_HOSTS = 64;
    private static final int TERMINAL_WIDTH = 100;

    private final @Nullable Preparation preparation;

    @Option(
            names = "--transports",
            split = ",",
            paramLabel = "NAMES",
            description = "Whom to compare; the first is the"
                    + " baseline. Of remora-homa, remora-tcp, remora-tcp-N (N connections per peer), grpc-java (default:"
                    + " remora-homa,remora-tcp,remora-tcp-16,grpc-java).")
    private @Nullable List<String> transports;

    @Option(
            names = "--workload",
            split = ",",
            paramLabel = "NAMES",
            description =
                    "Sizes of requests: w1 to w5,"
                            + " fixed:BYTES, or a CSV file with size_bytes,cumulative_fraction or size_bytes,count (default: w4).")
    private List<String> workloads = List.of("w4");

    @Option(
            names = "--load",
            paramLabel = "FRACTION",
            defaultValue = "0.8",
            description = "Of the servers' links," + " headers included (default: ${DEFAULT-VALUE}).")
    private double load;

    @Option(
            names = "--outstanding",
            paramLabel = "CALLS",
            description = "Closed loop: so many calls under way per" + " client, instead of a load.")
    private @Nullable Integer outstanding;

    @Option(names = "--clients", paramLabel = "N", defaultValue = "8", description = "Default: ${DEFAULT-VALUE}.")
    private int clients;

    @Option(names = "--servers", paramLabel = "N", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private int servers;

    @Option(
            names = "--pattern",
            paramLabel = "NAME",
            defaultValue = "fan-in",
            description =
                    "fan-in (clients choose"
                            + " among the servers), incast (all at the same moments) or all-to-all (default: ${DEFAULT-VALUE}).")
    private String pattern = "";

    @Option(
            names = "--response-bytes",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "0 = as large as the" + " request (default: ${DEFAULT-VALUE}).")
    private int responseBytes;

    @Option(
            names = "--max-bytes",
            paramLabel = "BYTES",
            defaultValue = "1000000",
            description = "Larger requests are" + " cut to this (default: ${DEFAULT-VALUE}, Homa's largest message).")
    private int maxBytes;

    @Option(
            names = "--rate",
            paramLabel = "RATE",
            defaultValue = "200mbit",
            converter = SizeReader.Rate.class,
            description = "Of each link, each way; more than 200mbit is too much for two CPUs (default:"
                    + " ${DEFAULT-VALUE}).")
    private int linkMbps;

    @Option(
            names = "--buffer",
            paramLabel = "BYTES",
            defaultValue = "128k",
            converter = SizeReader.Bytes.class,
            description = "Of each switch port and priority (default: ${DEFAULT-VALUE}).")
    private int bufferBytes;

    @Option(names = "--mtu", paramLabel = "BYTES", defaultValue = "1500", description = "Default: ${DEFAULT-VALUE}.")
    private int mtu;

    @Option(
            names = "--congestion-control",
            paramLabel = "NAME",
            defaultValue = "cubic",
            description = "TCP's (default:" + " ${DEFAULT-VALUE}).")
    private String congestionControl = "";

    @Option(names = "--one-host", description = "Without a testbed, even as root.")
    private boolean oneHost;

    @Option(names = "--seconds", paramLabel = "S", description = "Measured per run (default: 30).")
    private @Nullable Double seconds;

    @Option(names = "--warmup", paramLabel = "S", description = "Under the same load before that (default: 5).")
    private @Nullable Double warmUp;

    @Option(names = "--rounds", paramLabel = "N", description = "Interleaved; each has other seeds (default: 3).")
    private @Nullable Integer rounds;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Of sizes, targets and arrivals" + " (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--experiment",
            paramLabel = "NAME",
            defaultValue = "transports",
            description = "transports, or"
                    + " offloads: Homa with and without segmentation by the kernel, one engine or two, in closed loop over links"
                    + " that are not limited (default: ${DEFAULT-VALUE}).")
    private String experiment = "";

    @Option(
            names = "--quick",
            description =
                    "Two to three minutes: one round of 8 s without grpc-java, code from the JVM's fast compiler (C1) only.")
    private boolean quick;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "ab-report",
            description = "Gets report.html," + " report.json and the CSV files (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("ab-report");

    @Option(
            names = "--compare",
            paramLabel = "DIR",
            description = "An earlier report to set beside the new one; with" + " --no-run beside the one in --out.")
    private @Nullable Path compare;

    @Option(names = "--no-run", description = "Measures nothing: shows the report that is in --out.")
    private boolean noRun;

    @Spec
    private @Nullable CommandSpec spec;

    public AbCommand() {
        this.preparation = null;
    }

    /** Prepares its sides so, whatever the options say. */
    AbCommand(Preparation preparation) {
        this.preparation = preparation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        AbReport report = noRun ? ReportFiles.read(out) : measure();
        PrintWriter print = Objects.requireNonNull(spec).commandLine().getOut();
        boolean colour = System.console() != null && System.console().isTerminal();
        print.print(TerminalView.render(report, TERMINAL_WIDTH, colour));
        if (compare != null) {
            ReportComparison both = ReportComparison.of(ReportFiles.read(compare), report);
            print.println();
            print.print(ComparisonView.terminal(both, TERMINAL_WIDTH, colour));
            Path file = out.resolve("comparison.html");
            ComparisonView.write(both, file);
            print.println("Written: " + file);
        }
        print.println("Report: " + out.resolve(ReportFiles.HTML).toAbsolutePath());
        print.flush();
        return report.runs().isEmpty() || !report.runs().stream().allMatch(run -> run.valid()) ? 1 : 0;
    }

    private AbReport measure() throws IOException, InterruptedException {
        AbPlan plan = plan();
        Files.createDirectories(out);
        List<Integer> cores = Cores.allowed();
        // With more processes than CPUs a CPU that is kept busy, if only by an idle priority, does not look for work
        // that waits
        // at another: calls were late by 3 ms at P99, and by 0.5 ms without.
        boolean canBeAwake =
                !plan.onTestbed() && Cores.hasCommand("chrt") && Cores.hasCommand("taskset") && !cores.isEmpty();
        Duration longest = Duration.ofSeconds((long) (2 * plan.estimateSeconds()) + 600);
        try (Progress progress = Progress.onStandardError();
                Hosts hosts = Hosts.of(plan);
                Awake awake = canBeAwake ? Awake.on(cores, longest) : Awake.off()) {
            AbReport report = new AbSession(plan, hosts, awake, canBeAwake, command()).run(progress);
            ReportFiles.write(report, out);
            return report;
        }
    }

    private String command() {
        List<String> words = new ArrayList<>(List.of("./remora ab"));
        words.addAll(Objects.requireNonNull(spec).commandLine().getParseResult().originalArgs());
        return String.join(" ", words);
    }

    /** What the options ask for. */
    AbPlan plan() {
        boolean offloads = experiment.equals("offloads");
        if (!offloads && !experiment.equals("transports")) {
            throw wrong("--experiment: '" + experiment + "' is neither transports nor offloads");
        }
        boolean testbed = !oneHost && "root".equals(System.getProperty("user.name"));
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw wrong("--out: '" + out + "' is a file: name a folder, or one that is yet to be made");
        }
        checkRange("--load", load, 0.01, 1.5);
        checkRange("--clients", clients, 1, MAX_HOSTS);
        checkRange("--servers", servers, 1, MAX_HOSTS);
        checkRange("--response-bytes", responseBytes, 0, 16 << 20);
        checkRange("--max-bytes", maxBytes, 1, 16 << 20);
        checkRange("--rate", linkMbps, 1, 100_000);
        double measured = seconds != null ? seconds : quick ? 8 : 30;
        checkRange("--seconds", measured, 1, 3_600);
        double warm = warmUp != null ? warmUp : quick ? 2 : 5;
        checkRange("--warmup", warm, 0, 600);
        int times = rounds != null ? rounds : quick ? 1 : 3;
        checkRange("--rounds", times, 1, 100);
        int closed = outstanding != null ? outstanding : offloads ? 8 : 0;
        checkRange("--outstanding", closed, outstanding == null ? 0 : 1, AbPlan.MAX_OUTSTANDING);
        Pattern who = Pattern.find(pattern)
                .orElseThrow(() -> wrong("--pattern: '" + pattern + "' is none of fan-in, incast, all-to-all"));
        if (who == Pattern.ALL_TO_ALL && Math.max(clients, servers) < 2) {
            throw wrong("--pattern all-to-all needs 2 hosts: give --clients 2 or more");
        }
        for (String workload : workloads) {
            checkWorkload(workload);
        }
        return new AbPlan(
                sides(offloads),
                offloads && workloads.equals(List.of("w4")) ? List.of("fixed:500000") : workloads,
                load,
                closed,
                maxBytes,
                responseBytes,
                who,
                offloads ? 1 : clients,
                servers,
                testbed ? offloads ? 20_000 : linkMbps : 0,
                offloads ? 4_000_000 : bufferBytes,
                mtu,
                congestionControl,
                offloads,
                preparation != null ? preparation : quick ? Preparation.QUICK : Preparation.FULL,
                warm,
                measured,
                times,
                seed,
                experiment);
    }

    private List<Side> sides(boolean offloads) {
        List<String> names = transports != null
                ? transports
                : offloads ? Sides.OFFLOADS : quick ? Sides.DEFAULTS.subList(0, 3) : Sides.DEFAULTS;
        List<Side> sides = new ArrayList<>();
        for (String name : names.stream().distinct().toList()) {
            sides.add(Sides.find(name)
                    .orElseThrow(() -> wrong("--transports: there is no '" + name + "'; known: " + Sides.known())));
        }
        return sides;
    }

    private void checkWorkload(String workload) {
        try {
            Object unused = ClientOrder.distribution(workload, maxBytes);
        } catch (IllegalArgumentException | UncheckedIOException e) {
            throw wrong("--workload: " + e.getMessage());
        }
    }

    private void checkRange(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw wrong(option + ": " + number(value) + " is outside " + number(min) + " to " + number(max));
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
