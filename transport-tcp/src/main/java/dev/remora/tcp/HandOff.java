package dev.remora.tcp;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings items from any thread to one event loop, each at most once. The item is its own list node, so a hand-off
 * allocates nothing; the push that finds it empty is the one that wakes the loop, so a burst costs one wake-up.
 */
final class HandOff<T extends HandOff.Item> {
    /** Something that can be in one hand-off or {@link Fifo} at a time. */
    abstract static class Item {
        @Nullable
        Item next;
    }

    private final AtomicReference<@Nullable Item> newest = new AtomicReference<>();

    /** Whether the caller must see to it that the loop calls {@link #drainTo}. */
    boolean push(T item) {
        Item head;
        do {
            head = newest.get();
            item.next = head;
        } while (!newest.compareAndSet(head, item));
        return head == null;
    }

    /** Moves everything to the end of {@code target}, oldest first. */
    void drainTo(Fifo<T> target) {
        Item item = newest.getAndSet(null);
        Item oldestFirst = null;
        while (item != null) {
            Item older = item.next;
            item.next = oldestFirst;
            oldestFirst = item;
            item = older;
        }
        target.addAll(oldestFirst);
    }
}
