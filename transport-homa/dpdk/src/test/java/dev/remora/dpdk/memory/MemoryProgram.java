package dev.remora.dpdk.memory;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.LogLevel;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs the checks of packet memory in a process of its own, each twice: on a thread registered with DPDK and on one that is
 * not. Prints a line per check.
 */
public final class MemoryProgram {
    static final String PASSED = "passed: ";
    static final String FAILED = "failed: ";
    static final String REGISTERED = " on a registered thread";
    static final String PLAIN = " on a plain thread";

    /** Something that holds, or throws. */
    interface Check {
        void run(Eal eal) throws Exception;
    }

    private MemoryProgram() {}

    /** By name, in the order they run. */
    static Map<String, Check> checks() {
        Map<String, Check> all = new LinkedHashMap<>();
        PoolChecks.addTo(all);
        FreeChecks.addTo(all);
        ChainChecks.addTo(all);
        ExternalChecks.addTo(all);
        ThreadChecks.addTo(all);
        StressChecks.addTo(all);
        return all;
    }

    static Eal start() {
        return Eal.start(EalConfig.builder()
                .memoryMb(128)
                .hugepages(HugepagePolicy.NONE)
                .logLevel(LogLevel.ERROR)
                .build());
    }

    /** Takes the names to run; none for all. */
    public static void main(String[] args) throws Exception {
        boolean failed = false;
        try (Eal eal = start()) {
            for (Map.Entry<String, Check> each : checks().entrySet()) {
                if (args.length > 0 && !each.getKey().contains(args[0])) {
                    continue;
                }
                failed |= !run(eal, each.getKey(), each.getValue(), true);
                failed |= !run(eal, each.getKey(), each.getValue(), false);
            }
        }
        System.exit(failed ? 1 : 0);
    }

    private static boolean run(Eal eal, String name, Check check, boolean registered) throws InterruptedException {
        Throwable[] thrown = new Throwable[1];
        Thread thread = Thread.ofPlatform().name("check").start(() -> {
            try {
                if (registered) {
                    try (Lcore lcore = eal.registerThread()) {
                        check.run(eal);
                    }
                } else {
                    check.run(eal);
                }
            } catch (Throwable e) {
                thrown[0] = e;
            }
        });
        thread.join();
        String full = name + (registered ? REGISTERED : PLAIN);
        Throwable failure = thrown[0];
        if (failure == null) {
            System.out.println(PASSED + full);
            return true;
        }
        System.out.println(FAILED + full);
        failure.printStackTrace();
        return false;
    }
}
