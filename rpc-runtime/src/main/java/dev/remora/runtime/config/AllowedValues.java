package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a setting accepts: as a check of a value and as words for errors and documentation. */
final class AllowedValues {
    private static final long[] DURATION_NS = {
        86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
    };
    private static final String[] DURATION_UNIT = {"d", "h", "m", "s", "ms", "us", "ns"};

    private AllowedValues() {}

    /** What is wrong with the value, without the key; empty if it is allowed. */
    static Optional<String> problem(Setting<?> setting, Object value) {
        boolean allowed = switch (setting.type()) {
            case LONG, BYTES, DURATION -> value instanceof Long n && n >= setting.min() && n <= setting.max();
            // Not written as "outside": NaN must fail too.
            case DOUBLE -> value instanceof Double d && d >= setting.min() && d <= setting.max();
            case BOOLEAN -> value instanceof Boolean;
            case TEXT -> isChoice(setting, value);
            case TEXT_LIST -> value instanceof List<?> list && list.stream().allMatch(text -> isChoice(setting, text));
        };
        return allowed ? Optional.empty() : Optional.of(text(setting, value) + " is not allowed; " + words(setting));
    }

    private static boolean isChoice(Setting<?> setting, @Nullable Object text) {
        return text instanceof String s
                && (setting.choices().isEmpty() || setting.choices().contains(s));
    }

    /** Such as "allowed: a whole number from 1 to 1000 (calls)". */
    static String words(Setting<?> setting) {
        return "allowed: " + range(setting);
    }

    /** Such as "a whole number from 1 to 1000 (calls)". */
    static String range(Setting<?> setting) {
        return switch (setting.type()) {
            case LONG ->
                "a whole number from " + (long) setting.min() + " to " + (long) setting.max()
                        + (setting.unit().isEmpty() ? "" : " (" + setting.unit() + ")");
            case BYTES ->
                "bytes from " + bytesText((long) setting.min()) + " to " + bytesText((long) setting.max())
                        + ", such as 64KiB";
            case DURATION ->
                "a duration from " + durationText((long) setting.min()) + " to " + durationText((long) setting.max())
                        + ", with its unit, such as 20s or 5ms";
            case DOUBLE ->
                "a number from " + setting.min() + " to " + setting.max()
                        + (setting.unit().isEmpty() ? "" : " (" + setting.unit() + ")");
            case BOOLEAN -> "true or false";
            case TEXT -> setting.choices().isEmpty() ? "text" : "one of " + String.join(", ", words(setting.choices()));
            case TEXT_LIST ->
                setting.choices().isEmpty()
                        ? "a list of texts, or one text with commas"
                        : "a list, or one text with commas, of " + String.join(", ", setting.choices());
        };
    }

    private static List<String> words(List<String> choices) {
        return choices.stream().map(c -> c.isEmpty() ? "nothing" : c).toList();
    }

    /** A value as a person would write it. */
    static String text(Setting<?> setting, Object value) {
        return switch (setting.type()) {
            case BYTES -> value instanceof Long n ? bytesText(n) : "'" + value + "'";
            case DURATION -> value instanceof Long n ? durationText(n) : "'" + value + "'";
            case TEXT -> "'" + value + "'";
            case LONG, DOUBLE, BOOLEAN, TEXT_LIST -> String.valueOf(value);
        };
    }

    private static String bytesText(long bytes) {
        String[] units = {"GiB", "MiB", "KiB"};
        for (int i = 0; i < units.length; i++) {
            long unit = 1L << (10 * (units.length - i));
            if (bytes != 0 && bytes % unit == 0) {
                return bytes / unit + units[i];
            }
        }
        return Long.toString(bytes);
    }

    private static String durationText(long ns) {
        for (int i = 0; i < DURATION_NS.length; i++) {
            if (ns != 0 && ns % DURATION_NS[i] == 0) {
                return ns / DURATION_NS[i] + DURATION_UNIT[i];
            }
        }
        return "0";
    }
}
