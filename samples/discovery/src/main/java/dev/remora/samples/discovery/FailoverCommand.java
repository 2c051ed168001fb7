package dev.remora.samples.discovery;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code failover}: servers are started, killed and ended while a client calls; each second it says who answered. */
@Command(
        name = "failover",
        mixinStandardHelpOptions = true,
        description = {
            "Starts three servers of one service as processes and calls them all the time; kills one, starts another, ends"
                    + " one, and shows each second who answered.",
            "Exit code: 0 if no call failed but those that the killed server had in progress."
        })
public final class FailoverCommand implements Callable<Integer> {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");

    @Option(
            names = "--transport",
            defaultValue = "tcp",
            paramLabel = "NAME",
            description = "tcp or homa (default tcp).")
    private String transport = "tcp";

    @Option(
            names = "--policy",
            defaultValue = "least-outstanding",
            paramLabel = "NAME",
            description = "How calls are spread, such as round-robin (default least-outstanding).")
    private String policy = "least-outstanding";

    @Option(names = "--rate", defaultValue = "200", paramLabel = "N", description = "Calls per second (default 200).")
    private int rate;

    @Spec
    private @Nullable CommandSpec spec;

    private Map<String, Long> shown = new TreeMap<>();
    private long shownFailures;
    private int second;

    @Override
    public Integer call() throws IOException, InterruptedException {
        CommandSpec s = spec;
        if (s == null) {
            throw new IllegalStateException("a command is run by picocli");
        }
        if (rate < 1 || rate > 5000) {
            throw new ParameterException(s.commandLine(), "--rate takes 1 to 5000, got " + rate);
        }
        PrintWriter out = s.commandLine().getOut();
        Path folder = Files.createTempDirectory("remora-failover-");
        try (Fleet fleet = new Fleet(Map.of("remora.transport", transport), policy, rate, folder)) {
            return run(fleet, out);
        } finally {
            delete(folder);
        }
    }

    private int run(Fleet fleet, PrintWriter out) throws IOException, InterruptedException {
        out.println("second   failed        a       b       c       d");
        fleet.start("a", "b", "c");
        show(fleet, out, "three servers are there; calls had waited for the first", 2);
        fleet.kill("a");
        show(fleet, out, "a was killed, and is still in the list", 2);
        fleet.unlist("a");
        show(fleet, out, "a is out of the list", 1);
        fleet.start("d");
        show(fleet, out, "d has come", 2);
        long failedBefore = failures(fleet);
        fleet.unlist("b");
        fleet.end("b");
        show(fleet, out, "b was taken out, then asked to end", 2);
        fleet.rolls().failures().forEach((reason, count) -> out.println(count + " x " + reason));
        out.flush();
        return failures(fleet) == failedBefore ? 0 : 1;
    }

    private static long failures(Fleet fleet) {
        return fleet.rolls().failures().values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private void show(Fleet fleet, PrintWriter out, String what, int seconds) throws InterruptedException {
        for (int i = 0; i < seconds; i++) {
            Thread.sleep(Duration.ofSeconds(1));
            Map<String, Long> answers = fleet.rolls().answers();
            long failures = failures(fleet);
            StringBuilder line = new StringBuilder(String.format("%6d %8d ", ++second, failures - shownFailures));
            for (String name : NAMES) {
                line.append(String.format("%8d", answers.getOrDefault(name, 0L) - shown.getOrDefault(name, 0L)));
            }
            out.println(line.append(i == 0 ? "   " + what : ""));
            out.flush();
            shown = answers;
            shownFailures = failures;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
