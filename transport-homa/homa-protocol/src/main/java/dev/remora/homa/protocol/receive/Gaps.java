package dev.remora.homa.protocol.receive;

import java.util.Arrays;

/**
 * Which bytes of a message are still missing.
 *
 * <p>Kept is what is missing, not what has arrived: without loss the list is empty, and the gaps are what a RESEND asks
 * for. They are disjoint, ascending, not empty and lie below {@link #recvEnd()}; all from there on is missing too.
 *
 * <p>The Linux kernel module drops a piece that reaches over the edge of a gap as a whole, which never ends if a sender
 * cuts its retransmissions differently (after a change of the path's MTU). Here the missing part of any piece counts,
 * and the first copy of a byte wins.
 *
 * <p>The number of gaps is bounded, since a sender of every second packet would else own our memory. At the bound a
 * piece that would add a gap is refused; the ones that fill or shrink gaps are not, so the message still completes.
 */
public final class Gaps {
    /** The most gaps of a message. */
    public static final int MAX_GAPS = 512;

    /** Of {@link #add(int, int)}: nothing recorded, for want of a gap or because the piece is not of the message. */
    public static final int REFUSED = -1;

    private static final PieceSink NOWHERE = (from, to) -> {};

    private int[] starts = new int[8];
    private int[] ends = new int[8];
    private int count;
    private int length;
    private int recvEnd;
    private int received;

    /** Begins a message of that many bytes, none of them received. */
    public void reset(int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a message of " + length + " bytes");
        }
        this.length = length;
        count = 0;
        recvEnd = 0;
        received = 0;
    }

    /** As {@link #add(int, int, PieceSink)} for one who has no use for the ranges. */
    public int add(int start, int end) {
        return add(start, end, NOWHERE);
    }

    /**
     * Records the bytes [start, end) as received.
     *
     * @param sink is told each range of them that was missing, ascending; must not call back
     * @return how many were missing, 0 for a duplicate or an empty piece, {@link #REFUSED} if nothing was recorded
     */
    public int add(int start, int end, PieceSink sink) {
        if (start < 0 || start > end || end > length) {
            return REFUSED;
        }
        if (start == end) {
            return 0;
        }
        if (start > recvEnd && count == MAX_GAPS) {
            return REFUSED;
        }
        int added = start < recvEnd ? fill(start, end, sink) : 0;
        if (added == REFUSED) {
            return REFUSED;
        }
        if (end > recvEnd) {
            int from = Math.max(start, recvEnd);
            sink.piece(from, end);
            if (start > recvEnd) {
                insert(count, recvEnd, start);
            }
            recvEnd = end;
            added += end - from;
        }
        received += added;
        return added;
    }

    /** Bytes of the message in all. */
    public int length() {
        return length;
    }

    /** Distinct bytes received. */
    public int received() {
        return received;
    }

    /** Bytes still missing. */
    public int remaining() {
        return length - received;
    }

    /** True once every byte is there. */
    public boolean complete() {
        return received == length;
    }

    /** One above the highest byte received. */
    public int recvEnd() {
        return recvEnd;
    }

    /** Number of gaps below {@link #recvEnd()}. */
    public int gapCount() {
        return count;
    }

    /** The first missing byte of a gap; the gaps ascend. */
    public int gapStart(int index) {
        check(index);
        return starts[index];
    }

    /** One above the last missing byte of a gap. */
    public int gapEnd(int index) {
        check(index);
        return ends[index];
    }

    private void check(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("gap " + index + " of " + count);
        }
    }

    private int fill(int start, int end, PieceSink sink) {
        int first = firstEndingAfter(start);
        if (first == count || starts[first] >= end) {
            return 0;
        }
        boolean keepsHead = starts[first] < start;
        if (keepsHead && ends[first] > end) {
            if (count == MAX_GAPS) {
                return REFUSED;
            }
            sink.piece(start, end);
            insert(first + 1, end, ends[first]);
            ends[first] = start;
            return end - start;
        }
        int added = 0;
        int past = first;
        for (; past < count && starts[past] < end; past++) {
            int from = Math.max(start, starts[past]);
            int to = Math.min(end, ends[past]);
            sink.piece(from, to);
            added += to - from;
        }
        // The gaps first..past-1 are touched; all but a kept head and a kept tail go.
        int last = past - 1;
        int removeFrom = keepsHead ? first + 1 : first;
        int removeTo = past;
        if (ends[last] > end) {
            starts[last] = end;
            removeTo = last;
        }
        if (keepsHead) {
            ends[first] = start;
        }
        remove(removeFrom, removeTo);
        return added;
    }

    private int firstEndingAfter(int offset) {
        int low = 0;
        int high = count;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (ends[middle] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    private void insert(int at, int start, int end) {
        if (count == starts.length) {
            starts = Arrays.copyOf(starts, Math.min(MAX_GAPS, 2 * count));
            ends = Arrays.copyOf(ends, Math.min(MAX_GAPS, 2 * count));
        }
        System.arraycopy(starts, at, starts, at + 1, count - at);
        System.arraycopy(ends, at, ends, at + 1, count - at);
        starts[at] = start;
        ends[at] = end;
        count++;
    }

    private void remove(int from, int to) {
        if (from < to) {
            System.arraycopy(starts, to, starts, from, count - to);
            System.arraycopy(ends, to, ends, from, count - to);
            count -= to - from;
        }
    }
}
