package dev.remora.homa.protocol.send;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Binary heap of messages that know their position in it, so that any of them can be removed or moved in O(log n).
 *
 * <p>Two orders in one class, chosen by a flag, because a comparator would be a megamorphic call in the innermost loop.
 */
final class MessageHeap {
    private static final int INITIAL_CAPACITY = 16;

    private final boolean byAge;
    private @Nullable OutgoingMessage[] entries = new @Nullable OutgoingMessage[INITIAL_CAPACITY];
    private int size;

    MessageHeap(boolean byAge) {
        this.byAge = byAge;
    }

    int size() {
        return size;
    }

    @Nullable
    OutgoingMessage first() {
        return entries[0];
    }

    void add(OutgoingMessage message) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, size + (size >> 1));
        }
        size++;
        up(size - 1, message);
    }

    void remove(OutgoingMessage message) {
        int index = index(message);
        size--;
        OutgoingMessage last = at(size);
        entries[size] = null;
        index(message, -1);
        if (index != size) {
            place(index, last);
        }
    }

    /** The key of this message changed. */
    void moved(OutgoingMessage message) {
        place(index(message), message);
    }

    private void place(int index, OutgoingMessage message) {
        if (index > 0 && before(message, at((index - 1) >> 1))) {
            up(index, message);
        } else {
            down(index, message);
        }
    }

    private void up(int from, OutgoingMessage message) {
        int index = from;
        while (index > 0) {
            OutgoingMessage parent = at((index - 1) >> 1);
            if (!before(message, parent)) {
                break;
            }
            set(index, parent);
            index = (index - 1) >> 1;
        }
        set(index, message);
    }

    private void down(int from, OutgoingMessage message) {
        int index = from;
        int child = 2 * index + 1;
        while (child < size) {
            OutgoingMessage least = at(child);
            if (child + 1 < size && before(at(child + 1), least)) {
                child++;
                least = at(child);
            }
            if (!before(least, message)) {
                break;
            }
            set(index, least);
            index = child;
            child = 2 * index + 1;
        }
        set(index, message);
    }

    private boolean before(OutgoingMessage a, OutgoingMessage b) {
        if (!byAge && a.queuedRemaining != b.queuedRemaining) {
            return a.queuedRemaining < b.queuedRemaining;
        }
        long age = a.birthNs - b.birthNs;
        return age != 0 ? age < 0 : a.arrival < b.arrival;
    }

    private OutgoingMessage at(int index) {
        OutgoingMessage message = entries[index];
        if (message == null) {
            throw new IllegalStateException("no message at " + index + " of " + size);
        }
        return message;
    }

    private void set(int index, OutgoingMessage message) {
        entries[index] = message;
        index(message, index);
    }

    private int index(OutgoingMessage message) {
        return byAge ? message.ageIndex : message.remainingIndex;
    }

    private void index(OutgoingMessage message, int index) {
        if (byAge) {
            message.ageIndex = index;
        } else {
            message.remainingIndex = index;
        }
    }
}
