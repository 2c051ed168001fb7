package dev.remora.homa.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Objects by small numbers, which go through the endpoint as cookies. Grows to what is in use at one time; engine only. */
final class RpcSlots<T> {
    private @Nullable Object[] objects = new @Nullable Object[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;

    int add(T object) {
        int slot = freeCount > 0 ? free[--freeCount] : used++;
        if (slot == objects.length) {
            objects = Arrays.copyOf(objects, 2 * slot);
            free = Arrays.copyOf(free, 2 * slot);
        }
        objects[slot] = object;
        return slot;
    }

    /** Null when there is none. */
    @SuppressWarnings("unchecked") // only T are put in
    @Nullable
    T get(int slot) {
        return (T) objects[slot];
    }

    void remove(int slot) {
        objects[slot] = null;
        free[freeCount++] = slot;
    }

    /** Slots used so far, some of them empty now. */
    int limit() {
        return used;
    }

    int size() {
        return used - freeCount;
    }
}
