package dev.remora.runtime.metrics;

import com.codahale.metrics.Reservoir;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every recent value in an HdrHistogram: unlike Dropwizard's sampling reservoirs it loses no tail and recording is a
 * few atomic additions.
 *
 * <p>A snapshot covers the values of at least the last {@link #HALF_WINDOW_NS}, at most twice that (or since the previous
 * snapshot, if that was longer ago). It takes nothing away: several reporters may read, each at its own pace. Two
 * histograms make the window: the current one collects what was recorded; when it is older than half a window at a
 * snapshot, it becomes the previous one, and the one before is forgotten. Reading does all the work, so recording needs no
 * clock.
 *
 * <p>Values above the range count as the largest value, and values below zero as zero; both are counted in {@link
 * #outOfRange}. For any thread.
 */
final class HdrReservoir implements Reservoir {
    static final long HALF_WINDOW_NS = 30_000_000_000L;

    private final long highest;
    private final int digits;
    private final LongSupplier nanoClock;
    private final LongAdder sum = new LongAdder();
    private final LongAdder outOfRange = new LongAdder();

    /** Made for the first value: most methods of a big service are never called by a given client. */
    private volatile @Nullable Recorder recorder;

    // Guarded by this. Current and previous grow with the values they hold.
    private @Nullable Histogram drained;
    private @Nullable Histogram current;
    private @Nullable Histogram previous;
    private long currentSinceNs;
    private long drainedCount;

    /**
     * @param highest largest value told apart; memory grows with its logarithm
     * @param digits significant decimal digits, 1 to 5; memory grows tenfold with each
     */
    HdrReservoir(long highest, int digits, LongSupplier nanoClock) {
        this.highest = highest;
        this.digits = digits;
        this.nanoClock = nanoClock;
        this.currentSinceNs = nanoClock.getAsLong();
    }

    @Override
    public void update(long value) {
        long kept = value;
        if (value > highest || value < 0) {
            outOfRange.increment();
            kept = value < 0 ? 0 : highest;
        }
        sum.add(kept);
        Recorder r = recorder;
        (r == null ? firstUse() : r).recordValue(kept);
    }

    private synchronized Recorder firstUse() {
        Recorder r = recorder;
        if (r == null) {
            r = new Recorder(1, highest, digits);
            recorder = r;
        }
        return r;
    }

    /** Values ever recorded. */
    synchronized long count() {
        drain();
        return drainedCount;
    }

    /** Sum of all values ever recorded, after clamping. */
    long sum() {
        return sum.sum();
    }

    /** Values that were clamped. */
    long outOfRange() {
        return outOfRange.sum();
    }

    /** Different values in the window. */
    @Override
    public int size() {
        return getSnapshot().size();
    }

    @Override
    public synchronized HdrSnapshot getSnapshot() {
        drain();
        Histogram window = new Histogram(digits);
        if (current != null) {
            window.add(current);
        }
        if (previous != null) {
            window.add(previous);
        }
        long nowNs = nanoClock.getAsLong();
        if (nowNs - currentSinceNs >= HALF_WINDOW_NS) {
            Histogram oldest = previous;
            if (oldest != null) {
                oldest.reset();
            }
            previous = current;
            current = oldest;
            currentSinceNs = nowNs;
        }
        return new HdrSnapshot(window);
    }

    /** Moves what was recorded since the last time to the current histogram. */
    private synchronized void drain() {
        Recorder r = recorder;
        if (r != null) {
            Histogram interval = r.getIntervalHistogram(drained);
            drained = interval;
            drainedCount += interval.getTotalCount();
            Histogram target = current;
            if (target == null) {
                target = new Histogram(digits);
                current = target;
            }
            target.add(interval);
        }
    }

    @Override
    public String toString() {
        return "HdrReservoir(0 to " + highest + ", " + digits + " digits)";
    }
}
