package dev.remora.samples.discovery;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@link DiceServer} in a JVM of its own. It ends when this process ends, even by {@code kill -9}: its input ends then. */
final class ServerProcess implements AutoCloseable {
    private static final int END_SECONDS = 20;

    private final String name;
    private final Process process;
    private final BufferedReader output;

    private ServerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Starts it; {@link #awaitAddress} tells when it serves.
     *
     * @param keys configuration, given as system properties
     * @param log where what it says on standard error is appended
     */
    static ServerProcess start(String name, Map<String, String> keys, Path log) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of("--sun-misc-unsafe-memory-access=deny", "--illegal-native-access=deny"));
        command.add("--enable-native-access=ALL-UNNAMED");
        keys.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", classPath(), DiceServer.class.getName(), name));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new ServerProcess(name, process);
    }

    private static String classPath() {
        String modules = System.getProperty("jdk.module.path");
        String classes = System.getProperty("java.class.path");
        return modules == null ? classes : modules + File.pathSeparator + classes;
    }

    String name() {
        return name;
    }

    /** @throws IOException if it ends before it serves */
    String awaitAddress() throws IOException {
        String line;
        while ((line = output.readLine()) != null) {
            if (line.startsWith("READY " + name + " ")) {
                return line.substring(line.lastIndexOf(' ') + 1);
            }
        }
        throw new IOException("server " + name + " has ended before it was ready");
    }

    /** As {@code kill -9}. Returns when it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to end, which it does after its calls in progress. Returns when it is gone. */
    void end() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
            kill();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
