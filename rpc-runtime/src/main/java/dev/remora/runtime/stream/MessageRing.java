package dev.remora.runtime.stream;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A queue of messages with their sizes, without an object per entry. */
final class MessageRing {
    private static final int LEAST = 16;

    private @Nullable Object[] messages = new @Nullable Object[LEAST];
    private int[] sizes = new int[LEAST];
    private int head;
    private int count;

    int count() {
        return count;
    }

    void add(Object message, int size) {
        if (count == messages.length) {
            grow();
        }
        int at = head + count & messages.length - 1;
        messages[at] = message;
        sizes[at] = size;
        count++;
    }

    /** Bytes of the message {@code i} places behind the first one. */
    int size(int i) {
        return sizes[head + i & sizes.length - 1];
    }

    /** Moves the first messages out. */
    void drain(int n, Object[] toMessages, int[] toSizes) {
        for (int i = 0; i < n; i++) {
            int at = head + i & messages.length - 1;
            toMessages[i] = Objects.requireNonNull(messages[at]);
            toSizes[i] = sizes[at];
            messages[at] = null;
        }
        head = head + n & messages.length - 1;
        count -= n;
    }

    void clear() {
        messages = new @Nullable Object[LEAST];
        sizes = new int[LEAST];
        head = 0;
        count = 0;
    }

    private void grow() {
        @Nullable Object[] moreMessages = new @Nullable Object[messages.length * 2];
        int[] moreSizes = new int[sizes.length * 2];
        for (int i = 0; i < count; i++) {
            int at = head + i & messages.length - 1;
            moreMessages[i] = messages[at];
            moreSizes[i] = sizes[at];
        }
        messages = moreMessages;
        sizes = moreSizes;
        head = 0;
    }
}
