package dev.remora.homa;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory for large messages that are put together: bounded, and used again, since the zeroing of a new array costs as much as a
 * copy. Arrays, because protobuf reads those fastest. For any thread.
 */
final class JoinMemory {
    /** Arrays have a multiple of so many bytes, so that one fits again for a message of about the same length. */
    static final int STEP_BYTES = 64 << 10;

    /** Free arrays kept; the search is one by one. */
    private static final int MOST_KEPT = 16;

    private static final AtomicLong HEAP_FULL = new AtomicLong();

    private final Budget budget;
    private final long maxKeptBytes;
    /** Given back the last at the end. */
    private final List<byte[]> free = new ArrayList<>(MOST_KEPT);

    private long keptBytes;

    /**
     * @param maxBytes most memory lent at a time
     * @param maxKeptBytes most memory kept for use again
     */
    JoinMemory(long maxBytes, long maxKeptBytes) {
        this.budget = new Budget(maxBytes);
        this.maxKeptBytes = maxKeptBytes;
    }

    /**
     * Lends an array, which may be longer, and hold anything: {@link #giveBack}.
     *
     * @return null when there is no room: in the budget, or in the heap, which may be smaller than the budget believes
     */
    byte @Nullable [] lend(int bytes) {
        int capacity = (int) Math.min(Integer.MAX_VALUE, Math.ceilDiv((long) bytes, STEP_BYTES) * STEP_BYTES);
        if (!budget.take(capacity)) {
            return null;
        }
        byte[] kept = takeKept(capacity);
        if (kept != null) {
            return kept;
        }
        try {
            return new byte[capacity];
        } catch (OutOfMemoryError e) {
            budget.giveBack(capacity);
            long times = HEAP_FULL.incrementAndGet();
            // Peers decide how often this happens.
            if (Long.bitCount(times) == 1) {
                Context.LOG.warn(
                        "the heap has no room for a message of {} bytes ({} times so far): raise -Xmx, or lower"
                                + " remora.homa.join-memory",
                        bytes,
                        times);
            }
            return null;
        }
    }

    private synchronized byte @Nullable [] takeKept(int capacity) {
        for (int i = free.size() - 1; i >= 0; i--) {
            if (free.get(i).length == capacity) {
                keptBytes -= capacity;
                return free.remove(i);
            }
        }
        return null;
    }

    void giveBack(byte[] memory) {
        budget.giveBack(memory.length);
        synchronized (this) {
            if (memory.length > maxKeptBytes) {
                return;
            }
            // The oldest go: sizes that nobody asks for any more must not stay for ever.
            while (free.size() == MOST_KEPT || keptBytes + memory.length > maxKeptBytes) {
                keptBytes -= free.removeFirst().length;
            }
            free.add(memory);
            keptBytes += memory.length;
        }
    }

    /** Bytes lent. */
    long used() {
        return budget.used();
    }

    long limit() {
        return budget.limit();
    }
}
