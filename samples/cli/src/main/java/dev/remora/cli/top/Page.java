package dev.remora.cli.top;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** What one process told at one moment. Does not change. */
final class Page {
    private static final Predicate<Sample> ALL = sample -> true;

    private final long atNs;
    private final Map<String, List<Sample>> byName = new HashMap<>();

    /** @param atNs when it came, of the clock of {@link System#nanoTime} */
    Page(long atNs, List<Sample> samples) {
        this.atNs = atNs;
        for (Sample sample : samples) {
            byName.computeIfAbsent(sample.name(), name -> new ArrayList<>()).add(sample);
        }
    }

    long atNs() {
        return atNs;
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }

    /** Every series of a name, whatever its labels. */
    List<Sample> series(String name) {
        return byName.getOrDefault(name, List.of());
    }

    /** Whether there is a metric whose name begins so. */
    boolean hasAny(String prefix) {
        return byName.keySet().stream().anyMatch(name -> name.startsWith(prefix));
    }

    /** Over all series of a name, as far as they are numbers; 0 if there are none. */
    double sum(String name) {
        return sum(name, ALL);
    }

    /** Over the series of a name that are wanted. */
    double sum(String name, Predicate<Sample> wanted) {
        double sum = 0;
        for (Sample sample : series(name)) {
            if (wanted.test(sample) && Double.isFinite(sample.value())) {
                sum += sample.value();
            }
        }
        return sum;
    }

    /** Over all counters whose name begins so. */
    double sumOfCounters(String prefix) {
        double sum = 0;
        for (String name : byName.keySet()) {
            if (name.startsWith(prefix) && name.endsWith("_total")) {
                sum += sum(name);
            }
        }
        return sum;
    }
}
