package dev.remora.bench.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.IntCountsHistogram;

/**
 * What one run of a load has measured, or several clients' together. Latencies go from when a call was due to the end of its
 * response; those of calls that failed are not among them, those of unfinished ones are, with their age when the wait was over:
 * at least that long. Nobody changes it once a loop has returned it.
 */
public final class LoadRecord {
    static final int MAX_TEXTS = 5;
    static final int MAX_TEXT_LENGTH = 300;

    private final SizeBins bins;
    private final long measureNs;
    private final LoadTotals totals;
    private final IntCountsHistogram[] latency;
    private final IntCountsHistogram lag;
    private final LoadSecond[] seconds;
    private final List<String> failureMessages;
    private final List<String> notes;

    /** Takes the arrays. */
    LoadRecord(
            SizeBins bins,
            long measureNs,
            LoadTotals totals,
            IntCountsHistogram[] latency,
            IntCountsHistogram lag,
            LoadSecond[] seconds,
            List<String> failureMessages,
            List<String> notes) {
        this.bins = bins;
        this.measureNs = measureNs;
        this.totals = totals;
        this.latency = latency;
        this.lag = lag;
        this.seconds = seconds;
        this.failureMessages = List.copyOf(failureMessages);
        this.notes = List.copyOf(notes);
        if (latency.length != bins.count() || seconds.length != seconds(measureNs)) {
            throw new IllegalArgumentException(latency.length + " histograms for " + bins.count() + " bins, "
                    + seconds.length + " seconds for " + measureNs + " ns");
        }
        long values =
                Stream.of(latency).mapToLong(AbstractHistogram::getTotalCount).sum();
        if (values != totals.calls() + totals.unfinished()) {
            throw new IllegalArgumentException(values + " latencies for " + totals.calls() + " calls and "
                    + totals.unfinished() + " unfinished ones");
        }
    }

    /** How many seconds have a part in so many nanoseconds. */
    static int seconds(long ns) {
        return Math.toIntExact(Math.ceilDiv(ns, 1_000_000_000L));
    }

    /**
     * This and what another client measured at the same time, as if one had made all the calls.
     *
     * @throws IllegalArgumentException if the other had another distribution or measured for another time
     */
    public LoadRecord merge(LoadRecord other) {
        if (!bins.sameAs(other.bins) || measureNs != other.measureNs) {
            throw new IllegalArgumentException("records of " + bins.name() + " over " + measureNs + " ns and of "
                    + other.bins.name() + " over " + other.measureNs
                    + " ns cannot be merged: give all clients the same sizes and the same measured time");
        }
        IntCountsHistogram[] bothLatency = new IntCountsHistogram[latency.length];
        for (int i = 0; i < latency.length; i++) {
            bothLatency[i] = latency[i].copy();
            bothLatency[i].add(other.latency[i]);
        }
        LoadSecond[] bothSeconds = new LoadSecond[seconds.length];
        for (int i = 0; i < seconds.length; i++) {
            bothSeconds[i] = seconds[i].plus(other.seconds[i]);
        }
        IntCountsHistogram bothLag = lag.copy();
        bothLag.add(other.lag);
        return new LoadRecord(
                bins,
                measureNs,
                totals.plus(other.totals),
                bothLatency,
                bothLag,
                bothSeconds,
                firstOf(failureMessages, other.failureMessages),
                firstOf(notes, other.notes));
    }

    private static List<String> firstOf(List<String> some, List<String> others) {
        return Stream.concat(some.stream(), others.stream())
                .distinct()
                .limit(MAX_TEXTS)
                .toList();
    }

    /**
     * Writes it to a file, for {@link #read} of the same release.
     *
     * @throws java.io.UncheckedIOException if that fails
     */
    public void write(Path file) {
        LoadFile.write(this, file);
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the file is no such record, or damaged
     * @throws java.io.UncheckedIOException if it cannot be read
     */
    public static LoadRecord read(Path file) {
        return LoadFile.read(file);
    }

    /** Bins of the requests' sizes. */
    public SizeBins bins() {
        return bins;
    }

    public long measureNs() {
        return measureNs;
    }

    public LoadTotals totals() {
        return totals;
    }

    /** How late calls began, a quantile from 0 to 1; without those delayed, for which the generator is not to blame. */
    public double lagUs(double quantile) {
        return Latencies.us(lag, quantile);
    }

    /** Seconds of the measured time, from its start. */
    public List<LoadSecond> seconds() {
        return List.of(seconds);
    }

    /** Calls that ended well within the measured time, per second. */
    public double callsPerSecond() {
        return Stream.of(seconds).mapToLong(LoadSecond::calls).sum() * 1e9 / measureNs;
    }

    /** Message bytes delivered within the measured time, both directions, in Mbit/s. */
    public double goodputMbps() {
        return Stream.of(seconds).mapToLong(LoadSecond::bytes).sum() * 8e3 / measureNs;
    }

    /** Message bytes asked for, both directions, in Mbit/s. */
    public double offeredMbps() {
        return totals.dueBytes() * 8e3 / measureNs;
    }

    /** Of the first few failures, without repetition. */
    public List<String> failureMessages() {
        return failureMessages;
    }

    /** What else a reader must know, whole sentences. */
    public List<String> notes() {
        return notes;
    }

    IntCountsHistogram latency(int bin) {
        return latency[bin];
    }

    IntCountsHistogram lag() {
        return lag;
    }

    /** A text as it may be kept. */
    static String shortened(String text) {
        return text.length() <= MAX_TEXT_LENGTH ? text : text.substring(0, MAX_TEXT_LENGTH - 3) + "...";
    }

    /** The texts, and that one if it is new and there is room. */
    static List<String> with(List<String> texts, String text) {
        String kept = shortened(text);
        if (texts.size() >= MAX_TEXTS || texts.contains(kept)) {
            return texts;
        }
        List<String> more = new ArrayList<>(texts);
        more.add(kept);
        return more;
    }
}
