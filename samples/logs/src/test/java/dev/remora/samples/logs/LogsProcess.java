package dev.remora.samples.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The sample's command in a process of its own, whose output can be waited for. Closing it ends the process. */
final class LogsProcess implements AutoCloseable {
    private static final long PATIENCE_S = 60;
    private static final String END = "<end of output>";

    private final String name;
    private final Process process;
    private final Path errors;
    private final BlockingQueue<String> output = new LinkedBlockingQueue<>();

    private LogsProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        Thread.ofPlatform().daemon().name(name + "-output").start(this::readOutput);
    }

    /** @param folder for what it writes to standard error */
    static LogsProcess start(Path folder, List<String> jvmFlags, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), LogsMain.class.getName()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(folder, arguments[0], ".err");
        Process process =
                new ProcessBuilder(command).redirectError(errors.toFile()).start();
        return new LogsProcess(arguments[0], process, errors);
    }

    private void readOutput() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            in.lines().forEach(output::add);
        } catch (IOException | UncheckedIOException e) {
            output.add("output broke off: " + e.getMessage());
        }
        output.add(END);
    }

    /** The next line of its output. */
    String line() {
        try {
            @Nullable String line = output.poll(PATIENCE_S, TimeUnit.SECONDS);
            assertThat(line)
                    .as("a line of %s, whose errors are: %s", name, errors())
                    .isNotNull()
                    .isNotEqualTo(END);
            return String.valueOf(line);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    /** What comes until its output ends. */
    List<String> rest() {
        List<String> lines = new ArrayList<>();
        try {
            for (String line = output.poll(PATIENCE_S, TimeUnit.SECONDS);
                    line != null && !line.equals(END);
                    line = output.poll(PATIENCE_S, TimeUnit.SECONDS)) {
                lines.add(line);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
        return lines;
    }

    /** Writes to its standard input. */
    void type(String text) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(text).flush();
    }

    void endInput() throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).close();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
    }

    int exitCode() {
        try {
            assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS))
                    .as("%s ends; its errors are: %s", name, errors())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    String errors() {
        try {
            return Files.readString(errors);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        exitCode();
    }
}
