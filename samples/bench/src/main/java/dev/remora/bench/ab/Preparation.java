package dev.remora.bench.ab;

/**
 * What a side does before its loaded runs.
 *
 * @param hotSeconds of unmeasured calls at full speed first, and again until the code is compiled
 * @param longestHotSeconds when not to wait for that any longer
 * @param idleSeconds of the run that finds the unloaded times
 */
record Preparation(double hotSeconds, double longestHotSeconds, double idleSeconds) {
    static final Preparation FULL = new Preparation(6, 150, 8);
    static final Preparation QUICK = new Preparation(3, 12, 3);

    /** How long it takes with so many workloads: in each round, and in the first one more. */
    double estimateSeconds(int rounds, int workloads) {
        return rounds * (2 * hotSeconds + longestHotSeconds / 2) + workloads * idleSeconds;
    }
}
