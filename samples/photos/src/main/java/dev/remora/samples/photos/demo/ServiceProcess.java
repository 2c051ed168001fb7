package dev.remora.samples.photos.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One service in a JVM of its own. It ends when this process ends, even by {@code kill -9}: its standard input ends then.
 * For use by any thread.
 */
final class ServiceProcess {
    private final String service;
    private final Process process;
    private final Path log;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile @Nullable String metricsUrl;

    private ServiceProcess(String service, Process process, Path log) {
        this.service = service;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it; {@link #awaitReady} tells when it serves.
     *
     * @param keys configuration, given as system properties
     * @param log where everything it prints is appended
     */
    static ServiceProcess start(String service, Class<?> main, Map<String, String> keys, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Small services on a shared machine: a small heap, and the collector that needs no threads of its own.
        command.addAll(List.of("-Xms32m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.add("--sun-misc-unsafe-memory-access=deny");
        command.add("--illegal-native-access=deny");
        command.add("--enable-native-access=ALL-UNNAMED");
        keys.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", classPath(), main.getName(), "--exit-with-stdin"));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        ServiceProcess started = new ServiceProcess(service, process, log);
        Thread.ofVirtual().name("stdout-" + service).start(started::readOutput);
        return started;
    }

    private static String classPath() {
        String modules = System.getProperty("jdk.module.path");
        String classes = System.getProperty("java.class.path");
        return modules == null ? classes : modules + File.pathSeparator + classes;
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
                PrintWriter rest = new PrintWriter(Files.newBufferedWriter(log, StandardOpenOption.APPEND), true)) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith("METRICS " + service + " ")) {
                    metricsUrl = lastWord(line);
                } else if (line.startsWith("READY " + service + " ")) {
                    ready.complete(lastWord(line));
                } else {
                    rest.println(line);
                }
            }
            ready.completeExceptionally(new IllegalStateException(
                    service + " ended with exit code " + process.waitFor() + " before it was ready; see " + log));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ready.completeExceptionally(e);
        }
    }

    private static String lastWord(String line) {
        return line.substring(line.lastIndexOf(' ') + 1);
    }

    /**
     * Waits until it serves.
     *
     * @return where it listens
     * @throws IllegalStateException if it ended, or is not ready in time; the message names its log
     */
    String awaitReady(Duration timeout) throws InterruptedException {
        try {
            return ready.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IllegalStateException(cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new IllegalStateException(service + " is not ready after " + timeout + "; see " + log, e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where its metrics are, once it is ready. */
    Optional<String> metricsUrl() {
        return Optional.ofNullable(metricsUrl);
    }

    /** As {@code kill -9}: no hook of it runs. Returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to end, which it does after its calls in progress. */
    void askToEnd() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It cannot be asked, so it is told.
            process.destroy();
        }
    }

    /** Waits for its end, and forces it when the time is over. */
    void awaitEnd(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
