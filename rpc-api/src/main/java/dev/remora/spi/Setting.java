package dev.remora.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One knob, declared in one line: name, default, unit, reason. Values are checked against {@code min} and {@code max}
 * (inclusive, in the type's own unit: bytes, nanoseconds, plain number) or against {@code choices}.
 *
 * @param name path below the owner's root, words joined by '-', levels by '.', such as {@code keepalive.interval}
 * @param type how the text is read
 * @param defaultText default as it would stand in the configuration
 * @param unit what a bare number means, empty if nothing
 * @param reason why it exists and why this default
 * @param min smallest value; ignored for text and booleans
 * @param max largest value; ignored for text and booleans
 * @param choices the allowed texts; empty if free
 * @param <T> type of the value: Long for LONG, BYTES and DURATION (nanoseconds), else as named
 */
public record Setting<T>(
        String name,
        Type type,
        String defaultText,
        String unit,
        String reason,
        double min,
        double max,
        List<String> choices) {

    /** How the text of a setting is read. */
    public enum Type {
        /** a whole number */
        LONG,
        /** a number of bytes, such as 64KiB; value in bytes */
        BYTES,
        /** a duration, such as 20s; value in nanoseconds */
        DURATION,
        DOUBLE,
        BOOLEAN,
        TEXT,
        /** a list of texts */
        TEXT_LIST
    }

    public Setting {
        choices = List.copyOf(choices);
    }

    public static Setting<Long> number(String name, long value, long min, long max, String unit, String reason) {
        return new Setting<>(name, Type.LONG, Long.toString(value), unit, reason, min, max, List.of());
    }

    /** @param value such as {@code 4MiB}; min and max in bytes */
    public static Setting<Long> bytes(String name, String value, long min, long max, String reason) {
        return new Setting<>(name, Type.BYTES, value, "bytes", reason, min, max, List.of());
    }

    /** @param value such as {@code 20s}; min and max in nanoseconds */
    public static Setting<Long> duration(String name, String value, long minNs, long maxNs, String reason) {
        return new Setting<>(name, Type.DURATION, value, "duration", reason, minNs, maxNs, List.of());
    }

    public static Setting<Double> real(String name, double value, double min, double max, String unit, String reason) {
        return new Setting<>(name, Type.DOUBLE, Double.toString(value), unit, reason, min, max, List.of());
    }

    public static Setting<Boolean> flag(String name, boolean value, String reason) {
        return new Setting<>(name, Type.BOOLEAN, Boolean.toString(value), "", reason, 0, 0, List.of());
    }

    /** @param value empty for "not set" */
    public static Setting<String> text(String name, String value, String reason, String... choices) {
        return new Setting<>(name, Type.TEXT, value, "", reason, 0, 0, List.of(choices));
    }

    public static Setting<List<String>> texts(String name, String reason) {
        return new Setting<>(name, Type.TEXT_LIST, "[]", "", reason, 0, 0, List.of());
    }

    /**
     * @param value the default, texts separated by commas
     * @param choices the texts that may stand in the list, each at most once; any if there are none
     */
    public static Setting<List<String>> texts(String name, String value, String reason, List<String> choices) {
        return new Setting<>(name, Type.TEXT_LIST, value, "", reason, 0, 0, choices);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Setting<?> s && s.name.equals(name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }
}
