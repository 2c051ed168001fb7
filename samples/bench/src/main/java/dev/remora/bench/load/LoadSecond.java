package dev.remora.bench.load;

import org.HdrHistogram.IntCountsHistogram;

/**
 * Calls that ended well in one second of the measured time, whenever they began: what was delivered in it. The last second of a
 * measured time of, say, 2.5 s is half a second long.
 */
public final class LoadSecond {
    /** As there is one per second, two digits must do: some 12 KB. */
    private static final int DIGITS = 2;

    private long calls;
    private long bytes;
    private final IntCountsHistogram shortLatency;

    LoadSecond() {
        this(0, 0, newHistogram());
    }

    LoadSecond(long calls, long bytes, IntCountsHistogram shortLatency) {
        this.calls = calls;
        this.bytes = bytes;
        this.shortLatency = shortLatency;
    }

    static IntCountsHistogram newHistogram() {
        return new IntCountsHistogram(Latencies.MAX_UNITS, DIGITS);
    }

    void add(long messageBytes, boolean isShort, long latencyNs) {
        calls++;
        bytes += messageBytes;
        if (isShort) {
            Latencies.record(shortLatency, latencyNs);
        }
    }

    LoadSecond plus(LoadSecond other) {
        IntCountsHistogram both = shortLatency.copy();
        both.add(other.shortLatency);
        return new LoadSecond(calls + other.calls, bytes + other.bytes, both);
    }

    public long calls() {
        return calls;
    }

    /** Of requests and responses. */
    public long bytes() {
        return bytes;
    }

    /** Of the calls whose requests belong to the shortest half; 0 if there was none. */
    public double shortP99Us() {
        return Latencies.us(shortLatency, 0.99);
    }

    IntCountsHistogram shortLatency() {
        return shortLatency;
    }
}
