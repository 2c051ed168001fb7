package dev.remora.bench.ab;

import java.util.List;

/**
 * What a side does before its loaded runs.
 *
 * @param hotSeconds of unmeasured calls at full speed first, and again until the code is compiled
 * @param longestHotSeconds when not to wait for that any longer
 * @param idleSeconds of the run that finds the unloaded times
 * @param jvmFlags of its processes
 */
record Preparation(double hotSeconds, double longestHotSeconds, double idleSeconds, List<String> jvmFlags) {
    static final Preparation FULL = new Preparation(6, 150, 8, List.of());

    /**
     * Without the optimising compiler, for which seconds are not enough: what it compiles in the measured time would make calls late,
     * and until it has, its predecessor's code counts every branch.
     */
    static final Preparation QUICK = new Preparation(3, 12, 3, List.of("-XX:TieredStopAtLevel=1"));

    /** How long it takes with so many workloads: in each round, and in the first one more. */
    double estimateSeconds(int rounds, int workloads) {
        return rounds * (2 * hotSeconds + longestHotSeconds / 2) + workloads * idleSeconds;
    }
}
