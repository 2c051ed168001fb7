package dev.remora.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * The child's end of a {@link ChildProcess}: orders come line by line from standard input, each is answered with one line on
 * standard output. The process ends when its input does, so it never outlives its parent.
 */
public final class ChildDialogue {
    /** System property that names the child's folder. */
    static final String SCRATCH = "remora.bench.scratch";

    private static final int MAX_WAITING_ORDERS = 16;

    private final PrintStream answers;
    private final BlockingQueue<String> orders = new LinkedBlockingQueue<>(MAX_WAITING_ORDERS);

    private ChildDialogue(PrintStream answers) {
        this.answers = answers;
    }

    /** What a child does until it is told to end, or its work is done. */
    @FunctionalInterface
    public interface Work {
        void run(ChildDialogue dialogue) throws Exception;
    }

    /** Runs the whole life of a child, and ends the process. What it throws is the parent's to report. */
    public static void run(Work work) {
        ChildDialogue dialogue = new ChildDialogue(System.out);
        // What a library prints must not be read as an answer.
        System.setOut(System.err);
        Thread.ofPlatform().daemon().name("bench-orders").start(dialogue::readOrders);
        int exitCode = 0;
        try {
            work.run(dialogue);
        } catch (Throwable e) {
            e.printStackTrace();
            dialogue.answer("failed " + oneLine(e));
            exitCode = 1;
        }
        // What was measured may have left threads behind.
        System.exit(exitCode);
    }

    /** The next order; {@code end} is the last one. */
    public String next() throws InterruptedException {
        return orders.take();
    }

    /** From any thread. */
    public synchronized void answer(String line) {
        answers.println(line);
        answers.flush();
    }

    private void readOrders() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                orders.add(line);
            }
        } catch (IOException e) {
            System.err.println("reading orders failed: " + e);
        }
        // The parent is gone: nobody waits for what runs here, nor removes our files.
        String scratch = System.getProperty(SCRATCH);
        if (scratch != null) {
            Scratch.delete(Path.of(scratch));
        }
        Runtime.getRuntime().halt(2);
    }

    private static String oneLine(Throwable e) {
        return String.valueOf(e.getMessage() == null ? e : e.getMessage()).replaceAll("\\s+", " ");
    }
}
