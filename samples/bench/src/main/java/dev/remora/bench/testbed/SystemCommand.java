package dev.remora.bench.testbed;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs {@code ip}, {@code tc} and their like; a failure tells what was run and what it said. */
final class SystemCommand {
    /** They take milliseconds; the kernel's lock on its network may hold them up. */
    private static final int LIMIT_SECONDS = 20;

    private static final int MAX_TOLD = 2_000;

    private SystemCommand() {}

    /** Runs it without input. Returns what it printed. */
    static String run(List<String> command) {
        return run(command, List.of());
    }

    /** Runs it with lines of input, which name the failing one with {@code -batch}. Returns what it printed. */
    static String run(List<String> command, List<String> input) {
        Process process = start(command);
        CompletableFuture<String> output = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                output.complete(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                output.completeExceptionally(e);
            }
        });
        try {
            feed(process, input);
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw tooSlow(command);
            }
            String said = output.get(LIMIT_SECONDS, TimeUnit.SECONDS).strip();
            if (process.exitValue() != 0) {
                throw CommandFailure.of(command, input, process.exitValue(), shortened(said));
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TestbedException(
                    String.join(" ", command) + " was interrupted", "remove what is left: ./remora testbed down", e);
        } catch (ExecutionException e) {
            throw new TestbedException(
                    "what " + String.join(" ", command) + " printed could not be read", "run it again", e);
        } catch (TimeoutException e) {
            throw tooSlow(command);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> command) {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new TestbedException(
                    "the command " + command.getFirst() + " does not run",
                    "install the package iproute2 (sudo apt-get install iproute2) and see that " + command.getFirst()
                            + " is on the PATH",
                    e);
        }
    }

    private static void feed(Process process, List<String> input) {
        try (OutputStream in = process.getOutputStream()) {
            if (!input.isEmpty()) {
                in.write((String.join("\n", input) + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // It ended before reading all of it, and its exit code and output say why.
            return;
        }
    }

    private static TestbedException tooSlow(List<String> command) {
        return new TestbedException(
                String.join(" ", command) + " did not end within " + LIMIT_SECONDS + " s",
                "see what else changes the network of this machine, then run it again");
    }

    private static String shortened(String text) {
        return text.length() > MAX_TOLD ? text.substring(0, MAX_TOLD) + "..." : text;
    }
}
