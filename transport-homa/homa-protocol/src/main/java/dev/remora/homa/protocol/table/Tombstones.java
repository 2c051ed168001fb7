package dev.remora.homa.protocol.table;

/**
 * RPCs that the server has forgotten but must not serve again.
 *
 * <p>A copy of a request may arrive after the RPC has been acknowledged and freed; taken for a new RPC it would be
 * executed a second time. So each freed RPC is remembered for longer than a packet lives.
 *
 * <p>All live equally long, hence a ring in order of time suffices for expiry, with a hash of ring positions for
 * lookup; only primitive arrays. Expired entries go when new ones come, so a call costs a bounded amount of work in the
 * mean. When the ring is full the oldest goes before its time, counted in {@link #evictedEarly()}: the memory is bounded
 * at any rate of RPCs, and the counter tells when the bound is too low for the guarantee.
 */
public final class Tombstones {
    /** Twice the life of a packet in the network. */
    public static final long DEFAULT_LIFE_NS = 200_000_000;

    private static final int WORDS = 4;

    private final SeededHash hash;
    private final long lifeNs;
    private final int maxSize;

    /** Four words of an entry: address high, address low, id, expiry. */
    private final long[] entries;

    private final int[] ports;

    /** Ring position + 1; 0 is free. */
    private final int[] index;

    private final int mask;
    private int head;
    private int count;
    private int live;
    private long evictedEarly;

    public Tombstones(int maxSize, long lifeNs, long seed) {
        int slots = SeededHash.slotsFor(maxSize);
        if (maxSize > Integer.MAX_VALUE / WORDS || lifeNs <= 0) {
            throw new IllegalArgumentException(maxSize + " tombstones for " + lifeNs + " ns");
        }
        this.maxSize = maxSize;
        this.lifeNs = lifeNs;
        hash = new SeededHash(seed);
        entries = new long[maxSize * WORDS];
        ports = new int[maxSize];
        index = new int[slots];
        mask = slots - 1;
    }

    /** Remembers an RPC from now on; one that is remembered already begins its time anew. */
    public void add(long high, long low, long id, int ports, long nowNs) {
        expire(nowNs);
        int former = find(high, low, id, ports);
        if (former >= 0) {
            // Its ring entry stays, without index, until its turn.
            close(former);
            live--;
        }
        if (count == maxSize) {
            if (drop()) {
                evictedEarly++;
            }
        }
        int position = head + count;
        if (position >= maxSize) {
            position -= maxSize;
        }
        int at = position * WORDS;
        entries[at] = high;
        entries[at + 1] = low;
        entries[at + 2] = id;
        entries[at + 3] = nowNs + lifeNs;
        this.ports[position] = ports;
        int slot = home(high, low, id, ports);
        while (index[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        index[slot] = position + 1;
        count++;
        live++;
    }

    /** True if the RPC was added less than the life ago, and not evicted early. */
    public boolean contains(long high, long low, long id, int ports, long nowNs) {
        int slot = find(high, low, id, ports);
        return slot >= 0 && entries[(index[slot] - 1) * WORDS + 3] - nowNs > 0;
    }

    /** RPCs remembered, with the expired ones that nobody has looked at since. */
    public int size() {
        return live;
    }

    /** How many were forgotten before their time because the bound was reached. */
    public long evictedEarly() {
        return evictedEarly;
    }

    private void expire(long nowNs) {
        while (count > 0 && entries[head * WORDS + 3] - nowNs <= 0) {
            drop();
        }
    }

    /** Drops the oldest entry; false if a later one of the same RPC had taken its place already. */
    private boolean drop() {
        int at = head * WORDS;
        int slot = find(entries[at], entries[at + 1], entries[at + 2], ports[head]);
        boolean current = slot >= 0 && index[slot] == head + 1;
        if (current) {
            close(slot);
            live--;
        }
        head = head + 1 == maxSize ? 0 : head + 1;
        count--;
        return current;
    }

    private int find(long high, long low, long id, int ports) {
        for (int slot = home(high, low, id, ports); index[slot] != 0; slot = (slot + 1) & mask) {
            int position = index[slot] - 1;
            int at = position * WORDS;
            if (entries[at + 2] == id
                    && this.ports[position] == ports
                    && entries[at + 1] == low
                    && entries[at] == high) {
                return slot;
            }
        }
        return -1;
    }

    private int home(long high, long low, long id, int ports) {
        return hash.of(high, low, id, ports) & mask;
    }

    private void close(int removed) {
        int hole = removed;
        for (int i = (hole + 1) & mask; index[i] != 0; i = (i + 1) & mask) {
            int position = index[i] - 1;
            int at = position * WORDS;
            int home = home(entries[at], entries[at + 1], entries[at + 2], ports[position]);
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                index[hole] = index[i];
                hole = i;
            }
        }
        index[hole] = 0;
    }
}
