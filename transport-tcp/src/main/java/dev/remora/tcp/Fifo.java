package dev.remora.tcp;

import org.jspecify.annotations.Nullable;

/** A queue whose items are their own nodes. One thread. */
final class Fifo<T extends HandOff.Item> {
    private HandOff.@Nullable Item head;
    private HandOff.@Nullable Item tail;

    boolean isEmpty() {
        return head == null;
    }

    void add(T item) {
        item.next = null;
        addAll(item);
    }

    /** Appends a chain of items of type T. */
    void addAll(HandOff.@Nullable Item chain) {
        if (chain == null) {
            return;
        }
        HandOff.Item last = chain;
        for (HandOff.Item next = last.next; next != null; next = last.next) {
            last = next;
        }
        if (tail == null) {
            head = chain;
        } else {
            tail.next = chain;
        }
        tail = last;
    }

    @SuppressWarnings("unchecked") // only T is ever added
    @Nullable
    T peek() {
        return (T) head;
    }

    @SuppressWarnings("unchecked") // only T is ever added
    @Nullable
    T poll() {
        HandOff.Item item = head;
        if (item != null) {
            head = item.next;
            item.next = null;
            if (head == null) {
                tail = null;
            }
        }
        return (T) item;
    }
}
