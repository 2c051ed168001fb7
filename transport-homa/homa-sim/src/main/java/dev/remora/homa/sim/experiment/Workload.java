package dev.remora.homa.sim.experiment;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A distribution of message sizes, one of W1 to W5 of SIGCOMM'18 as the Homa kernel module ships them. Sizes are cut at
 * 1,000,000 bytes, the longest message there is. Discrete: sizes between two rows do not occur.
 */
public final class Workload {
    public static final List<String> NAMES = List.of("w1", "w2", "w3", "w4", "w5");
    public static final int MAX_BYTES = 1_000_000;

    private final String name;
    private final int[] sizes;
    /** Fraction of messages with this size or a smaller one. */
    private final double[] cumulative;

    private Workload(String name, int[] sizes, double[] cumulative) {
        this.name = name;
        this.sizes = sizes;
        this.cumulative = cumulative;
    }

    /**
     * @throws IllegalArgumentException when there is no such workload
     */
    public static Workload named(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        if (!NAMES.contains(key)) {
            throw new IllegalArgumentException("no workload '" + name + "'; known: " + String.join(", ", NAMES));
        }
        try (InputStream in = Workload.class.getResourceAsStream(key + ".csv")) {
            if (in == null) {
                throw new IllegalStateException(key + ".csv is missing from the module");
            }
            return read(key, new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Messages of one size. */
    public static Workload fixed(int sizeBytes) {
        return new Workload("fixed-" + sizeBytes, new int[] {sizeBytes}, new double[] {1});
    }

    private static Workload read(String name, BufferedReader reader) throws IOException {
        List<String[]> rows = reader.lines()
                .skip(1)
                .filter(line -> !line.isBlank())
                .map(line -> line.trim().split(",", -1))
                .toList();
        int[] sizes = new int[rows.size()];
        double[] cumulative = new double[rows.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = (int) Math.min(MAX_BYTES, Long.parseLong(rows.get(i)[0]));
            cumulative[i] = Double.parseDouble(rows.get(i)[1]);
        }
        return new Workload(name, sizes, cumulative);
    }

    public String name() {
        return name;
    }

    /** The size below which that fraction of the messages lies, 0 &lt;= fraction &lt; 1. */
    public int sizeAt(double fraction) {
        int at = Arrays.binarySearch(cumulative, fraction);
        // A fraction equal to a row's belongs to the next row: the row's own end at it, exclusively.
        int row = at >= 0 ? at + 1 : -at - 1;
        return sizes[Math.min(row, sizes.length - 1)];
    }

    /** Mean of a function of the size. */
    public double mean(SizeFunction function) {
        double sum = 0;
        double before = 0;
        for (int i = 0; i < sizes.length; i++) {
            sum += (cumulative[i] - before) * function.apply(sizes[i]);
            before = cumulative[i];
        }
        return sum;
    }

    public double meanBytes() {
        return mean(size -> size);
    }

    /** A number that follows from a message's size. */
    @FunctionalInterface
    public interface SizeFunction {
        double apply(int sizeBytes);
    }
}
