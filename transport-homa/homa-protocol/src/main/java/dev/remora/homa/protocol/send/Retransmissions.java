package dev.remora.homa.protocol.send;

import java.util.Arrays;

/**
 * What the receiver of one message asked to have again and has not got yet.
 *
 * <p>Kept as a few ranges of whole packets, ascending and disjoint: a receiver asks for gaps, and there are few. The
 * number is bounded, so a storm of RESENDs costs neither memory nor time; what does not fit is asked for again.
 *
 * <p>Each packet leaves at most once in 1 ms, however often it is asked for: a RESEND of 37 bytes can name a megabyte,
 * and without a limit it is an amplifier. The time of the last retransmission is kept per packet rather than a bit
 * per window, since two windows side by side would let the same packet pass twice in a few nanoseconds. The arrays
 * exist only for messages that ever needed a retransmission, and stay with the pooled object.
 */
public final class Retransmissions {
    /** The shortest time between two retransmissions of one packet. */
    public static final long INTERVAL_NS = 1_000_000;

    public static final int MAX_RANGES = 16;

    private static final int[] NO_RANGES = {};
    private static final long[] NO_TIMES = {};

    private final OutgoingMessage message;

    private int[] starts = NO_RANGES;
    private int[] ends = NO_RANGES;
    private int[] levels = NO_RANGES;
    private int ranges;

    /** Per packet, when it was last resent; valid only if {@link #timesValid}. */
    private long[] resentNs = NO_TIMES;

    private boolean timesValid;

    private int start;
    private int end;
    private int level;
    private int incoming;

    Retransmissions(OutgoingMessage message) {
        this.message = message;
    }

    /** Forgets everything; the arrays stay. */
    void clear() {
        ranges = 0;
        timesValid = false;
        start = 0;
        end = 0;
        level = 0;
        incoming = 0;
    }

    public boolean pending() {
        return ranges > 0;
    }

    /**
     * Remembers all packets that overlap [from, to). Bytes outside the message or never sent yet are left out: those
     * will come as first transmissions. So are packets at either end that left less than 1 ms ago.
     *
     * @return false if there was no room left, so the request is lost (the receiver repeats it)
     */
    public boolean onResend(int from, int to, int wantedLevel, long nowNs) {
        int low = Math.max(0, from);
        int high = Math.min(to, message.next);
        if (low >= high) {
            return true;
        }
        low = message.packetStart(low);
        high = Math.min(message.packetEnd(high - 1), message.next);
        while (low < high && resentRecently(message.packetIndex(low), nowNs)) {
            low = message.packetEnd(low);
        }
        while (low < high && resentRecently(message.packetIndex(high - 1), nowNs)) {
            high = message.packetStart(high - 1);
        }
        if (low >= high) {
            return true;
        }
        if (starts.length == 0) {
            starts = new int[MAX_RANGES];
            ends = new int[MAX_RANGES];
            levels = new int[MAX_RANGES];
        }
        return insert(low, high, wantedLevel);
    }

    /** Merges with every range it overlaps or touches; the highest level among them counts for all. */
    private boolean insert(int low, int high, int wantedLevel) {
        int first = 0;
        while (first < ranges && ends[first] < low) {
            first++;
        }
        int last = first;
        int mergedLow = low;
        int mergedHigh = high;
        int mergedLevel = wantedLevel;
        while (last < ranges && starts[last] <= high) {
            mergedLow = Math.min(mergedLow, starts[last]);
            mergedHigh = Math.max(mergedHigh, ends[last]);
            mergedLevel = Math.max(mergedLevel, levels[last]);
            last++;
        }
        if (last == first && ranges == MAX_RANGES) {
            return false;
        }
        shift(last, first + 1);
        starts[first] = mergedLow;
        ends[first] = mergedHigh;
        levels[first] = mergedLevel;
        return true;
    }

    /** Moves the ranges from one index on to another. */
    private void shift(int fromIndex, int toIndex) {
        int count = ranges - fromIndex;
        if (count > 0 && fromIndex != toIndex) {
            System.arraycopy(starts, fromIndex, starts, toIndex, count);
            System.arraycopy(ends, fromIndex, ends, toIndex, count);
            System.arraycopy(levels, fromIndex, levels, toIndex, count);
        }
        ranges = toIndex + count;
    }

    /**
     * Takes the next packet to resend, lowest offset first. Packets resent less than 1 ms ago are dropped, not
     * delayed: the receiver has not seen our answer yet, and asks again if it got lost too.
     *
     * @return false if there is nothing to send; else the packet is described by the getters
     */
    public boolean poll(long nowNs) {
        while (ranges > 0) {
            int at = starts[0];
            int packetEnd = Math.min(message.packetEnd(at), ends[0]);
            level = levels[0];
            incoming = ends[0];
            if (packetEnd >= ends[0]) {
                shift(1, 0);
            } else {
                starts[0] = packetEnd;
            }
            int packet = message.packetIndex(at);
            if (!resentRecently(packet, nowNs)) {
                markResent(packet, nowNs);
                start = at;
                end = packetEnd;
                return true;
            }
        }
        return false;
    }

    private boolean resentRecently(int packet, long nowNs) {
        return timesValid && nowNs - resentNs[packet] < INTERVAL_NS;
    }

    private void markResent(int packet, long nowNs) {
        if (!timesValid) {
            int packets = message.packetCount();
            if (resentNs.length < packets) {
                resentNs = new long[packets];
            }
            Arrays.fill(resentNs, 0, packets, nowNs - INTERVAL_NS);
            timesValid = true;
        }
        resentNs[packet] = nowNs;
    }

    /** First byte of the packet polled last. */
    public int start() {
        return start;
    }

    /** First byte after the packet polled last. */
    public int end() {
        return end;
    }

    /** Level the receiver wants for the packet polled last; not clamped to the number of levels in use. */
    public int level() {
        return level;
    }

    /** End of the range being resent: what the packet polled last announces in its field {@code incoming}. */
    public int incoming() {
        return incoming;
    }
}
