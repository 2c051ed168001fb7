package dev.remora.runtime.metrics;

import com.codahale.metrics.Histogram;

/** A Dropwizard histogram that counts with its reservoir instead of a second counter. */
final class HdrHistogramMetric extends Histogram {
    private final HdrReservoir reservoir;

    HdrHistogramMetric(HdrReservoir reservoir) {
        super(reservoir);
        this.reservoir = reservoir;
    }

    @Override
    public void update(int value) {
        reservoir.update(value);
    }

    @Override
    public void update(long value) {
        reservoir.update(value);
    }

    @Override
    public long getCount() {
        return reservoir.count();
    }

    @Override
    public HdrSnapshot getSnapshot() {
        return reservoir.getSnapshot();
    }

    /** Sum of all values ever recorded. */
    long sum() {
        return reservoir.sum();
    }

    /** Values that were clamped to the reservoir's range. */
    long outOfRange() {
        return reservoir.outOfRange();
    }
}
