package dev.remora.cli.top;

import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What happened in a process between two readings. Without the first one rates are NaN, for which tables show a dash; so
 * they are when a counter went back, because the process began anew.
 */
final class Interval {
    private static final double NS_PER_SECOND = 1e9;

    private final @Nullable Page before;
    private final Page now;

    Interval(@Nullable Page before, Page now) {
        this.before = before;
        this.now = now;
    }

    /** What is so at its end. */
    Page now() {
        return now;
    }

    /** Per second, of all series of a counter. */
    double rate(String counter) {
        return rate(page -> page.sum(counter));
    }

    /** Per second, of the wanted series of a counter. */
    double rate(String counter, Predicate<Sample> wanted) {
        return rate(page -> page.sum(counter, wanted));
    }

    /** Per second, of something that only grows. */
    double rate(ToDoubleFunction<Page> counted) {
        Page first = before;
        if (first == null || now.atNs() <= first.atNs()) {
            return Double.NaN;
        }
        double growth = counted.applyAsDouble(now) - counted.applyAsDouble(first);
        return growth < 0 ? Double.NaN : growth * NS_PER_SECOND / (now.atNs() - first.atNs());
    }

    /** Part of one counter's growth in another's, in percent; NaN if the other did not grow. */
    double percent(String part, String whole) {
        double all = rate(whole);
        return all > 0 ? 100 * rate(part) / all : Double.NaN;
    }
}
