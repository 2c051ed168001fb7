package dev.remora.runtime.attempt;

import org.HdrHistogram.Histogram;

/**
 * Percentiles of the latencies of the last half to whole minute. Two histograms: one collects, and once it is half a minute
 * old it takes the place of the one before. For any thread.
 */
final class LatencyWindow {
    /** Below that many latencies, a percentile says nothing. */
    static final int MIN_COUNT = 100;

    private static final long HALF_NS = 30_000_000_000L;
    private static final long LONGEST_NS = 3_600_000_000_000L;
    /** A percentile is worked out anew when it is that old; walking the histogram for each call would cost more than the call. */
    private static final long FRESH_NS = 100_000_000L;

    private final Histogram both = new Histogram(LONGEST_NS, 2);
    private Histogram current = new Histogram(LONGEST_NS, 2);
    private Histogram previous = new Histogram(LONGEST_NS, 2);
    private long currentSinceNs;
    private double knownPercentile = -1;
    private long knownAtNs;
    private long known;

    LatencyWindow(long nowNs) {
        currentSinceNs = nowNs;
    }

    synchronized void record(long latencyNs, long nowNs) {
        long ageNs = nowNs - currentSinceNs;
        if (ageNs >= HALF_NS) {
            Histogram recycled = previous;
            previous = current;
            current = recycled;
            current.reset();
            if (ageNs >= 2 * HALF_NS) {
                previous.reset();
            }
            currentSinceNs = nowNs;
        }
        current.recordValue(Math.clamp(latencyNs, 0, LONGEST_NS));
    }

    /** Gives {@code otherwise} while too few are known. */
    synchronized long percentileNs(double percentile, long otherwise, long nowNs) {
        if (percentile != knownPercentile || nowNs - knownAtNs >= FRESH_NS) {
            knownPercentile = percentile;
            knownAtNs = nowNs;
            both.reset();
            both.add(current);
            both.add(previous);
            known = both.getTotalCount() < MIN_COUNT ? -1 : both.getValueAtPercentile(percentile * 100);
        }
        return known < 0 ? otherwise : known;
    }
}
