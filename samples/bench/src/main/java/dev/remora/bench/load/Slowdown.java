package dev.remora.bench.load;

import dev.remora.bench.ab.result.CdfPoint;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.SizeBin;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.IntCountsHistogram;

/**
 * What a report shows of a {@link LoadRecord}: latencies and slowdowns of groups of sizes. A slowdown is a latency divided by what a
 * message of the mean size of its bin takes, by the two definitions of {@link Group}. Quantiles and means are over the slowdowns of
 * all messages of a group, whichever bins they are in. For any thread.
 */
public final class Slowdown {
    private final LoadRecord load;
    private final SizeBins bins;
    private final double baseUs;
    private final double bytesPerUs;
    private final UnloadedTimes alone;

    /**
     * @param baseUs best round trip of the smallest message, of any transport; NaN if unknown
     * @param linkMbps of each host, in Mbit/s; 0 = not limited, a message's length then makes no difference to {@code slowdown}
     * @param alone by the same transport
     */
    public Slowdown(LoadRecord load, double baseUs, double linkMbps, UnloadedTimes alone) {
        if (baseUs <= 0 || !(linkMbps >= 0)) {
            throw new IllegalArgumentException("a base of " + baseUs + " us and a link of " + linkMbps
                    + " Mbit/s: the base must be above 0 or NaN, the link 0 or more");
        }
        this.load = load;
        this.bins = load.bins();
        this.baseUs = baseUs;
        this.bytesPerUs = linkMbps == 0 ? Double.POSITIVE_INFINITY : linkMbps / 8;
        this.alone = alone;
    }

    public Group shortest10() {
        return group(0, bins.lastOfShortest10());
    }

    public Group shortest50() {
        return group(0, bins.lastOfShortest50());
    }

    public Group largest10() {
        return group(bins.firstOfLargest10(), bins.count() - 1);
    }

    public Group all() {
        return group(0, bins.count() - 1);
    }

    /** One per bin, ascending, also those without messages. */
    public List<SizeBin> sizes() {
        List<SizeBin> sizes = new ArrayList<>();
        for (int bin = 0; bin < bins.count(); bin++) {
            sizes.add(size(bin));
        }
        return sizes;
    }

    /** Of the latencies of the shortest half; ascending, at most 200 points. */
    public List<CdfPoint> shortCdf() {
        return latencies(0, bins.lastOfShortest50()).cdf();
    }

    private Group group(int first, int last) {
        WeightedValues us = latencies(first, last);
        if (us.count() == 0) {
            return new Group(bins.fromBytes(first), bins.toBytes(last), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        WeightedValues slowdown = relative(first, last, this::expectedUs);
        WeightedValues relativeToAlone = relative(first, last, this::aloneUs);
        return new Group(
                bins.fromBytes(first),
                bins.toBytes(last),
                us.count(),
                us.quantile(0.5),
                us.quantile(0.99),
                us.quantile(0.999),
                us.max(),
                known(slowdown, slowdown.mean()),
                known(slowdown, slowdown.quantile(0.5)),
                known(slowdown, slowdown.quantile(0.99)),
                known(relativeToAlone, relativeToAlone.quantile(0.5)),
                known(relativeToAlone, relativeToAlone.quantile(0.99)));
    }

    private SizeBin size(int bin) {
        WeightedValues us = latencies(bin, bin);
        WeightedValues slowdown = relative(bin, bin, this::expectedUs);
        return new SizeBin(
                bins.fromBytes(bin),
                bins.toBytes(bin),
                bins.fromFraction(bin),
                bins.toFraction(bin),
                us.count(),
                us.quantile(0.5),
                us.quantile(0.99),
                us.quantile(0.999),
                known(slowdown, slowdown.quantile(0.5)),
                known(slowdown, slowdown.quantile(0.99)),
                known(slowdown, slowdown.quantile(0.999)));
    }

    private double expectedUs(int bin) {
        return baseUs + bins.meanBytes(bin) / bytesPerUs;
    }

    private double aloneUs(int bin) {
        return alone.us(bins.meanBytes(bin));
    }

    private WeightedValues latencies(int first, int last) {
        return relative(first, last, bin -> 1);
    }

    /** All latencies of some bins, each divided by its bin's divisor. */
    private WeightedValues relative(int first, int last, IntToDoubleFunction divisorUs) {
        List<WeightedValues.Value> values = new ArrayList<>();
        for (int bin = first; bin <= last; bin++) {
            IntCountsHistogram histogram = load.latency(bin);
            double divisor = divisorUs.applyAsDouble(bin) * Latencies.UNITS_PER_US;
            for (HistogramIterationValue value : histogram.recordedValues()) {
                long units = histogram.medianEquivalentValue(value.getValueIteratedTo());
                values.add(new WeightedValues.Value(units / divisor, value.getCountAtValueIteratedTo()));
            }
        }
        return new WeightedValues(values);
    }

    /** Without the time of each of its messages, a group's slowdown is unknown: those that are known may be the fast ones. */
    private static double known(WeightedValues values, double statistic) {
        return Double.isNaN(values.max()) ? Double.NaN : statistic;
    }
}
