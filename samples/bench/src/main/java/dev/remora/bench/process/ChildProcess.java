package dev.remora.bench.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A JVM that was started to be measured, seen from its parent; the other end is its {@link ChildDialogue}. Every wait is bounded; {@link #close} leaves nothing behind. */
public final class ChildProcess implements AutoCloseable {
    private static final Duration END = Duration.ofSeconds(5);
    private static final int MAX_WAITING_LINES = 64;
    private static final int ERROR_LINES = 12;

    private final String name;
    private final Process process;
    private final Writer orders;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>(MAX_WAITING_LINES);
    private final Path scratch;
    private final Path errors;

    private ChildProcess(String name, List<String> command, Path scratch) throws IOException, InterruptedException {
        this.name = name;
        this.scratch = scratch;
        this.errors = scratch.resolve("stderr");
        this.process =
                LiveChildren.start(new ProcessBuilder(command).redirectError(errors.toFile()), Optional.of(scratch));
        this.orders = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        Thread.ofPlatform().daemon().name(name + "-answers").start(this::readAnswers);
    }

    /**
     * Starts a JVM.
     *
     * @param name in messages
     * @param before what comes before the command, such as {@code taskset -c 0}
     * @param jvmFlags before the class
     * @param main whose {@code main} runs; a {@link ChildDialogue} is to be the first thing it makes
     */
    public static ChildProcess start(
            String name, List<String> before, List<String> jvmFlags, Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory(memoryFolder(), "remora-bench-");
        List<String> command = new ArrayList<>(before);
        command.add(javaCommand());
        command.addAll(jvmFlags);
        command.add("-D" + ChildDialogue.SCRATCH + "=" + scratch);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(main.getName());
        command.addAll(arguments);
        return new ChildProcess(name, command, scratch);
    }

    /** A folder for the child's files; removed with it. */
    public Path scratch() {
        return scratch;
    }

    public static String javaCommand() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Aeron's logs are files; on a disk they would measure the disk. */
    private static Path memoryFolder() {
        Path memory = Path.of("/dev/shm");
        return Files.isWritable(memory) ? memory : Path.of(System.getProperty("java.io.tmpdir"));
    }

    /** CPU time so far, as the kernel counts it. */
    public long cpuNs() {
        return process.info().totalCpuDuration().map(Duration::toNanos).orElse(0L);
    }

    /** CPU time of its JIT compilers so far, as the kernel counts it; 0 where it does not tell. */
    public long compilerCpuNs() {
        return JvmThreads.cpuNs(process.pid(), JvmThreads::isCompiler);
    }

    /** Has its JIT compilers run only when nobody else wants the CPU, as far as this process may say that. */
    public void compileWhenIdle() throws InterruptedException {
        schedule(JvmThreads::isCompiler, Scheduling.IDLE);
    }

    /**
     * Has some of its threads scheduled so from now on, as far as this process may say that.
     *
     * @param names of those; Linux knows 15 characters of a thread's name, and calls the main thread {@code java}
     */
    public void schedule(Predicate<String> names, Scheduling scheduling) throws InterruptedException {
        for (String thread : JvmThreads.ids(process.pid(), names)) {
            scheduling.apply(thread);
        }
    }

    /** Sends an order and waits for the answer that begins with {@code expected}; gives what follows it. */
    public String ask(String order, String expected, Duration timeout) throws ChildFailure, InterruptedException {
        tell(order);
        return await(expected, timeout);
    }

    /** Sends an order; {@link #await} has the answer. */
    public void tell(String order) throws ChildFailure {
        try {
            orders.write(order + "\n");
            orders.flush();
        } catch (IOException e) {
            throw new ChildFailure(name + " takes no orders: " + e.getMessage() + lastErrors());
        }
    }

    /** Waits for an answer that begins with {@code expected}; gives what follows it. */
    public String await(String expected, Duration timeout) throws ChildFailure, InterruptedException {
        String line = answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            throw new ChildFailure(
                    name + " gave no '" + expected + "' within " + timeout.toSeconds() + " s" + lastErrors());
        }
        if (line.startsWith("failed ")) {
            throw new ChildFailure(name + ": " + line.substring("failed ".length()));
        }
        if (!line.startsWith(expected)) {
            throw new ChildFailure(name + " answered '" + line + "' instead of '" + expected + "'" + lastErrors());
        }
        return line.substring(expected.length()).strip();
    }

    private void readAnswers() {
        try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                answers.put(line);
            }
            answers.put("failed it ended early" + lastErrors());
        } catch (IOException e) {
            // A stream that breaks is a process that ended; await() reports it.
            answers.offer("failed its answers broke off: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String lastErrors() {
        try {
            List<String> lines = Files.readAllLines(errors);
            List<String> last = lines.subList(Math.max(0, lines.size() - ERROR_LINES), lines.size());
            return last.isEmpty() ? "" : "; its last errors: " + String.join(" | ", last);
        } catch (IOException e) {
            return "; its errors cannot be read: " + e.getMessage();
        }
    }

    /** Asks the process to end, ends it if it does not, and removes its files. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                orders.write("end\n");
                orders.flush();
            }
        } catch (IOException e) {
            // It is ending by itself.
            process.destroy();
        }
        try {
            if (!process.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor(END.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        LiveChildren.remove(process);
        Scratch.delete(scratch);
    }
}
