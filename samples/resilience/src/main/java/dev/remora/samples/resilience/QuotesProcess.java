package dev.remora.samples.resilience;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One {@link QuotesMain} in a JVM of its own, which ends with this process however that ends. */
final class QuotesProcess implements AutoCloseable {
    private static final int START_S = 30;
    private static final int END_S = 10;

    private final String name;
    private final Process process;
    private final CompletableFuture<String> address = new CompletableFuture<>();

    private QuotesProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    static QuotesProcess start(String name) throws IOException {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=deny",
                        "-Dlogback.configurationFile=quotes-logback.xml",
                        "-cp",
                        System.getProperty("java.class.path"),
                        QuotesMain.class.getName(),
                        name))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        QuotesProcess started = new QuotesProcess(name, process);
        Thread.ofVirtual().name("stdout-" + name).start(started::readOutput);
        return started;
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("READY ")) {
                    address.complete(line.substring("READY ".length()));
                }
            }
            address.completeExceptionally(new IllegalStateException("server " + name + " ended before it was ready"));
        } catch (IOException e) {
            address.completeExceptionally(e);
        }
    }

    /**
     * Where it serves, waiting for it.
     *
     * @throws IllegalStateException if it ended, or is not ready in time
     */
    String address() throws InterruptedException {
        try {
            return address.get(START_S, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("server " + name + " is not ready within " + START_S + " s", e);
        }
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (process.waitFor(END_S, TimeUnit.SECONDS)) {
                return;
            }
        } catch (IOException e) {
            // It cannot be asked to end, so it is told.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }
}
