package dev.remora.homa.sim.experiment;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * Slowdowns by tenths of the messages in order of size. A slowdown is the time a message took, divided by the time of the
 * same message alone on an unloaded network (SIGCOMM'18 §5.2); ideal is 1. Kept in thousandths, with three digits.
 */
public final class SlowdownTable {
    public static final int DECILES = 10;
    private static final double UNIT = 1_000;
    private static final long MAX_UNITS = 1_000_000_000L;
    private static final int DIGITS = 3;

    private final Histogram[] deciles = new Histogram[DECILES];
    private final int[] leastBytes = new int[DECILES];
    private final int[] mostBytes = new int[DECILES];

    public SlowdownTable() {
        Arrays.setAll(deciles, i -> new Histogram(1, MAX_UNITS, DIGITS));
        Arrays.fill(leastBytes, Integer.MAX_VALUE);
    }

    /** @param decile tenth of the messages, 0 the shortest */
    public void record(int decile, int sizeBytes, long timeNs, long bestNs) {
        long units = Math.round(timeNs * UNIT / bestNs);
        deciles[decile].recordValue(Math.clamp(units, 1, MAX_UNITS));
        leastBytes[decile] = Math.min(leastBytes[decile], sizeBytes);
        mostBytes[decile] = Math.max(mostBytes[decile], sizeBytes);
    }

    /** Slowdown that {@code percent} of the messages of the deciles {@code from} to {@code to - 1} do not exceed. */
    public double percentile(int from, int to, double percent) {
        return sum(from, to).getValueAtPercentile(percent) / UNIT;
    }

    public double mean(int from, int to) {
        return sum(from, to).getMean() / UNIT;
    }

    public long messages(int from, int to) {
        return sum(from, to).getTotalCount();
    }

    private Histogram sum(int from, int to) {
        if (to == from + 1) {
            return deciles[from];
        }
        Histogram sum = new Histogram(1, MAX_UNITS, DIGITS);
        for (int i = from; i < to; i++) {
            sum.add(deciles[i]);
        }
        return sum;
    }

    /** Smallest message measured in the decile; 0 when there was none. */
    public int leastBytes(int decile) {
        return leastBytes[decile] == Integer.MAX_VALUE ? 0 : leastBytes[decile];
    }

    public int mostBytes(int decile) {
        return mostBytes[decile];
    }
}
