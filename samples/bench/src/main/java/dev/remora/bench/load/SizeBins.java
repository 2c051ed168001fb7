package dev.remora.bench.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Neighbouring sizes merged into some hundred bins at most, ascending, without gaps in what a distribution has. A size that 1 % of
 * the messages have is a bin of its own. Others share a bin until it has 1 % of the messages, or until the next size is a
 * quarter larger than the bin's first; among the largest 1 % of the messages a tenth larger, and however few messages that is,
 * as the tail's sizes would otherwise vanish in one bin. If that gives too many, all three limits grow.
 *
 * <p>Three groups end at the edge of a bin. {@code shortest10} and {@code shortest50}: sizes in ascending order until at least 10
 * or 50 % of the messages are in. {@code largest10}: sizes in descending order until at least 10 % are in. Immutable, for any
 * thread.
 */
public final class SizeBins {
    static final int MAX_BINS = 110;

    private static final double SHARE = 0.01;
    private static final double BODY_STEP = 0.25;
    private static final double TAIL_STEP = 0.1;
    private static final double TAIL_FROM = 0.99;
    private static final double COARSER = 1.15;
    /** Fractions are sums of rounded ones. */
    private static final double ROUNDING = 1e-9;

    private final String name;
    private final int[] from;
    private final int[] to;
    /** Fraction of the messages in this bin or a lower one. */
    private final double[] cumulative;

    private final double[] meanBytes;
    private final int shortest10;
    private final int shortest50;
    private final int largest10;

    private SizeBins(String name, int[] from, int[] to, double[] cumulative, double[] meanBytes) {
        this.name = name;
        this.from = from;
        this.to = to;
        this.cumulative = cumulative;
        this.meanBytes = meanBytes;
        shortest10 = firstWith(0.1);
        shortest50 = firstWith(0.5);
        largest10 = lastAbove(0.1);
    }

    /** Bins of a distribution. */
    public static SizeBins of(SizeDistribution sizes) {
        for (double coarseness = 1; ; coarseness *= COARSER) {
            List<Integer> ends = ends(sizes, coarseness);
            if (ends.size() <= MAX_BINS) {
                return of(sizes, ends);
            }
        }
    }

    /**
     * Bins that were described by the getters of others.
     *
     * @param cumulative {@link #toFraction} of each
     * @throws IllegalArgumentException if they cannot be bins
     */
    static SizeBins restored(String name, int[] from, int[] to, double[] cumulative, double[] meanBytes) {
        double before = 0;
        for (int i = 0; i < from.length; i++) {
            boolean ascends = i == 0 ? from[0] >= 1 : from[i] > to[i - 1];
            boolean contains = meanBytes[i] >= from[i] && meanBytes[i] <= to[i];
            if (!ascends || !contains || to[i] < from[i] || !(cumulative[i] >= before) || cumulative[i] > 1) {
                throw new IllegalArgumentException("bin " + i + " does not follow the one before it");
            }
            before = cumulative[i];
        }
        if (before != 1) {
            throw new IllegalArgumentException("the bins end at " + before + " of the messages, not at 1");
        }
        return new SizeBins(name, from, to, cumulative, meanBytes);
    }

    /** Indices of the last size in each bin. */
    private static List<Integer> ends(SizeDistribution sizes, double coarseness) {
        double share = SHARE * coarseness;
        int last = sizes.count() - 1;
        List<Integer> ends = new ArrayList<>();
        int first = 0;
        for (int i = 0; i < last; i++) {
            double step = sizes.cumulative(first - 1) < TAIL_FROM ? BODY_STEP : TAIL_STEP;
            boolean full = sizes.cumulative(i) - sizes.cumulative(first - 1) >= share - ROUNDING;
            boolean apart = sizes.size(i + 1) > sizes.size(first) * (1 + step * coarseness);
            boolean nextAlone = sizes.share(i + 1) >= share - ROUNDING;
            if (full || apart || nextAlone || endsGroup(sizes, i)) {
                ends.add(i);
                first = i + 1;
            }
        }
        ends.add(last);
        return ends;
    }

    /** Whether one of the groups ends after, or begins behind, the size with this index. */
    private static boolean endsGroup(SizeDistribution sizes, int i) {
        double before = sizes.cumulative(i - 1) + ROUNDING;
        double upTo = sizes.cumulative(i) + ROUNDING;
        boolean shortest = before < 0.1 && upTo >= 0.1 || before < 0.5 && upTo >= 0.5;
        // The sizes behind it have 10 %, and without the first of them they had less.
        double beyond = 1 - sizes.cumulative(i) + ROUNDING;
        double beyondNext = 1 - sizes.cumulative(i + 1) + ROUNDING;
        return shortest || beyond >= 0.1 && beyondNext < 0.1;
    }

    private static SizeBins of(SizeDistribution sizes, List<Integer> ends) {
        int n = ends.size();
        int[] from = new int[n];
        int[] to = new int[n];
        double[] cumulative = new double[n];
        double[] mean = new double[n];
        int first = 0;
        for (int bin = 0; bin < n; bin++) {
            int last = ends.get(bin);
            from[bin] = sizes.size(first);
            to[bin] = sizes.size(last);
            cumulative[bin] = sizes.cumulative(last);
            double bytes = 0;
            double share = 0;
            for (int i = first; i <= last; i++) {
                bytes += sizes.share(i) * sizes.size(i);
                share += sizes.share(i);
            }
            mean[bin] = Math.clamp(bytes / share, from[bin], to[bin]);
            first = last + 1;
        }
        return new SizeBins(sizes.name(), from, to, cumulative, mean);
    }

    private int firstWith(double fraction) {
        int bin = 0;
        while (cumulative[bin] + ROUNDING < fraction) {
            bin++;
        }
        return bin;
    }

    private int lastAbove(double fraction) {
        int bin = from.length - 1;
        while (1 - fromFraction(bin) + ROUNDING < fraction) {
            bin--;
        }
        return bin;
    }

    /** The distribution's. */
    public String name() {
        return name;
    }

    /** How many bins there are, 1 to 110. */
    public int count() {
        return from.length;
    }

    /** The bin of a message; sizes that the distribution does not have go to the next larger one, or to the last. */
    public int indexOf(long bytes) {
        int at = Arrays.binarySearch(to, Math.clamp(bytes, 0, Integer.MAX_VALUE));
        return Math.min(at >= 0 ? at : -at - 1, to.length - 1);
    }

    /** The smallest size in it. */
    public int fromBytes(int bin) {
        return from[bin];
    }

    /** The largest size in it. */
    public int toBytes(int bin) {
        return to[bin];
    }

    /** Mean size of its messages, by the distribution. */
    public double meanBytes(int bin) {
        return meanBytes[bin];
    }

    /** Share of all messages that are smaller than those in it. */
    public double fromFraction(int bin) {
        return bin == 0 ? 0 : cumulative[bin - 1];
    }

    /** That, and the share of those in it. */
    public double toFraction(int bin) {
        return cumulative[bin];
    }

    /** The last bin of the shortest tenth of the messages; the first one is 0. */
    public int lastOfShortest10() {
        return shortest10;
    }

    /** The last bin of the shortest half of the messages; the first one is 0. */
    public int lastOfShortest50() {
        return shortest50;
    }

    /** The first bin of the largest tenth of the messages; the last one is the last of all. */
    public int firstOfLargest10() {
        return largest10;
    }

    /**
     * A distribution with one size of each bin, its mean, all equally frequent. For the idle run behind {@link UnloadedTimes}: it
     * needs the same number of messages of every size, not the workload's thousand small ones for each large one.
     */
    public SizeDistribution oneOfEach() {
        int n = count();
        int[] sizes = new int[n];
        double[] fractions = new double[n];
        for (int bin = 0; bin < n; bin++) {
            sizes[bin] = (int) Math.round(meanBytes[bin]);
            fractions[bin] = bin == n - 1 ? 1 : (bin + 1.0) / n;
        }
        return new SizeDistribution(name + "-each", sizes, fractions);
    }

    /** Whether both have the same edges, so that what was counted in the one can be added to the other. */
    boolean sameAs(SizeBins other) {
        return Arrays.equals(from, other.from) && Arrays.equals(to, other.to);
    }
}
