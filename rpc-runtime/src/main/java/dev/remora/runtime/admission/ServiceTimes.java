package dev.remora.runtime.admission;

/**
 * How long the handlers of one method take: a smoothed mean and mean deviation, as TCP keeps of round trips (RFC 6298), and
 * per window of the adaptive limit a mean to be compared with the best of the last windows. Guarded by the admission's lock.
 */
final class ServiceTimes {
    /** Fewer handlers than that in a window make no mean to compare with. */
    private static final int MIN_IN_WINDOW = 5;

    private static final int REMEMBERED_WINDOWS = 60;
    private static final double MEAN_GAIN = 1.0 / 8;
    private static final double DEVIATION_GAIN = 1.0 / 4;
    /** Without a new handler's end for so long, what is known is forgotten: else it would be refused for ever what would be fast again. */
    private static final long VALID_NS = 1_000_000_000L;

    private double meanNs = -1;
    private double deviationNs;
    private long lastNs;

    private long windowSumNs;
    private int windowCount;
    private final double[] windowMeansNs = new double[REMEMBERED_WINDOWS];
    private int windows;

    void record(long serviceNs, long nowNs) {
        if (meanNs < 0) {
            meanNs = serviceNs;
            deviationNs = serviceNs / 2.0;
        } else {
            deviationNs += DEVIATION_GAIN * (Math.abs(serviceNs - meanNs) - deviationNs);
            meanNs += MEAN_GAIN * (serviceNs - meanNs);
        }
        lastNs = nowNs;
    }

    /** Less than a handler hardly ever takes; 0 if that is not known. */
    long leastNs(long nowNs) {
        return meanNs < 0 || nowNs - lastNs > VALID_NS + 2 * meanNs ? 0 : (long) Math.max(0, meanNs - deviationNs);
    }

    /** A handler that counts for the window. */
    void recordInWindow(long serviceNs) {
        windowSumNs += serviceNs;
        windowCount++;
    }

    int inWindow() {
        return windowCount;
    }

    /** Ends the window: gives how many times longer handlers took in it than in the best window remembered, 1 at least. */
    double endWindow() {
        double mean = (double) windowSumNs / windowCount;
        if (windowCount >= MIN_IN_WINDOW) {
            windowMeansNs[windows++ % REMEMBERED_WINDOWS] = mean;
        }
        windowSumNs = 0;
        windowCount = 0;
        double best = mean;
        for (int i = 0; i < Math.min(windows, REMEMBERED_WINDOWS); i++) {
            best = Math.min(best, windowMeansNs[i]);
        }
        return best <= 0 ? 1 : mean / best;
    }
}
