package dev.remora.dpdk.bench;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How far apart this process's two CPUs are, by the time a cache line takes there and back. Virtual CPUs move between the
 * hardware's, within seconds: where two have a cache in common the line takes some 50 ns, else some 350 ns. The same program
 * runs up to four times as fast in one case as in the other, in any language, so only runs at the same distance are compared.
 */
enum CpuDistance {
    /** A cache in common. */
    NEAR,
    /** None in common. */
    FAR;

    private static final int BATCHES = 50;
    private static final int PER_BATCH = 1_000;
    private static final long LIMIT_NS = 150;

    /** Measures for some 20 ms; the best batch counts, since both CPUs have other work to do at times. */
    static CpuDistance now() {
        AtomicLong line = new AtomicLong();
        Thread other = Thread.ofPlatform().daemon().start(() -> answer(line));
        long best = Long.MAX_VALUE;
        long value = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            long start = System.nanoTime();
            for (int i = 0; i < PER_BATCH; i++) {
                line.setRelease(++value);
                value++;
                while (line.getAcquire() != value) {
                    Thread.onSpinWait();
                }
            }
            best = Math.min(best, System.nanoTime() - start);
        }
        try {
            other.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return best / PER_BATCH < LIMIT_NS ? NEAR : FAR;
    }

    private static void answer(AtomicLong line) {
        for (long value = 1; value < 2L * BATCHES * PER_BATCH; value += 2) {
            while (line.getAcquire() != value) {
                Thread.onSpinWait();
            }
            line.setRelease(value + 1);
        }
    }

    /** As in tables. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
