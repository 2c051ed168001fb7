package dev.remora.bench.hedge;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a handler takes: some exponential time, and besides, all calls of a server that come while it stalls wait for the end
 * of that, as they do in a garbage collection.
 *
 * @param meanMs of the exponential time
 * @param stallMs how long a stall takes
 * @param everyMs from the begin of a stall to that of the next
 * @param offsetMs when the first one begins; servers that share a machine should not stall together
 */
record StallModel(double meanMs, long stallMs, long everyMs, long offsetMs) {
    private static final double NS_PER_MS = 1e6;

    void work() {
        long now = System.currentTimeMillis();
        long intoPeriod = Math.floorMod(now - offsetMs, everyMs);
        double waitMs = Math.max(0, stallMs - intoPeriod)
                - Math.log(1 - ThreadLocalRandom.current().nextDouble()) * meanMs;
        long endNs = System.nanoTime() + (long) (waitMs * NS_PER_MS);
        for (long left = endNs - System.nanoTime(); left > 0; left = endNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
