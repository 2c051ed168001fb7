package dev.remora.homa.protocol.table;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number for each of several shards, written by its shard and read by the others, who may see an older one. Each is on cache
 * lines of its own, so that a shard's writing disturbs only those who read it.
 */
public final class PerShard {
    /** Longs between two numbers: two cache lines, as CPUs fetch them in pairs. */
    private static final int STRIDE = 16;

    private final AtomicLongArray values;
    private final int shards;

    /** All begin with this number. */
    public PerShard(int shards, long initial) {
        this.shards = shards;
        values = new AtomicLongArray((shards + 1) * STRIDE);
        for (int i = 0; i < shards; i++) {
            values.setPlain(place(i), initial);
        }
    }

    private static int place(int shard) {
        return (shard + 1) * STRIDE;
    }

    public int shards() {
        return shards;
    }

    public long get(int shard) {
        return values.getAcquire(place(shard));
    }

    /** Only for the shard itself. */
    public void set(int shard, long value) {
        if (values.getPlain(place(shard)) != value) {
            values.setRelease(place(shard), value);
        }
    }

    public long sum() {
        long sum = 0;
        for (int i = 0; i < shards; i++) {
            sum += get(i);
        }
        return sum;
    }
}
