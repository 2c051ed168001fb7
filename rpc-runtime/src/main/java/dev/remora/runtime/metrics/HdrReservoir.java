package dev.remora.runtime.metrics;

import com.codahale.metrics.Reservoir;
import com.codahale.metrics.Snapshot;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * A reservoir that keeps the tail: HdrHistogram with three significant digits, values of 1 to {@link #MAX} (larger ones
 * count as that). A snapshot covers the last one to two windows and is the same for all who read it, so several reporters
 * do not take values from each other; between reads nothing is dropped. Recording is wait-free and allocates nothing.
 */
final class HdrReservoir implements Reservoir {
    /** An hour in nanoseconds; far above any size in bytes that can be sent. */
    static final long MAX = 3_600_000_000_000L;

    private static final int DIGITS = 3;

    private final long windowNs;
    private final Recorder recorder = new Recorder(1, MAX, DIGITS);
    private Histogram current = new Histogram(1, MAX, DIGITS);
    private Histogram previous = new Histogram(1, MAX, DIGITS);
    private @Nullable Histogram spare;
    private long windowStartNs;

    HdrReservoir(long windowNs, long nowNs) {
        this.windowNs = windowNs;
        this.windowStartNs = nowNs;
    }

    @Override
    public int size() {
        return getSnapshot().size();
    }

    @Override
    public void update(long value) {
        recorder.recordValue(Math.clamp(value, 0, MAX));
    }

    @Override
    public Snapshot getSnapshot() {
        return snapshot(System.nanoTime());
    }

    synchronized Snapshot snapshot(long nowNs) {
        // The recorder takes the histogram of the last time back as its next inactive one.
        Histogram interval = recorder.getIntervalHistogram(spare);
        current.add(interval);
        spare = interval;
        if (nowNs - windowStartNs >= windowNs) {
            Histogram oldest = previous;
            previous = current;
            oldest.reset();
            current = oldest;
            windowStartNs = nowNs;
        }
        Histogram merged = previous.copy();
        merged.add(current);
        return new HdrSnapshot(merged);
    }
}
