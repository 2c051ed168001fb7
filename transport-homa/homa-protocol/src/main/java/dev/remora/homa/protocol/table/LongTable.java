package dev.remora.homa.protocol.table;

import org.jspecify.annotations.Nullable;

/**
 * A bounded table from long to object, for ids.
 *
 * <p>Open addressing with linear probing: a lookup reads neighbouring memory and nothing is boxed. Removal shifts the
 * followers back instead of leaving marks, so that a table which lives for months of short RPCs stays as fast as a new
 * one. It is full size from the start; nothing is allocated afterwards.
 */
public final class LongTable<V> {
    private final SeededHash hash;
    private final int maxSize;
    private final int mask;
    private final long[] keys;
    private final @Nullable V[] values;
    private int size;

    @SuppressWarnings({"unchecked", "rawtypes"})
    public LongTable(int maxSize, long seed) {
        int slots = SeededHash.slotsFor(maxSize);
        this.maxSize = maxSize;
        hash = new SeededHash(seed);
        mask = slots - 1;
        keys = new long[slots];
        values = (@Nullable V[]) new Object[slots];
    }

    public @Nullable V get(long key) {
        for (int i = hash.of(key) & mask; ; i = (i + 1) & mask) {
            V value = values[i];
            if (value == null || keys[i] == key) {
                return value;
            }
        }
    }

    /**
     * Puts a value in the place of the key's former one, if any.
     *
     * @return false if the key is new and the table full; nothing has changed then
     */
    public boolean put(long key, V value) {
        int i = hash.of(key) & mask;
        for (; values[i] != null; i = (i + 1) & mask) {
            if (keys[i] == key) {
                values[i] = value;
                return true;
            }
        }
        if (size == maxSize) {
            return false;
        }
        keys[i] = key;
        values[i] = value;
        size++;
        return true;
    }

    /** The value removed; null if there was none. */
    public @Nullable V remove(long key) {
        for (int i = hash.of(key) & mask; ; i = (i + 1) & mask) {
            V value = values[i];
            if (value == null) {
                return null;
            }
            if (keys[i] == key) {
                close(i);
                size--;
                return value;
            }
        }
    }

    public int size() {
        return size;
    }

    public int maxSize() {
        return maxSize;
    }

    /** Number of slots, for {@link #valueAt}. */
    public int capacity() {
        return mask + 1;
    }

    /**
     * The value of a slot, null if it is free. Who removes it while walking over the slots looks at the same slot once
     * more, for the followers have moved; a value may then be met twice, but none is passed over.
     */
    public @Nullable V valueAt(int slot) {
        return values[slot];
    }

    /** Of use only where {@link #valueAt} is not null. */
    public long keyAt(int slot) {
        return keys[slot];
    }

    private void close(int removed) {
        int hole = removed;
        for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int home = hash.of(keys[i]) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                keys[hole] = keys[i];
                values[hole] = values[i];
                hole = i;
            }
        }
        values[hole] = null;
    }
}
