package dev.remora.bench.load;

import dev.remora.bench.ab.result.CdfPoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Values, each of which occurred so many times, and their exact statistics. A quantile is the least value that so many reach. */
final class WeightedValues {
    private static final int BODY_STEPS = 100;
    private static final int TAIL_STEPS_PER_DECADE = 20;
    private static final int TAIL_DECADES = 4;

    private final List<Value> sorted;
    private final long count;
    private final double mean;

    WeightedValues(List<Value> values) {
        sorted = new ArrayList<>(values);
        sorted.sort(Comparator.comparingDouble(Value::value));
        count = sorted.stream().mapToLong(Value::count).sum();
        mean = count == 0
                ? 0
                : sorted.stream().mapToDouble(v -> v.value * v.count).sum() / count;
    }

    record Value(double value, long count) {}

    long count() {
        return count;
    }

    /** 0 without values. */
    double mean() {
        return mean;
    }

    double max() {
        return sorted.isEmpty() ? 0 : sorted.getLast().value;
    }

    /** From 0, the least value, to 1, the greatest; 0 without values. */
    double quantile(double fraction) {
        long wanted = Math.max(1, (long) Math.ceil(fraction * count - 1e-9));
        long seen = 0;
        for (Value value : sorted) {
            seen += value.count;
            if (seen >= wanted) {
                return value.value;
            }
        }
        return max();
    }

    /** Some 180 points at most: one per percent, and beyond 99 % twenty for each time that a tenth is left. */
    List<CdfPoint> cdf() {
        List<CdfPoint> points = new ArrayList<>();
        long seen = 0;
        int step = 0;
        for (Value value : sorted) {
            seen += value.count;
            double fraction = (double) seen / count;
            if (fraction >= wanted(step) || seen == count) {
                points.add(new CdfPoint(value.value, fraction));
                while (step <= lastStep() && wanted(step) <= fraction) {
                    step++;
                }
            }
        }
        return points;
    }

    private static double wanted(int step) {
        if (step < BODY_STEPS) {
            return step / (double) BODY_STEPS;
        }
        int beyond = step - BODY_STEPS + 1;
        return step > lastStep() ? 1 : 1 - 0.01 * Math.pow(10, -beyond / (double) TAIL_STEPS_PER_DECADE);
    }

    private static int lastStep() {
        return BODY_STEPS + TAIL_STEPS_PER_DECADE * TAIL_DECADES - 1;
    }
}
