package dev.remora.runtime.metrics;

import com.codahale.metrics.Snapshot;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** A histogram as Dropwizard's reporters want it. */
final class HdrSnapshot extends Snapshot {
    private final Histogram histogram;

    HdrSnapshot(Histogram histogram) {
        this.histogram = histogram;
    }

    @Override
    public double getValue(double quantile) {
        return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(quantile * 100);
    }

    /** Distinct values only: a histogram may hold billions of equal ones. */
    @Override
    public long[] getValues() {
        long[] values = new long
                [Math.toIntExact(java.util.stream.StreamSupport.stream(
                                histogram.recordedValues().spliterator(), false)
                        .count())];
        int i = 0;
        for (HistogramIterationValue v : histogram.recordedValues()) {
            values[i++] = v.getValueIteratedTo();
        }
        return values;
    }

    @Override
    public int size() {
        return (int) Math.min(Integer.MAX_VALUE, histogram.getTotalCount());
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

    @Override
    public void dump(OutputStream output) {
        PrintWriter out = new PrintWriter(output, false, StandardCharsets.UTF_8);
        for (HistogramIterationValue v : histogram.recordedValues()) {
            out.printf("%d %d%n", v.getValueIteratedTo(), v.getCountAtValueIteratedTo());
        }
        out.flush();
    }
}
