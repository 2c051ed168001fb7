package dev.remora.testing.fault;

/** Durations as people write them: a whole number and its unit. */
final class Durations {
    private static final String[] UNITS = {"s", "ms", "us", "ns"};
    private static final long[] NS = {1_000_000_000L, 1_000_000L, 1_000L, 1L};

    private Durations() {}

    static String text(long ns) {
        int i = 0;
        while (ns % NS[i] != 0) {
            i++;
        }
        return ns / NS[i] + UNITS[i];
    }

    /** @throws IllegalArgumentException if the text is none */
    static long parse(String text) {
        int digits = 0;
        while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
            digits++;
        }
        for (int i = 0; i < UNITS.length; i++) {
            if (digits > 0 && text.substring(digits).equals(UNITS[i])) {
                try {
                    return Math.multiplyExact(Long.parseLong(text.substring(0, digits)), NS[i]);
                } catch (ArithmeticException | NumberFormatException e) {
                    throw new IllegalArgumentException("'" + text + "' is too long a time", e);
                }
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no duration; write such as 20ms, with s, ms, us or ns");
    }
}
