package dev.remora.bench.process;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this process has used so far.
 *
 * @param cpuNs CPU time of all threads, the JVM's own too
 * @param allocatedBytes allocated on the heap by all threads
 */
public record ProcessCounters(long cpuNs, long allocatedBytes) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public static ProcessCounters now() {
        return new ProcessCounters(SYSTEM.getProcessCpuTime(), THREADS.getTotalThreadAllocatedBytes());
    }

    public ProcessCounters since(ProcessCounters earlier) {
        return new ProcessCounters(cpuNs - earlier.cpuNs, allocatedBytes - earlier.allocatedBytes);
    }

    public String toLine() {
        return cpuNs + " " + allocatedBytes;
    }

    /** Reads {@link #toLine}. */
    public static ProcessCounters parse(String line) {
        String[] parts = line.split(" ");
        return new ProcessCounters(Long.parseLong(parts[0]), Long.parseLong(parts[1]));
    }
}
