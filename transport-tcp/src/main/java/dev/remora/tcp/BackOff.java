package dev.remora.tcp;

import java.util.random.RandomGenerator;

/** Pauses between failed attempts: doubling, each drawn from its upper half so that clients do not come back together. */
final class BackOff {
    private final long initialNs;
    private final long maxNs;
    private final RandomGenerator random;
    private long ceilingNs;

    BackOff(long initialNs, long maxNs, RandomGenerator random) {
        this.initialNs = Math.min(initialNs, maxNs);
        this.maxNs = maxNs;
        this.random = random;
        this.ceilingNs = this.initialNs;
    }

    void reset() {
        ceilingNs = initialNs;
    }

    long nextNs() {
        long pause = ceilingNs / 2 + random.nextLong(ceilingNs / 2 + 1);
        ceilingNs = Math.min(maxNs, ceilingNs * 2);
        return pause;
    }
}
