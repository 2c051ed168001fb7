package dev.remora.homa.host;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of the tests, mostly {@link EchoProgram}, in a process that does not outlive the test. */
public final class EchoProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader out;

    private EchoProcess(Class<?> program, Path folder, int port, String role) throws IOException {
        this(List.of(), program, folder.toString(), port, role);
    }

    private EchoProcess(List<String> before, Class<?> program, String settings, int port, String role)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=deny",
                "--illegal-native-access=deny",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName(),
                settings,
                Integer.toString(port),
                role));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        out = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    }

    static EchoProcess server(Path folder, int port) throws IOException {
        return ready(EchoProgram.class, folder, port, "server");
    }

    /** Has not found the server yet: the caller must drive that meanwhile. */
    static EchoProcess client(Path folder, int port) throws IOException {
        return new EchoProcess(EchoProgram.class, folder, port, "client");
    }

    /** A program that has said it is ready. */
    public static EchoProcess ready(Class<?> program, Path folder, int port, String role) throws IOException {
        return ready(new EchoProcess(program, folder, port, role));
    }

    /** The same in a network namespace, with settings of the program's own. */
    public static EchoProcess ready(String namespace, Class<?> program, String settings, int port, String role)
            throws IOException {
        return ready(new EchoProcess(List.of("ip", "netns", "exec", namespace), program, settings, port, role));
    }

    private static EchoProcess ready(EchoProcess started) throws IOException {
        boolean ready = false;
        try {
            started.expect("ready");
            ready = true;
            return started;
        } finally {
            if (!ready) {
                started.close();
            }
        }
    }

    private void expect(String line) throws IOException {
        List<String> said = new ArrayList<>();
        while (true) {
            String next = out.readLine();
            if (next == null) {
                throw new AssertionError("the child ended; it said " + said);
            }
            if (next.equals(line)) {
                return;
            }
            said.add(next);
        }
    }

    public void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (kill.waitFor() != 0) {
            throw new AssertionError("kill -" + name + " failed");
        }
    }

    /** SIGSTOP, and waits until all threads stand: the signal alone does not tell when. */
    public void stop() throws IOException, InterruptedException {
        signal("STOP");
        Machine.until("all threads stand", this::stands);
    }

    private boolean stands() {
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : threads.toList()) {
                String status = Files.readString(thread.resolve("stat"));
                // The state follows the name, which is in parentheses and may contain anything.
                if (status.charAt(status.lastIndexOf(')') + 2) != 'T') {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** SIGKILL, and waits for the end. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            throw new AssertionError("the child does not die");
        }
    }

    /** Lets it end by itself. */
    public void quit() throws IOException, InterruptedException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        expect("closed");
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError("exit code " + process.exitValue());
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
