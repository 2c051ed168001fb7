package dev.remora.spi;

import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * One number that a transport counts or measures, told once with its unit and meaning.
 *
 * @param name words of lower-case letters and digits joined by '-', levels joined by '.', such as {@code
 *     protocol.packets-sent-data}. A level that is a number tells things of one kind apart: {@code engine.0.parks} is the
 *     engine with number 0, {@code level.7.bytes} the priority level 7. At most {@value #MAX_NAME} characters, and the
 *     first level is a word
 * @param kind whether it only grows
 * @param unit what one of it is, in the plural, such as {@code bytes}; empty if it is a bare number
 * @param meaning what is counted, in a line of plain English without full stop
 * @param value read by any thread, at any time until the end of the process; must neither block nor throw
 */
public record TransportMetric(String name, Kind kind, String unit, String meaning, LongSupplier value) {
    /** Longest name, in characters. */
    public static final int MAX_NAME = 200;

    // One word or number per level; no nested repetition, so that no name takes long to refuse.
    private static final Pattern LEVEL = Pattern.compile("[a-z0-9]++(?:-[a-z0-9]++)*+");

    /** How a metric moves. */
    public enum Kind {
        /** Counts from 0 since the transport was made, and never goes back. */
        COUNTER,
        /** What is so at this moment; goes up and down. */
        GAUGE
    }

    /** @throws IllegalArgumentException if the name is not as told above */
    public TransportMetric {
        if (!isName(name)) {
            throw new IllegalArgumentException("'" + name + "' is no name of a transport metric: it takes words of a-z"
                    + " and 0-9 joined by '-', levels joined by '.', the first a word, such as engine.0.busy-rounds, and"
                    + " at most " + MAX_NAME + " characters");
        }
    }

    /** A {@link Kind#COUNTER}. */
    public static TransportMetric counter(String name, String unit, String meaning, LongSupplier value) {
        return new TransportMetric(name, Kind.COUNTER, unit, meaning, value);
    }

    /** A {@link Kind#GAUGE}. */
    public static TransportMetric gauge(String name, String unit, String meaning, LongSupplier value) {
        return new TransportMetric(name, Kind.GAUGE, unit, meaning, value);
    }

    private static boolean isName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME || !Character.isLetter(name.charAt(0))) {
            return false;
        }
        int begin = 0;
        while (true) {
            int dot = name.indexOf('.', begin);
            int end = dot < 0 ? name.length() : dot;
            if (!LEVEL.matcher(name).region(begin, end).matches()) {
                return false;
            }
            if (dot < 0) {
                return true;
            }
            begin = dot + 1;
        }
    }
}
