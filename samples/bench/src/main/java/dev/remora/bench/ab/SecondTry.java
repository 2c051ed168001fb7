package dev.remora.bench.ab;

import dev.remora.bench.process.ChildFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures once more what others have disturbed. What decides is how much of the machine they took, never what was measured; the
 * second try counts, whatever it brings.
 */
final class SecondTry {
    private final List<String> notes = new ArrayList<>();

    /** One measurement. */
    @FunctionalInterface
    interface Measurement<T> {
        T run() throws ChildFailure, InterruptedException;
    }

    /**
     * @param what in the note about a second try
     * @param disturbances of a result, as sentences
     */
    <T> T measure(String what, Measurement<T> measurement, Function<T, List<String>> disturbances)
            throws ChildFailure, InterruptedException {
        T first = measurement.run();
        List<String> disturbed = disturbances.apply(first);
        if (disturbed.isEmpty()) {
            return first;
        }
        notes.add("Measured twice, the first time is left out: " + what + ". " + String.join(" ", disturbed));
        return measurement.run();
    }

    /** One for each second try. */
    List<String> notes() {
        return List.copyOf(notes);
    }
}
