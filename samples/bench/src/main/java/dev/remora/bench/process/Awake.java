package dev.remora.bench.process;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Keeps cores from halting: a process of idle priority per core that spins whenever nobody else wants the core. Without
 * it a wake-up costs tens of microseconds, and load in the background makes results better.
 */
public final class Awake implements AutoCloseable {
    private final List<Process> spinners = new ArrayList<>();

    private Awake() {}

    /** None at all. */
    public static Awake off() {
        return new Awake();
    }

    /** @param longest after which the spinners end in any case */
    public static Awake on(List<Integer> cores, Duration longest) throws IOException, InterruptedException {
        Awake awake = new Awake();
        for (int core : cores) {
            List<String> command = new ArrayList<>(List.of("chrt", "-i", "0"));
            command.addAll(Cores.pinned(List.of(core)));
            command.addAll(List.of(
                    ChildProcess.javaCommand(),
                    "-Xmx8m",
                    "-XX:+UseSerialGC",
                    "-XX:-UsePerfData",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Spinner.class.getName(),
                    Long.toString(longest.toSeconds())));
            Process spinner = LiveChildren.start(
                    new ProcessBuilder(command)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.INHERIT),
                    Optional.empty());
            awake.spinners.add(spinner);
        }
        return awake;
    }

    /** CPU time that all spinners have used. */
    public long cpuNs() {
        return spinners.stream()
                .mapToLong(
                        s -> s.info().totalCpuDuration().map(Duration::toNanos).orElse(0L))
                .sum();
    }

    @Override
    public void close() {
        for (Process spinner : spinners) {
            spinner.destroyForcibly();
            try {
                if (!spinner.waitFor(5, TimeUnit.SECONDS)) {
                    System.err.println("the spinner with process id " + spinner.pid() + " does not end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            LiveChildren.remove(spinner);
        }
    }
}
