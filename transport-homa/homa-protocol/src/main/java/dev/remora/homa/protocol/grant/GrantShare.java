package dev.remora.homa.protocol.grant;

/**
 * One shard's part in the grants of its address. For the thread of that shard.
 *
 * <p>A shard that finds no budget says so, and from then on none takes more than an equal part: else the one whose data
 * arrive most often would take back each byte that it gives up before the others look.
 */
public final class GrantShare {
    private final SharedGrants all;
    private final int shard;
    /** Change of our incoming bytes that the others do not know yet. */
    private long unpublished;

    private long published;

    public GrantShare(SharedGrants all, int shard) {
        this.all = all;
        this.shard = shard;
    }

    /** Our incoming bytes have changed. */
    void account(long change) {
        unpublished += change;
    }

    /** @param own our incoming bytes */
    long room(long budget, long own) {
        return room(all.totalIncoming(), budget, own);
    }

    private long room(long total, long budget, long own) {
        long room = budget - total - unpublished;
        long others = all.demandWithout(published);
        if (SharedGrants.needy(others) > 0) {
            room = Math.min(room, budget / (SharedGrants.demanding(others) + 1) - own);
        }
        return room;
    }

    /** Takes up to so many bytes of the budget, which are to be accounted for then; returns how many it got. */
    long take(long want, long budget, long own) {
        while (true) {
            long total = all.totalIncoming();
            long got = Math.min(want, room(total, budget, own));
            if (got <= 0) {
                return 0;
            }
            if (all.change(total, total + unpublished + got)) {
                unpublished = -got;
                return got;
            }
        }
    }

    /** How many of our messages may be active: an equal part of the limit, or what the others leave of it if that is more. */
    int slots(int limit) {
        long others = all.demandWithout(published);
        int shards = SharedGrants.demanding(others) + 1;
        return Math.max((limit + shards - 1) / shards, limit - SharedGrants.active(others));
    }

    int activeElsewhere() {
        return SharedGrants.active(all.demandWithout(published));
    }

    int betterElsewhere(int remaining) {
        return all.betterElsewhere(shard, remaining);
    }

    /** Shards that have messages to grant, this one among them. */
    int demanding() {
        return SharedGrants.demanding(all.demandWithout(published)) + 1;
    }

    /** Tells the others how things are here, at the end of a burst. */
    void publish(int active, int grantable, int needy, long ranks) {
        if (unpublished != 0) {
            all.add(unpublished);
            unpublished = 0;
        }
        long now = SharedGrants.demand(active, grantable > 0, needy > 0);
        if (now != published) {
            all.changeDemand(now - published);
            published = now;
        }
        all.setRanks(shard, ranks);
    }
}
