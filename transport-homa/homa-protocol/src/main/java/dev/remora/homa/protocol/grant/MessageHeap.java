package dev.remora.homa.protocol.grant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Binary heap of messages that knows the place of each, so that any message can be taken out or moved in O(log n).
 *
 * <p>A sorted list would do for some ten messages, but under incast thousands may be queued, and each batch of data
 * re-ranks one of them. The array grows to the largest number seen and stays.
 *
 * <p>One class for both orders: by rank (queue of a peer; index in {@link Grantable#placeIndex}) and by age (FIFO
 * grants; index in {@link Grantable#ageIndex}). A message is in at most one heap of each kind.
 */
final class MessageHeap {

    private final boolean byAge;
    private @Nullable Grantable[] heap;
    private int size;

    MessageHeap(boolean byAge, int initialCapacity) {
        this.byAge = byAge;
        this.heap = new @Nullable Grantable[initialCapacity];
    }

    int size() {
        return size;
    }

    @Nullable
    Grantable first() {
        return size == 0 ? null : heap[0];
    }

    void add(Grantable message) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, Math.max(4, size * 2));
        }
        size++;
        siftUp(size - 1, message);
    }

    void remove(Grantable message) {
        int hole = indexOf(message);
        size--;
        Grantable last = at(size);
        heap[size] = null;
        setIndex(message, -1);
        if (hole < size) {
            settle(hole, last);
        }
    }

    /** To be called after the message's rank has changed. */
    void reorder(Grantable message) {
        settle(indexOf(message), message);
    }

    private void settle(int hole, Grantable message) {
        if (hole > 0 && before(message, at((hole - 1) >>> 1))) {
            siftUp(hole, message);
        } else {
            siftDown(hole, message);
        }
    }

    private void siftUp(int start, Grantable message) {
        int hole = start;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            Grantable above = at(parent);
            if (!before(message, above)) {
                break;
            }
            put(hole, above);
            hole = parent;
        }
        put(hole, message);
    }

    private void siftDown(int start, Grantable message) {
        int hole = start;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= size) {
                break;
            }
            Grantable below = at(child);
            if (child + 1 < size && before(at(child + 1), below)) {
                child++;
                below = at(child);
            }
            if (!before(below, message)) {
                break;
            }
            put(hole, below);
            hole = child;
        }
        put(hole, message);
    }

    private boolean before(Grantable a, Grantable b) {
        return byAge ? a.olderThan(b) : a.ranksBefore(b);
    }

    private int indexOf(Grantable message) {
        return byAge ? message.ageIndex : message.placeIndex;
    }

    private void setIndex(Grantable message, int index) {
        if (byAge) {
            message.ageIndex = index;
        } else {
            message.placeIndex = index;
        }
    }

    private void put(int index, Grantable message) {
        heap[index] = message;
        setIndex(message, index);
    }

    private Grantable at(int index) {
        Grantable message = heap[index];
        if (message == null) {
            throw new IllegalStateException("hole in heap");
        }
        return message;
    }
}
