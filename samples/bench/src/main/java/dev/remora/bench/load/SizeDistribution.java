package dev.remora.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How large messages are. Discrete: only the {@link #sizes} occur, nothing between them. Immutable, for any thread.
 *
 * <p>W1 to W5 are those of SIGCOMM'18, as the Homa kernel module ships them.
 */
public final class SizeDistribution {
    public static final List<String> WORKLOADS = List.of("w1", "w2", "w3", "w4", "w5");

    private final String name;
    private final int[] sizes;
    /** Fraction of the messages that have this size or a smaller one; the last is 1. */
    private final double[] cumulative;

    /** Takes both arrays, which {@link SizeTable} has checked or which follow from such. */
    SizeDistribution(String name, int[] sizes, double[] cumulative) {
        this.name = name;
        this.sizes = sizes;
        this.cumulative = cumulative;
    }

    /**
     * One of {@link #WORKLOADS}, uncut: sizes of W2 to W5 exceed what a Homa message can be, see {@link #cutAt}.
     *
     * @throws IllegalArgumentException if there is no such workload
     */
    public static SizeDistribution workload(String name) {
        String key = name.toLowerCase(Locale.ROOT);
        if (!WORKLOADS.contains(key)) {
            throw new IllegalArgumentException("no workload '" + name + "'; there are " + String.join(", ", WORKLOADS));
        }
        try (InputStream in = SizeDistribution.class.getResourceAsStream(key + ".csv")) {
            if (in == null) {
                throw new IllegalStateException(key + ".csv is missing from the benchmark's jar: build it again");
            }
            return SizeTable.read(
                    key, key + ".csv", new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All messages of one size, of at least 1 byte. */
    public static SizeDistribution fixed(int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("messages of " + bytes + " bytes: a size is 1 at least");
        }
        return new SizeDistribution("fixed-" + bytes, new int[] {bytes}, new double[] {1});
    }

    /**
     * The user's own: a CSV file whose header row says which of two forms it has. {@code size_bytes,cumulative_fraction}:
     * sizes and fractions ascend, the last fraction is 1. {@code size_bytes,count}: a histogram, in any order. Empty lines
     * and those that begin with {@code #} are skipped. Its name is the file's, without the ending.
     *
     * @throws IllegalArgumentException if the file is not of that form; the message has the line and how to mend it
     * @throws UncheckedIOException if it cannot be read
     */
    public static SizeDistribution read(Path file) {
        Path last = file.getFileName();
        String name = last == null ? "sizes" : last.toString().replaceFirst("\\.[^.]*$", "");
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return SizeTable.read(name, file.toString(), reader);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the sizes in " + file + " cannot be read: check that it exists and is a text file", e);
        }
    }

    /** The same with {@code maxBytes} in place of every larger size, under the same name. */
    public SizeDistribution cutAt(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("cut at " + maxBytes + " bytes: a size is 1 at least");
        }
        int kept = 0;
        while (kept < sizes.length && sizes[kept] < maxBytes) {
            kept++;
        }
        if (kept >= sizes.length - 1 && sizes[sizes.length - 1] <= maxBytes) {
            return this;
        }
        int[] cutSizes = Arrays.copyOf(sizes, kept + 1);
        double[] cutCumulative = Arrays.copyOf(cumulative, kept + 1);
        cutSizes[kept] = maxBytes;
        cutCumulative[kept] = 1;
        return new SizeDistribution(name, cutSizes, cutCumulative);
    }

    /** For reports: {@code w1} to {@code w5}, {@code fixed-1024}, or the name of the user's file. */
    public String name() {
        return name;
    }

    /** The size below which that fraction of the messages lies: with u drawn evenly from [0, 1), the size of a message. */
    public int sizeAt(double u) {
        int at = Arrays.binarySearch(cumulative, u);
        // A row ends at its fraction, which is the next row's first.
        int row = at >= 0 ? at + 1 : -at - 1;
        return sizes[Math.min(row, sizes.length - 1)];
    }

    /** Of a message. */
    public double meanBytes() {
        double sum = 0;
        for (int i = 0; i < sizes.length; i++) {
            sum += share(i) * sizes[i];
        }
        return sum;
    }

    /** Fraction of the messages that are of that size or smaller. */
    public double fractionUpTo(long bytes) {
        int at = Arrays.binarySearch(sizes, Math.clamp(bytes, 0, Integer.MAX_VALUE));
        int row = at >= 0 ? at : -at - 2;
        return row < 0 ? 0 : cumulative[row];
    }

    /** Those that occur, ascending; a copy. */
    public int[] sizes() {
        return sizes.clone();
    }

    /** How many sizes occur. */
    int count() {
        return sizes.length;
    }

    int size(int index) {
        return sizes[index];
    }

    double cumulative(int index) {
        return index < 0 ? 0 : cumulative[index];
    }

    /** Fraction of the messages that have this very size. */
    double share(int index) {
        return cumulative[index] - cumulative(index - 1);
    }

    @Override
    public String toString() {
        return name;
    }
}
