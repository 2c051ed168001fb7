package dev.remora.bench.testbed;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads numbers with a unit, as people write them on the command line. */
public final class SizeReader {
    // Bounded, so that no product overflows.
    private static final Pattern NUMBER = Pattern.compile("([0-9]{1,9})([a-z]*)");

    private SizeReader() {}

    /** A rate in Mbit/s: {@code 200mbit}, {@code 1gbit} or {@code 200}. */
    public static final class Rate implements ITypeConverter<Integer> {
        private static final Map<String, Long> UNITS = Map.of("", 1L, "mbit", 1L, "gbit", 1000L);

        @Override
        public Integer convert(String text) {
            return read(text, UNITS, "a rate, such as 200mbit or 1gbit");
        }
    }

    /** Bytes: {@code 128k} is 128000, {@code 128ki} 131072. */
    public static final class Bytes implements ITypeConverter<Integer> {
        private static final Map<String, Long> UNITS =
                Map.of("", 1L, "k", 1000L, "m", 1_000_000L, "ki", 1L << 10, "mi", 1L << 20);

        @Override
        public Integer convert(String text) {
            return read(text, UNITS, "a number of bytes, such as 128k (128000) or 128ki (131072)");
        }
    }

    private static int read(String text, Map<String, Long> units, String wanted) {
        Matcher number = NUMBER.matcher(text.toLowerCase(Locale.ROOT));
        Long unit = number.matches() ? units.get(number.group(2)) : null;
        long value = unit == null ? -1 : Long.parseLong(number.group(1)) * unit;
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new TypeConversionException("'" + text + "' is not " + wanted);
        }
        return (int) value;
    }
}
