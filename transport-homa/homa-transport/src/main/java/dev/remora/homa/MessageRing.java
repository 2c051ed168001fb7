package dev.remora.homa;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of free messages for any number of threads at both ends, without locks or garbage: each cell has a number
 * that says whose turn it is (D. Vyukov's bounded MPMC queue).
 */
final class MessageRing {
    private final int mask;
    private final AtomicLongArray turns;
    private final AtomicReferenceArray<@Nullable OutgoingMessage> cells;
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();

    /** @param capacity a power of two, at least 2 */
    MessageRing(int capacity) {
        mask = capacity - 1;
        turns = new AtomicLongArray(capacity);
        cells = new AtomicReferenceArray<>(capacity);
        for (int i = 0; i < capacity; i++) {
            turns.setPlain(i, i);
        }
    }

    /** False when it is full. */
    boolean offer(OutgoingMessage message) {
        while (true) {
            long at = tail.get();
            int cell = (int) at & mask;
            long turn = turns.getAcquire(cell);
            if (turn == at) {
                if (tail.weakCompareAndSetVolatile(at, at + 1)) {
                    cells.setPlain(cell, message);
                    turns.setRelease(cell, at + 1);
                    return true;
                }
            } else if (turn < at) {
                return false;
            }
        }
    }

    /** Null when it is empty. */
    @Nullable
    OutgoingMessage poll() {
        while (true) {
            long at = head.get();
            int cell = (int) at & mask;
            long turn = turns.getAcquire(cell);
            if (turn == at + 1) {
                if (head.weakCompareAndSetVolatile(at, at + 1)) {
                    OutgoingMessage message = cells.getPlain(cell);
                    cells.setPlain(cell, null);
                    turns.setRelease(cell, at + mask + 1);
                    return message;
                }
            } else if (turn < at + 1) {
                return null;
            }
        }
    }
}
