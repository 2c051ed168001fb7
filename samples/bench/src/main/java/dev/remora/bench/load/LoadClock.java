package dev.remora.bench.load;

/** When the parts of a plan begin and end by a clock, and waiting for it. For one thread. */
final class LoadClock {
    /** A thread that waits for something else than a time looks for it this often, should nobody wake it. */
    private static final long LOOK_NS = 1_000_000;

    private final TimeSource time;
    private final LoadOptions options;
    final long startNs;
    final long measureFromNs;
    final long measureToNs;
    /** When the wait for calls without an end is over. */
    final long drainToNs;

    /** @throws IllegalStateException if the plan's start has passed */
    LoadClock(TimeSource time, LoadPlan plan, LoadOptions options) {
        this.time = time;
        this.options = options;
        long aheadNs = plan.startEpochNs() == 0 ? 0 : plan.startEpochNs() - time.epochNs();
        if (aheadNs < 0) {
            throw new IllegalStateException("the load was to begin " + -aheadNs / 1_000_000
                    + " ms ago: give the processes more time to get ready");
        }
        startNs = time.nanoTime() + aheadNs;
        measureFromNs = startNs + plan.warmUpNs();
        measureToNs = measureFromNs + plan.measureNs();
        drainToNs = measureToNs + options.drainNs();
    }

    long nowNs() {
        return time.nanoTime();
    }

    /** Sleeps until shortly before that time, then watches the clock; returns at or after it. */
    void waitUntil(long ns) throws InterruptedException {
        for (long leftNs = ns - time.nanoTime(); leftNs > 0; leftNs = ns - time.nanoTime()) {
            if (leftNs > options.spinNs()) {
                time.parkNanos(leftNs - options.spinNs());
                checkInterrupt();
            } else {
                time.spin();
            }
        }
    }

    /** Sleeps until it is woken, for a millisecond at most, and not beyond that time. */
    void sleepUntil(long ns) throws InterruptedException {
        time.parkNanos(Math.clamp(ns - time.nanoTime(), 1, LOOK_NS));
        checkInterrupt();
    }

    private static void checkInterrupt() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the load was interrupted");
        }
    }
}
