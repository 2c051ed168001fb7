package dev.remora.cli.top;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code remora top}: a live view of running processes. */
@Command(
        mixinStandardHelpOptions = true,
        name = "top",
        sortOptions = false,
        description = {
            "Shows what running services do, read from their Prometheus endpoints: their calls, and what their transport"
                    + " does for them.",
            "Ends by Ctrl-C, or as --seconds or --once say."
        },
        footer = {
            "",
            "A process has an endpoint when remora.metrics.prometheus.address is set. The demo prints those of its services.",
            "p50 and p99 are those of one method, the one with the highest p99 of those called in the interval; they"
                    + " cover the last 30 to 60 s. Figures without /s are present ones or, as reconnects, failed, timeouts"
                    + " and dropped, counts since the process began. Homa's grants and resends are those of both ways.",
            "An address that does not answer is asked again each time, for 2 s at most.",
            "Exit codes: 0 a process told its metrics, 1 none ever did, 2 wrong options."
        })
public final class TopCommand implements Callable<Integer> {
    static final int MAX_TARGETS = 32;

    private static final double MIN_INTERVAL = 0.1;
    private static final double MAX_INTERVAL = 3600;
    private static final double NS_PER_SECOND = 1e9;
    private static final int MAX_SECONDS = 7 * 24 * 3600;

    @Parameters(
            paramLabel = "URL",
            arity = "0..*",
            description = "Where processes tell their metrics, such as http://127.0.0.1:9464/metrics or shorter"
                    + " 127.0.0.1:9464; at most " + MAX_TARGETS + ".")
    private @Nullable List<String> urls;

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "1",
            description = "Time from one reading to the next, 0.1 to 3600 (default: ${DEFAULT-VALUE}).")
    private double intervalSeconds;

    @Option(names = "--seconds", paramLabel = "N", description = "Ends by itself after this time.")
    private @Nullable Integer seconds;

    @Option(names = "--once", description = "Shows one interval and ends.")
    private boolean once;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        CommandSpec command = Objects.requireNonNull(spec, "to be run by picocli");
        List<Target> targets = checkArguments(command);
        PrintWriter out = command.commandLine().getOut();
        Watch watch = new Watch(targets);
        try (Inquiry inquiry = new Inquiry()) {
            show(watch, inquiry, new Display(out, !once && Display.isTerminal()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return watch.answered() ? 0 : 1;
    }

    private void show(Watch watch, Inquiry inquiry, Display display) throws InterruptedException {
        long intervalNs = (long) (intervalSeconds * NS_PER_SECOND);
        Integer end = seconds;
        long startNs = System.nanoTime();
        long nextNs = startNs;
        List<Row> rows = watch.look(inquiry);
        if (display.terminal()) {
            // Nobody shall look at an empty screen for an interval; rates come with the next frame.
            display.frame(lines(rows));
        }
        do {
            // After a reading that took long, the next one is not made sooner for it.
            nextNs = Math.max(nextNs + intervalNs, System.nanoTime());
            Thread.sleep(Duration.ofNanos(nextNs - System.nanoTime()));
            rows = watch.look(inquiry);
            display.frame(lines(rows));
        } while (!once && (end == null || System.nanoTime() - startNs < (long) (end * NS_PER_SECOND)));
    }

    private List<String> lines(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                Locale.ROOT, "remora top   %tT   every %s", LocalTime.now(), Figures.time(intervalSeconds)));
        lines.add("");
        lines.addAll(Watch.lines(rows));
        return lines;
    }

    private List<Target> checkArguments(CommandSpec command) {
        if (!(intervalSeconds >= MIN_INTERVAL && intervalSeconds <= MAX_INTERVAL)) {
            throw wrong(command, "--interval must be 0.1 to 3600 seconds, got " + intervalSeconds);
        }
        if (seconds != null && (seconds < 1 || seconds > MAX_SECONDS)) {
            throw wrong(command, "--seconds must be 1 to " + MAX_SECONDS + ", got " + seconds);
        }
        if (once && seconds != null) {
            throw wrong(command, "--once and --seconds do not go together: choose one");
        }
        if (urls == null || urls.isEmpty()) {
            throw wrong(
                    command,
                    "whom to look at? Name the Prometheus endpoints of one or several processes, such as"
                            + " http://127.0.0.1:9464/metrics. A process has one when"
                            + " remora.metrics.prometheus.address is set (host:port; port 0 takes any free one);"
                            + " ./remora demo prints those of its services");
        }
        if (urls.size() > MAX_TARGETS) {
            throw wrong(command, "at most " + MAX_TARGETS + " processes, got " + urls.size());
        }
        List<Target> targets = new ArrayList<>();
        for (String url : urls) {
            try {
                targets.add(Target.parse(url));
            } catch (IllegalArgumentException e) {
                throw wrong(command, String.valueOf(e.getMessage()));
            }
        }
        return targets;
    }

    private static ParameterException wrong(CommandSpec command, String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
