package dev.remora.bench.load;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * Histograms of times in units of 100 ns, up to 100 s, with an error of 0.1 % at most: some 90 KB each, so that a hundred of them
 * take 9 MB. Longer times count as 100 s.
 */
final class Latencies {
    static final long UNIT_NS = 100;
    static final double UNITS_PER_US = 1_000.0 / UNIT_NS;
    static final long MAX_UNITS = 100_000_000_000L / UNIT_NS;
    static final int DIGITS = 3;

    private Latencies() {}

    static IntCountsHistogram histogram() {
        return new IntCountsHistogram(MAX_UNITS, DIGITS);
    }

    static void record(AbstractHistogram histogram, long ns) {
        histogram.recordValue(Math.clamp((ns + UNIT_NS / 2) / UNIT_NS, 0, MAX_UNITS));
    }

    /** A quantile, 0 to 1; 0 if there are no values. */
    static double us(AbstractHistogram histogram, double quantile) {
        return histogram.getTotalCount() == 0
                ? 0
                : histogram.medianEquivalentValue(histogram.getValueAtPercentile(100 * quantile)) / UNITS_PER_US;
    }
}
