package dev.remora.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a table of sizes, line by line, and says which line is wrong. */
final class SizeTable {
    static final String CUMULATIVE = "size_bytes,cumulative_fraction";
    static final String COUNTS = "size_bytes,count";

    private static final int MAX_SIZES = 100_000;
    /** Fractions are written with some digits only. */
    private static final double ROUNDING = 1e-6;

    private final String name;
    private final String source;
    private final BufferedReader reader;
    private int lineNumber;

    private SizeTable(String name, String source, BufferedReader reader) {
        this.name = name;
        this.source = source;
        this.reader = reader;
    }

    /**
     * @param source for messages
     * @throws IllegalArgumentException with the line number, if it is no such table
     */
    static SizeDistribution read(String name, String source, BufferedReader reader) throws IOException {
        return new SizeTable(name, source, reader).read();
    }

    private SizeDistribution read() throws IOException {
        String header = nextLine();
        String columns = header == null ? "" : header.replaceAll("\\s", "");
        return switch (columns) {
            case CUMULATIVE -> readCumulative();
            case COUNTS -> readCounts();
            default ->
                throw wrong("the first row is '" + columns + "'", "make it '" + CUMULATIVE + "' or '" + COUNTS + "'");
        };
    }

    private SizeDistribution readCumulative() throws IOException {
        TreeMap<Integer, Double> shares = new TreeMap<>();
        double before = 0;
        for (String[] row = nextRow(); row != null; row = nextRow()) {
            int size = size(row[0]);
            if (!shares.isEmpty() && size <= shares.lastKey()) {
                throw wrong("size " + size + " after " + shares.lastKey(), "sort the rows by size, each size once");
            }
            double fraction = fraction(row[1]);
            if (fraction < before) {
                throw wrong(
                        "fraction " + row[1] + " after " + before,
                        "a fraction counts all messages up to this size, so it cannot fall");
            }
            shares.put(size, fraction - before);
            checkCount(shares);
            before = fraction;
        }
        if (before < 1 - ROUNDING) {
            throw wrong("the last fraction is " + before, "end with the largest size and fraction 1");
        }
        return distribution(shares);
    }

    private SizeDistribution readCounts() throws IOException {
        TreeMap<Integer, Double> counts = new TreeMap<>();
        for (String[] row = nextRow(); row != null; row = nextRow()) {
            counts.merge(size(row[0]), messages(row[1]), Double::sum);
            checkCount(counts);
        }
        return distribution(counts);
    }

    /** Weights of any sum; sizes that do not occur are left out. */
    private SizeDistribution distribution(TreeMap<Integer, Double> weights) {
        weights.values().removeIf(weight -> weight <= 0);
        if (weights.isEmpty()) {
            throw wrong("no size occurs", "add a row for each size of message");
        }
        double total =
                weights.values().stream().mapToDouble(Double::doubleValue).sum();
        int[] sizes = new int[weights.size()];
        double[] cumulative = new double[weights.size()];
        double sum = 0;
        int i = 0;
        for (Map.Entry<Integer, Double> entry : weights.entrySet()) {
            sum += entry.getValue();
            sizes[i] = entry.getKey();
            cumulative[i] = Math.min(1, sum / total);
            i++;
        }
        cumulative[sizes.length - 1] = 1;
        return new SizeDistribution(name, sizes, cumulative);
    }

    private int size(String text) {
        try {
            int size = Integer.parseInt(text);
            if (size >= 1) {
                return size;
            }
        } catch (NumberFormatException e) {
            throw wrong("size '" + text + "'", "write whole bytes, 1 to " + Integer.MAX_VALUE, e);
        }
        throw wrong("size '" + text + "'", "write whole bytes, 1 to " + Integer.MAX_VALUE);
    }

    private double fraction(String text) {
        double fraction = number(text, "a fraction from 0 to 1, such as 0.25");
        if (fraction >= 0 && fraction <= 1 + ROUNDING) {
            return fraction;
        }
        throw wrong("fraction '" + text + "'", "write a fraction from 0 to 1, such as 0.25");
    }

    private double messages(String text) {
        double count = number(text, "how many messages have this size, 0 or more");
        if (count >= 0 && count <= Long.MAX_VALUE) {
            return count;
        }
        throw wrong("count '" + text + "'", "write how many messages have this size, 0 or more");
    }

    private double number(String text, String mend) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw wrong("'" + text + "' is no number", "write " + mend, e);
        }
    }

    private void checkCount(Map<Integer, Double> sizes) {
        if (sizes.size() > MAX_SIZES) {
            throw wrong("more than " + MAX_SIZES + " sizes", "merge sizes that are close to each other");
        }
    }

    private String @Nullable [] nextRow() throws IOException {
        String line = nextLine();
        if (line == null) {
            return null;
        }
        String[] row = line.split(",", -1);
        if (row.length != 2) {
            throw wrong(row.length + " columns", "write a size, a comma and a number");
        }
        return new String[] {row[0].strip(), row[1].strip()};
    }

    private @Nullable String nextLine() throws IOException {
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lineNumber++;
            String stripped = line.strip();
            if (!stripped.isEmpty() && !stripped.startsWith("#")) {
                return stripped;
            }
        }
        return null;
    }

    private IllegalArgumentException wrong(String what, String mend) {
        return new IllegalArgumentException(source + ", line " + lineNumber + ": " + what + "; " + mend);
    }

    private IllegalArgumentException wrong(String what, String mend, Throwable cause) {
        return new IllegalArgumentException(source + ", line " + lineNumber + ": " + what + "; " + mend, cause);
    }
}
