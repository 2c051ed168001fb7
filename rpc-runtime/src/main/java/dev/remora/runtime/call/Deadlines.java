package dev.remora.runtime.call;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Runs actions when deadlines pass. One daemon pool of one thread per process, of the JDK's own kind: its delay queue
 * takes and drops entries without a lock, which suits timers that are nearly always cancelled before they fire.
 */
public final class Deadlines {
    private static final ForkJoinPool POOL = new ForkJoinPool(
            1,
            pool -> {
                var thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                thread.setName("remora-deadlines");
                return thread;
            },
            null,
            true);

    private Deadlines() {}

    /** Runs {@code action}, which must not block, {@code ns} nanoseconds from now; at once if that is not positive. */
    public static Future<?> schedule(Runnable action, long ns) {
        return POOL.schedule(action, Math.max(0, ns), TimeUnit.NANOSECONDS);
    }
}
