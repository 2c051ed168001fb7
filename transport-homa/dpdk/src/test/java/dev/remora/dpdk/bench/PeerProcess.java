package dev.remora.dpdk.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One end of a run, in C or Java: says "ready" when its port is up, and one line of JSON at its end. */
final class PeerProcess implements AutoCloseable {
    private static final int LIMIT_SECONDS = 180;
    private static final String END = "";

    private final String name;
    private final Process process;
    private final Path errors;
    private final Thread atExit;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private String result = "";

    private PeerProcess(String name, Process process, Path errors) {
        this.name = name;
        this.process = process;
        this.errors = errors;
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        Thread.ofPlatform().daemon().start(this::read);
    }

    static PeerProcess start(String name, List<String> command, Path folder) {
        try {
            Path errors = Files.createTempFile(folder, "stderr", ".txt");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            return new PeerProcess(name, process, errors);
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    private void read() {
        try (BufferedReader in = process.inputReader(UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (!line.isEmpty()) {
                    lines.add(line);
                }
            }
        } catch (IOException e) {
            lines.add("(reading failed: " + e + ")");
        }
        lines.add(END);
    }

    /** Waits until the port is up. */
    void awaitReady() {
        String line = line();
        if (!line.equals("ready")) {
            throw invalid("said \"" + line + "\" instead of \"ready\"");
        }
    }

    /** Waits for its end, which must be a good one with a result. */
    void awaitResult() {
        for (String line = line(); !line.equals(END); line = line()) {
            result = line;
        }
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw invalid("did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (process.exitValue() != 0) {
            throw invalid("ended with status " + process.exitValue());
        }
        if (!result.startsWith("{\"mode\":")) {
            throw invalid("gave no result but \"" + result + "\"");
        }
    }

    /** A number of its result. */
    double value(String key) {
        Matcher matcher = Pattern.compile("\"" + key + "\":(-?[0-9.]+)").matcher(result);
        if (!matcher.find()) {
            throw invalid("gave a result without " + key + ": " + result);
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** Fails with all that is known. */
    IllegalStateException invalid(String problem) {
        String said;
        try {
            said = Files.readString(errors);
        } catch (IOException e) {
            said = "(lost: " + e + ")";
        }
        return new IllegalStateException(
                "INVALID RUN: " + name + " " + problem + "; result: " + result + "; stderr:\n" + said);
    }

    private String line() {
        try {
            String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw invalid("said nothing for " + LIMIT_SECONDS + " s");
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
