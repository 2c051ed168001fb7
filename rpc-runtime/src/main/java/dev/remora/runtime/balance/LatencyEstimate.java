package dev.remora.runtime.balance;

/**
 * What a peer's next call may take, from what its last ones took: jumps up with a slow one at once, comes down with a time
 * constant of {@value #DECAY_NS} ns, also while nobody calls, so that a peer that was slow once is tried again. An
 * estimate: two threads that record at one time may lose one of the two values.
 */
final class LatencyEstimate {
    private static final double DECAY_NS = 10e9;

    private volatile double ns;
    private volatile long atNs;

    LatencyEstimate(long nowNs) {
        atNs = nowNs;
    }

    void record(long latencyNs, long nowNs) {
        double weight = weight(nowNs);
        double old = ns;
        ns = latencyNs > old ? latencyNs : old * weight + latencyNs * (1 - weight);
        atNs = nowNs;
    }

    /** Nanoseconds, 0 if nothing is known. */
    double ns(long nowNs) {
        return ns * weight(nowNs);
    }

    /** That of the old value now. */
    private double weight(long nowNs) {
        long passedNs = nowNs - atNs;
        return passedNs <= 0 ? 1 : Math.exp(-passedNs / DECAY_NS);
    }
}
