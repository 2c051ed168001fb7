package dev.remora.homa.protocol.grant;

import dev.remora.homa.protocol.table.PerShard;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the grant schedulers of one address decide together, as the downlink is one: how much is under way, how many messages
 * are active, and about how good they are. Each shard works through a {@link GrantShare}.
 *
 * <p>Without a lock, and each number is touched once per burst and grant at most. Shards see each other's demand and ranks
 * late, by a burst, so the limit of active messages and the levels are kept only about; the budget is kept exactly, since it
 * is taken from one counter before a grant is made.
 */
public final class SharedGrants {
    private static final int MAX_SHARDS = 1 << 15;
    private static final int DEMANDING_SHIFT = 32;
    private static final int NEEDY_SHIFT = 48;
    /** Of an active message's rank there is a byte; the level of a message tells no more ranks apart. */
    private static final int RANKS = Long.BYTES;

    private static final int NO_RANK = 0xff;
    static final long NO_RANKS = -1;

    private final AtomicLong incoming = new AtomicLong();
    private final AtomicLong demand = new AtomicLong();
    private final PerShard ranks;

    public SharedGrants(int shards) {
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException(shards + " shards");
        }
        ranks = new PerShard(shards, NO_RANKS);
    }

    /** Bytes granted or unscheduled, but not received, of all shards. */
    public long totalIncoming() {
        return incoming.get();
    }

    boolean change(long seen, long to) {
        return incoming.compareAndSet(seen, to);
    }

    void add(long bytes) {
        incoming.getAndAdd(bytes);
    }

    // --- demand: active messages, shards that have any to grant, shards for which there was no budget ----------------

    static long demand(int active, boolean demanding, boolean needy) {
        return active | (demanding ? 1L << DEMANDING_SHIFT : 0) | (needy ? 1L << NEEDY_SHIFT : 0);
    }

    static int active(long demand) {
        return (int) demand;
    }

    static int demanding(long demand) {
        return (int) (demand >>> DEMANDING_SHIFT) & 0xffff;
    }

    static int needy(long demand) {
        return (int) (demand >>> NEEDY_SHIFT);
    }

    /** What all but one demand, whose own part is given. */
    long demandWithout(long own) {
        return demand.get() - own;
    }

    void changeDemand(long change) {
        demand.getAndAdd(change);
    }

    // --- ranks -------------------------------------------------------------------------------------------------------

    /** A byte for the bytes remaining of a message: their logarithm, in steps of an eighth of a doubling or so. */
    static int rank(int remaining) {
        if (remaining < 8) {
            return Math.max(0, remaining);
        }
        int exponent = 31 - Integer.numberOfLeadingZeros(remaining);
        return (exponent - 2) << 3 | (remaining >>> (exponent - 3) & 7);
    }

    /** Puts a rank among those of a shard; beyond eight the best stay. */
    static long withRank(long ranks, int rank) {
        int worst = 0;
        for (int i = 1; i < RANKS; i++) {
            if (rankAt(ranks, i) > rankAt(ranks, worst)) {
                worst = i;
            }
        }
        if (rankAt(ranks, worst) <= rank) {
            return ranks;
        }
        return ranks & ~(0xffL << worst * Byte.SIZE) | (long) rank << worst * Byte.SIZE;
    }

    private static int rankAt(long ranks, int place) {
        return (int) (ranks >>> place * Byte.SIZE) & NO_RANK;
    }

    void setRanks(int shard, long own) {
        ranks.set(shard, own);
    }

    /** About how many active messages of other shards have fewer bytes remaining; up to eight of each are known. */
    int betterElsewhere(int shard, int remaining) {
        int rank = rank(remaining);
        int better = 0;
        for (int other = 0; other < ranks.shards(); other++) {
            long theirs = other == shard ? NO_RANKS : ranks.get(other);
            for (int i = 0; theirs != NO_RANKS && i < RANKS; i++) {
                if (rankAt(theirs, i) < rank) {
                    better++;
                }
            }
        }
        return better;
    }
}
