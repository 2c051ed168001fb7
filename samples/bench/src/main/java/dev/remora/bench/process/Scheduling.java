package dev.remora.bench.process;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** How Linux schedules a thread, set by {@code chrt}. */
public final class Scheduling {
    /**
     * Only when nobody else wants the CPU. The least nice priority is not enough: Linux lets even such a thread finish its slice of
     * some 3 ms before one that wakes up.
     */
    public static final Scheduling IDLE = new Scheduling("--idle", 0);

    private static final int PATIENCE_S = 5;

    private final String policy;
    private final String priority;

    private Scheduling(String policy, int priority) {
        this.policy = policy;
        this.priority = Integer.toString(priority);
    }

    /**
     * At once when it has work, before all threads that are not in real time, as the kernel does its own work.
     *
     * @param priority 1 to 99, higher ones first
     */
    public static Scheduling realTime(int priority) {
        return new Scheduling("--fifo", priority);
    }

    /** Whether this process may set it; not without {@code chrt}, and real time not without the right CAP_SYS_NICE. */
    public boolean isPermitted() throws InterruptedException {
        return run("chrt", policy, priority, "true");
    }

    /** Sets it for a thread, if that still lives and this process may. */
    void apply(String threadId) throws InterruptedException {
        boolean unused = run("chrt", policy, "--pid", priority, threadId);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            Process chrt = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return chrt.waitFor(PATIENCE_S, TimeUnit.SECONDS) && chrt.exitValue() == 0;
        } catch (IOException e) {
            // There is no such command.
            return false;
        }
    }
}
