package dev.remora.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * How long messages take alone, on the idle testbed: the median per bin of a run with one call at a time, or at so low a rate that
 * calls do not meet. Between bins, and where a bin has fewer than 5 calls, it is linear in the bytes. Best made from a run with the
 * sizes of {@link SizeBins#oneOfEach}. Immutable, for any thread.
 */
public final class UnloadedTimes {
    private static final int ENOUGH = 5;
    /** How far beyond the outermost sizes that were measured their times are taken to hold. */
    private static final double REACH = 1.1;

    private record Point(double bytes, double us) {}

    private final List<Point> points;
    private final double bestUs;

    private UnloadedTimes(List<Point> points, double bestUs) {
        this.points = points;
        this.bestUs = bestUs;
    }

    /** Takes them from a record of an idle run. */
    public static UnloadedTimes of(LoadRecord idle) {
        List<Point> points = new ArrayList<>();
        double bestUs = Double.NaN;
        for (int bin = 0; bin < idle.bins().count(); bin++) {
            var latency = idle.latency(bin);
            if (latency.getTotalCount() > 0 && Double.isNaN(bestUs)) {
                bestUs = latency.getMinValue() / Latencies.UNITS_PER_US;
            }
            if (latency.getTotalCount() >= ENOUGH) {
                points.add(new Point(idle.bins().meanBytes(bin), Latencies.us(latency, 0.5)));
            }
        }
        return new UnloadedTimes(List.copyOf(points), bestUs);
    }

    /** No time is known. */
    public static UnloadedTimes unknown() {
        return new UnloadedTimes(List.of(), Double.NaN);
    }

    /** The shortest time of the smallest messages that were measured; NaN if there were none. */
    public double bestUs() {
        return bestUs;
    }

    /** Time of a message of so many bytes; NaN if unknown, as for sizes far outside of those measured. */
    public double us(double bytes) {
        if (points.isEmpty()) {
            return Double.NaN;
        }
        Point first = points.getFirst();
        Point last = points.getLast();
        if (bytes <= first.bytes) {
            return bytes * REACH >= first.bytes ? first.us : Double.NaN;
        }
        if (bytes >= last.bytes) {
            return bytes <= last.bytes * REACH ? last.us : Double.NaN;
        }
        int upper = 1;
        while (points.get(upper).bytes < bytes) {
            upper++;
        }
        Point below = points.get(upper - 1);
        Point above = points.get(upper);
        return below.us + (above.us - below.us) * (bytes - below.bytes) / (above.bytes - below.bytes);
    }
}
