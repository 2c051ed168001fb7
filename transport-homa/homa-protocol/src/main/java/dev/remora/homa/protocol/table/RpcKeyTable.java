package dev.remora.homa.protocol.table;

import org.jspecify.annotations.Nullable;

/**
 * A bounded table of RPCs at the server, by client address, id and both ports.
 *
 * <p>The client's port is part of the key but not of the hash: an acknowledgment names only the id and the server's
 * port, and must find the RPC as well. Ids are unique per address, so that costs no collisions.
 *
 * <p>The ports are one int, client's in the upper half, server's in the lower. For the rest see {@link LongTable}.
 */
public final class RpcKeyTable<V> {
    private static final int WORDS = 3;

    private final SeededHash hash;
    private final int maxSize;
    private final int mask;

    /** Three words of a slot: address high, address low, id. */
    private final long[] keys;

    private final int[] ports;
    private final @Nullable V[] values;
    private int size;

    @SuppressWarnings({"unchecked", "rawtypes"})
    public RpcKeyTable(int maxSize, long seed) {
        int slots = SeededHash.slotsFor(maxSize);
        if (slots > Integer.MAX_VALUE / WORDS) {
            throw new IllegalArgumentException("a table of at most " + maxSize + " RPCs");
        }
        this.maxSize = maxSize;
        hash = new SeededHash(seed);
        mask = slots - 1;
        keys = new long[slots * WORDS];
        ports = new int[slots];
        values = (@Nullable V[]) new Object[slots];
    }

    /** Both ports as the tables here want them. */
    public static int ports(int clientPort, int serverPort) {
        return clientPort << 16 | (serverPort & 0xffff);
    }

    public @Nullable V get(long high, long low, long id, int ports) {
        for (int i = home(high, low, id, ports); ; i = (i + 1) & mask) {
            V value = values[i];
            if (value == null || (this.ports[i] == ports && same(i, high, low, id))) {
                return value;
            }
        }
    }

    /** The RPC of an acknowledgment, from whichever port of the client. */
    public @Nullable V getIgnoringClientPort(long high, long low, long id, int serverPort) {
        for (int i = home(high, low, id, serverPort); ; i = (i + 1) & mask) {
            V value = values[i];
            if (value == null || (((ports[i] ^ serverPort) & 0xffff) == 0 && same(i, high, low, id))) {
                return value;
            }
        }
    }

    /**
     * Puts a value in the place of the key's former one, if any.
     *
     * @return false if the key is new and the table full; nothing has changed then
     */
    public boolean put(long high, long low, long id, int ports, V value) {
        int i = home(high, low, id, ports);
        for (; values[i] != null; i = (i + 1) & mask) {
            if (this.ports[i] == ports && same(i, high, low, id)) {
                values[i] = value;
                return true;
            }
        }
        if (size == maxSize) {
            return false;
        }
        keys[i * WORDS] = high;
        keys[i * WORDS + 1] = low;
        keys[i * WORDS + 2] = id;
        this.ports[i] = ports;
        values[i] = value;
        size++;
        return true;
    }

    /** The value removed; null if there was none. */
    public @Nullable V remove(long high, long low, long id, int ports) {
        for (int i = home(high, low, id, ports); ; i = (i + 1) & mask) {
            V value = values[i];
            if (value == null) {
                return null;
            }
            if (this.ports[i] == ports && same(i, high, low, id)) {
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

    /** The value of a slot, null if it is free; on removal while walking see {@link LongTable#valueAt}. */
    public @Nullable V valueAt(int slot) {
        return values[slot];
    }

    private int home(long high, long low, long id, int ports) {
        return hash.of(high, low, id, ports & 0xffff) & mask;
    }

    private boolean same(int slot, long high, long low, long id) {
        int at = slot * WORDS;
        return keys[at + 2] == id && keys[at + 1] == low && keys[at] == high;
    }

    private void close(int removed) {
        int hole = removed;
        for (int i = (hole + 1) & mask; values[i] != null; i = (i + 1) & mask) {
            int at = i * WORDS;
            int home = home(keys[at], keys[at + 1], keys[at + 2], ports[i]);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                System.arraycopy(keys, at, keys, hole * WORDS, WORDS);
                ports[hole] = ports[i];
                values[hole] = values[i];
                hole = i;
            }
        }
        values[hole] = null;
    }
}
