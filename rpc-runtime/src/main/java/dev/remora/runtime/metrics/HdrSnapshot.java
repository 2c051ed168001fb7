package dev.remora.runtime.metrics;

import com.codahale.metrics.Snapshot;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** A histogram that changes no more, as Dropwizard's reporters read it. All zero if nothing was recorded. */
final class HdrSnapshot extends Snapshot {
    private final Histogram histogram;

    /** @param histogram owned by the snapshot from now on */
    HdrSnapshot(Histogram histogram) {
        this.histogram = histogram;
    }

    /** Values in it. */
    long count() {
        return histogram.getTotalCount();
    }

    @Override
    public double getValue(double quantile) {
        if (!(quantile >= 0 && quantile <= 1)) {
            throw new IllegalArgumentException("quantile " + quantile + " is not in 0 to 1");
        }
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(quantile * 100);
    }

    /** The different values; how often each occurred is not in it. */
    @Override
    public long[] getValues() {
        long[] values = new long[size()];
        int i = 0;
        for (HistogramIterationValue step : histogram.recordedValues()) {
            values[i++] = step.getValueIteratedTo();
        }
        return values;
    }

    @Override
    public int size() {
        int size = 0;
        for (HistogramIterationValue step : histogram.recordedValues()) {
            size += step.getCountAddedInThisIterationStep() > 0 ? 1 : 0;
        }
        return size;
    }

    @Override
    public long getMax() {
        return histogram.getMaxValue();
    }

    @Override
    public double getMean() {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getMean();
    }

    @Override
    public long getMin() {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getMinValue();
    }

    @Override
    public double getStdDev() {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getStdDeviation();
    }

    /** Lines of value and count. */
    @Override
    public void dump(OutputStream output) {
        PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8);
        for (HistogramIterationValue step : histogram.recordedValues()) {
            out.println(step.getValueIteratedTo() + " " + step.getCountAddedInThisIterationStep());
        }
        out.flush();
    }
}
