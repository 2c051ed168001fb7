package dev.remora.dpdk.doctor;

import java.util.Locale;

/** Numbers as /proc and /sys write them. */
final class Numbers {
    private static final long KIB = 1024;

    private Numbers() {}

    /** A whole number, or another value if the text is none. */
    static long number(String text, long otherwise) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** How many numbers a list such as {@code 0-3,8} has. */
    static int count(String list) {
        int count = 0;
        for (String part : list.strip().split(",", -1)) {
            int hyphen = part.indexOf('-');
            long first = number(hyphen < 0 ? part : part.substring(0, hyphen), -1);
            long last = hyphen < 0 ? first : number(part.substring(hyphen + 1), -1);
            if (first >= 0 && last >= first) {
                count += (int) Math.min(1 << 20, last - first + 1);
            }
        }
        return count;
    }

    /** With the unit that reads best: {@code 2 MB}, {@code 1 GB}. */
    static String bytes(long bytes) {
        String[] units = {"bytes", "kB", "MB", "GB", "TB"};
        double value = bytes;
        int unit = 0;
        while (value >= KIB && unit < units.length - 1) {
            value /= KIB;
            unit++;
        }
        boolean whole = value == Math.rint(value) || value >= 100;
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", value, units[unit]);
    }

    /** {@code 1 page}, {@code 2 pages}. */
    static String plural(long count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }
}
