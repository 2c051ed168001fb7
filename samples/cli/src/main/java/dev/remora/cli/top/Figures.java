package dev.remora.cli.top;

import java.util.Locale;

/** Numbers and names as tables show them. What is not known is a dash. */
final class Figures {
    static final String UNKNOWN = "-";

    private static final String[] THOUSANDS = {"", "k", "M", "G", "T"};

    private Figures() {}

    /** Such as 0.5, 123, 12.3k. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return UNKNOWN;
        }
        return scaled(value, "");
    }

    /** A count that is whole below a thousand. */
    static String whole(double value) {
        return Math.abs(value) < 1000 ? String.format(Locale.ROOT, "%.0f", value) : number(value);
    }

    /** In decimal units, such as 12.3 MB. */
    static String bytes(double value) {
        return Double.isFinite(value) ? scaled(value, " ") + "B" : UNKNOWN;
    }

    static String percent(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.0f %%", value) : UNKNOWN;
    }

    /** A time in seconds, such as 12.3 ms. */
    static String time(double seconds) {
        if (!Double.isFinite(seconds) || seconds < 0) {
            return UNKNOWN;
        }
        if (seconds < 1e-3) {
            return String.format(Locale.ROOT, "%.1f us", seconds * 1e6);
        }
        return seconds < 1
                ? String.format(Locale.ROOT, "%.2f ms", seconds * 1e3)
                : String.format(Locale.ROOT, "%.2f s", Math.min(seconds, 9999));
    }

    private static String scaled(double value, String gap) {
        double left = value;
        int unit = 0;
        while (Math.abs(left) >= 999.95 && unit < THOUSANDS.length - 1) {
            left /= 1000;
            unit++;
        }
        if (Math.abs(left) >= 10_000) {
            return String.format(Locale.ROOT, "%.0e", value) + gap;
        }
        String format = unit == 0 && Math.abs(left) >= 99.95 ? "%.0f" : "%.1f";
        return String.format(Locale.ROOT, format, left) + gap + THOUSANDS[unit];
    }

    /**
     * Text of a process, made safe for a terminal: only printable ASCII, for anything else could be a control sequence,
     * and no longer than {@code width}.
     */
    static String text(String text, int width) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && safe.length() < width; i++) {
            char c = text.charAt(i);
            safe.append(c >= ' ' && c <= '~' ? c : '?');
        }
        if (text.length() > width && width > 2) {
            safe.replace(width - 2, width, "..");
        }
        return safe.toString();
    }
}
