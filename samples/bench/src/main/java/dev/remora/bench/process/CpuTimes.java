package dev.remora.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where the machine's cores have spent their time since it started, in ticks of the kernel (mostly 10 ms).
 *
 * @param busy running anything
 * @param steal wanted to run, but the hypervisor ran something else
 * @param total of all cores, idle included
 */
public record CpuTimes(long busy, long steal, long total) {
    public static final CpuTimes UNKNOWN = new CpuTimes(0, 0, 0);
    private static final Path STAT = Path.of("/proc/stat");

    public static CpuTimes now() {
        if (!Files.isReadable(STAT)) {
            return UNKNOWN;
        }
        try {
            return parse(Files.readAllLines(STAT));
        } catch (IOException e) {
            throw new IllegalStateException(STAT + " cannot be read", e);
        }
    }

    /** Reads the first line: user nice system idle iowait irq softirq steal; guest times are part of user and nice. */
    public static CpuTimes parse(List<String> lines) {
        String[] f = lines.get(0).strip().split("\\s+");
        if (!f[0].equals("cpu") || f.length < 9) {
            throw new IllegalArgumentException("not the first line of /proc/stat: " + lines.get(0));
        }
        long busy = 0;
        for (int i : new int[] {1, 2, 3, 6, 7}) {
            busy += Long.parseLong(f[i]);
        }
        long steal = Long.parseLong(f[8]);
        return new CpuTimes(busy, steal, busy + steal + Long.parseLong(f[4]) + Long.parseLong(f[5]));
    }

    public CpuTimes since(CpuTimes earlier) {
        return new CpuTimes(busy - earlier.busy, steal - earlier.steal, total - earlier.total);
    }

    /** Share of all cores' time that was stolen, in percent. */
    public double stealPercent() {
        return total == 0 ? 0 : 100.0 * steal / total;
    }

    /**
     * Share of all cores' time that others used, in percent.
     *
     * @param ownNs CPU time that the measurement's processes used meanwhile
     * @param elapsedNs of the measurement
     */
    public double foreignPercent(long ownNs, long elapsedNs, int cores) {
        if (total == 0) {
            return 0;
        }
        double own = 100.0 * ownNs / ((double) elapsedNs * cores);
        return Math.max(0, 100.0 * busy / total - own);
    }
}
