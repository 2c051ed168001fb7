package dev.remora.runtime.stream;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Segments that have come in, put into their order. How many there can be is bounded by the credit that was given, which
 * {@link StreamSide} checks, and for segments without messages by {@link #MAX_AHEAD}. Guarded by the stream's lock.
 */
final class Inbox {
    /** How far ahead of the first missing one a segment may be; far more than requests of one stream can be under way. */
    private static final int MAX_AHEAD = 4096;

    /** What became of a segment. */
    enum Placed {
        NEW,
        DUPLICATE,
        TOO_FAR_AHEAD
    }

    private final ArrayDeque<Arrived> inOrder = new ArrayDeque<>();
    private final Map<Long, Arrived> ahead = new HashMap<>();
    private long expected;
    private long lastSequence = Long.MAX_VALUE;
    private long received;
    private long receivedCost;
    private long largestCost;

    /** Takes a segment that is new; any other remains the caller's. */
    Placed add(Arrived segment) {
        if (segment.sequence < expected || ahead.containsKey(segment.sequence)) {
            return Placed.DUPLICATE;
        }
        if (segment.sequence - expected > MAX_AHEAD || segment.sequence > lastSequence) {
            return Placed.TOO_FAR_AHEAD;
        }
        received++;
        receivedCost += segment.cost;
        largestCost = Math.max(largestCost, segment.largestCost);
        if (segment.last) {
            lastSequence = segment.sequence;
        }
        if (segment.sequence > expected) {
            segment.own();
            ahead.put(segment.sequence, segment);
            return Placed.NEW;
        }
        Arrived next = segment;
        while (next != null) {
            if (next.isWorthKeeping()) {
                inOrder.add(next);
            } else {
                next.release();
            }
            expected++;
            next = ahead.isEmpty() ? null : ahead.remove(expected);
        }
        return Placed.NEW;
    }

    /** The first segment that was not read to its end, if all before it were. */
    @Nullable
    Arrived head() {
        return inOrder.peek();
    }

    /** Drops the first segment. */
    void pop() {
        Arrived first = inOrder.poll();
        if (first != null) {
            first.release();
        }
    }

    boolean isEmpty() {
        return inOrder.isEmpty();
    }

    /** Everything up to the last segment has come in. */
    boolean isComplete() {
        return expected > lastSequence;
    }

    /** Segments that have come in, in whatever order. */
    long received() {
        return received;
    }

    /** Cost of all that has come in. */
    long receivedCost() {
        return receivedCost;
    }

    /** Of a single message. */
    long largestCost() {
        return largestCost;
    }

    /** Nobody is about to read: no memory of the transport is kept. */
    void own() {
        for (Arrived segment : inOrder) {
            segment.own();
        }
    }

    /** Drops everything; what is being read is left to its reader. */
    void clear(@Nullable Arrived beingRead) {
        for (Arrived segment : inOrder) {
            if (segment != beingRead) {
                segment.release();
            }
        }
        inOrder.clear();
        ahead.clear();
    }
}
