package dev.remora.samples.features.process;

import dev.remora.spi.Endpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A {@link GreeterProcess} in a JVM of its own. */
final class ChildGreeter implements AutoCloseable {
    private final Process process;
    private final Path log;
    private final Endpoint address;

    private ChildGreeter(Process process, Path log, Endpoint address) {
        this.process = process;
        this.log = log;
        this.address = address;
    }

    /** Starts one and waits until it serves. */
    static ChildGreeter start(Path directory, String name, Map<String, String> properties) throws IOException {
        Path log = directory.resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=deny",
                "--enable-native-access=ALL-UNNAMED",
                "-Xshare:auto",
                "-Dremora.transport=tcp",
                "-Dremora.server.address=127.0.0.1:0"));
        properties.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GreeterProcess.class.getName()));
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null || !line.startsWith("READY ")) {
            process.destroyForcibly();
            throw new AssertionError(name + " said '" + line + "' and: " + Files.readString(log));
        }
        return new ChildGreeter(process, log, Endpoint.parse(line.substring("READY ".length())));
    }

    Endpoint address() {
        return address;
    }

    /** Ends it as a supervisor would, and gives what it logged. */
    List<String> endAndReadLog() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("it does not end; its log: " + Files.readString(log));
        }
        return Files.readAllLines(log);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
