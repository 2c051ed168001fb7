package dev.remora.homa.protocol.table;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the current thread allocates while it runs something that has been run before. */
public final class AllocatedBytes {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private AllocatedBytes() {}

    /**
     * The least of several measurements: a stray allocation of the virtual machine is not the work's, an allocation of
     * the work is in each of them.
     */
    public static long afterWarmUp(Runnable work) {
        for (int i = 0; i < 20; i++) {
            work.run();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            work.run();
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
