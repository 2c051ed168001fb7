package dev.remora.homa.host;

import dev.remora.dpdk.Dpdk;
import dev.remora.dpdk.HugepagePolicy;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** What the tests of this package share. */
final class Machine {
    private static final long LIMIT_NS = 20_000_000_000L;

    private Machine() {}

    static void needsDpdk() {
        if (!Dpdk.isAvailable()) {
            System.err.println("SKIPPED: DPDK is not installed");
            Assumptions.abort("DPDK is not installed");
        }
    }

    static HostSettings settings(Path folder) {
        return new HostSettings(folder, 1_500, 25_000, 512, HugepagePolicy.NONE, 1);
    }

    /** Repeats until it is true; fails after some seconds. */
    static void until(String what, BooleanSupplier done) {
        long end = System.nanoTime() + LIMIT_NS;
        while (!done.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + what);
            }
            Thread.onSpinWait();
        }
    }
}
