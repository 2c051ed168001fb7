package dev.remora.bench.process;

import java.util.List;

/** The middle and the ends of a few values; of an even number, the mean of the two in the middle. */
public record Spread(double median, double min, double max) {
    /** @throws IllegalArgumentException if there are no values */
    public static Spread of(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values have no median");
        }
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.getFirst(), sorted.getLast());
    }
}
