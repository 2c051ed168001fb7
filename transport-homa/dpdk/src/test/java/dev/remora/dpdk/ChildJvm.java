package dev.remora.dpdk;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Java program in a process of its own. DPDK can be started once per process, so whatever needs it started runs in one
 * of these. A child never outlives its test: {@link #close()} ends it by its handle, and so does the end of this JVM.
 */
public final class ChildJvm implements AutoCloseable {
    /** How long a child may run, and how long a line may take. */
    public static final int LIMIT_SECONDS = 60;

    /** Flags under which the module promises to work: undeclared native access and sun.misc.Unsafe are errors. */
    private static final List<String> FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=deny",
            "--illegal-native-access=deny",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xmx256m");

    private static final String END = new String("end of stdout");

    private final Process process;
    private final Thread atExit;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuffer stdout = new StringBuffer();
    private final StringBuffer stderr = new StringBuffer();
    private final List<Thread> readers;

    private ChildJvm(Process process) {
        this.process = process;
        atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
        readers = List.of(
                reader(process.getInputStream(), stdout, lines),
                reader(process.getErrorStream(), stderr, new LinkedBlockingQueue<>()));
    }

    /**
     * How a child ended.
     *
     * @param exitCode 128 + signal when a signal ended it
     * @param stdout all of it
     * @param stderr all of it
     */
    public record Result(int exitCode, String stdout, String stderr) {}

    /** Runs a main class to its end. */
    public static Result run(Class<?> main, String... args) {
        return run(List.of(), main, args);
    }

    /**
     * Runs a main class to its end.
     *
     * @param prefix command before {@code java}, such as {@code ip netns exec x}, or {@code setpriv} with its options
     * @param main whose main method runs
     * @param args its arguments
     * @throws AssertionError if it takes longer than {@link #LIMIT_SECONDS}
     */
    public static Result run(List<String> prefix, Class<?> main, String... args) {
        try (ChildJvm child = start(prefix, main, args)) {
            return child.await();
        }
    }

    /** Starts a main class. */
    public static ChildJvm start(Class<?> main, String... args) {
        return start(List.of(), main, args);
    }

    /** Starts a main class behind a prefix command. */
    public static ChildJvm start(List<String> prefix, Class<?> main, String... args) {
        return start(prefix, List.of(), System.getProperty("java.class.path"), main, args);
    }

    /** Starts a main class behind a prefix command with more JVM flags and a class path of its own. */
    public static ChildJvm start(
            List<String> prefix, List<String> flags, String classPath, Class<?> main, String... args) {
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(flags);
        command.add("-cp");
        command.add(classPath);
        command.add(main.getName());
        command.addAll(List.of(args));
        try {
            return new ChildJvm(new ProcessBuilder(command).start());
        } catch (IOException e) {
            throw new UncheckedIOException(String.join(" ", command), e);
        }
    }

    /** The process, for its id or to kill it. */
    public Process process() {
        return process;
    }

    /**
     * The next line of its standard output.
     *
     * @throws AssertionError if it ends without one, or none comes in time
     */
    public String line() {
        try {
            String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no line in " + LIMIT_SECONDS + " s; " + said());
            }
            if (isEnd(line)) {
                process.waitFor(5, TimeUnit.SECONDS);
                throw new AssertionError("child ended; " + said());
            }
            return line;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Skips lines up to one that begins so, and returns it. */
    public String awaitLine(String prefix) {
        String line = line();
        while (!line.startsWith(prefix)) {
            line = line();
        }
        return line;
    }

    /** Sends a line to its standard input. */
    public void send(String line) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((line + "\n").getBytes(UTF_8));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(said(), e);
        }
    }

    /** Waits for its end. */
    public Result await() {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("child did not end in " + LIMIT_SECONDS + " s; " + said());
            }
            for (Thread reader : readers) {
                reader.join(5000);
            }
            return new Result(process.exitValue(), stdout.toString(), stderr.toString());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Ends it if it still runs. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(10, TimeUnit.SECONDS);
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IllegalStateException e) {
            // This JVM is ending: the hook runs, and does what was done here.
            return;
        }
    }

    private String said() {
        return (process.isAlive() ? "it still runs" : "exit code " + process.exitValue()) + "\nstdout:\n" + stdout
                + "\nstderr:\n" + stderr;
    }

    @SuppressWarnings("ReferenceEquality")
    private static boolean isEnd(String line) {
        return line == END;
    }

    private static Thread reader(InputStream from, StringBuffer all, LinkedBlockingQueue<String> each) {
        Thread thread = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(from, UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    all.append(line).append('\n');
                    each.add(line);
                }
            } catch (IOException e) {
                all.append("(reading failed: ").append(e).append(")\n");
            }
            each.add(END);
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
