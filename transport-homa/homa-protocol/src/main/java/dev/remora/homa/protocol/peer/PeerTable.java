package dev.remora.homa.protocol.peer;

import dev.remora.homa.protocol.table.SeededHash;
import org.jspecify.annotations.Nullable;

/**
 * The peers, by address, at most so many.
 *
 * <p>Addresses come from the wire and may be forged, so the table is bounded and a new address takes the place of the
 * peer unused for longest, but never of one with RPCs. Open addressing over the pooled peers themselves; a list by age
 * runs through them. Whoever writes {@link Peer#lastUsedNs} need not touch the list: a peer found at its old end with
 * a later time than it was queued with is queued again. Each call looks at a bounded number of peers.
 */
public final class PeerTable {
    /** How many a tick examines, and how many of them it evicts, as in the Linux kernel module. */
    private static final int EXAMINED_PER_TICK = 10;

    private static final int EVICTED_PER_TICK = 5;

    /** How many are examined for a place in a full table; more would let forged addresses buy our time. */
    private static final int EXAMINED_WHEN_FULL = 64;

    private final SeededHash hash;
    private final int maxPeers;
    private final long idleNs;
    private final @Nullable Peer[] slots;
    private final int mask;
    private int size;
    private long evicted;
    private long refused;
    private @Nullable Peer oldest;
    private @Nullable Peer youngest;
    private @Nullable Peer pool;

    public PeerTable(int maxPeers, long idleNs, long seed) {
        if (maxPeers < 1 || maxPeers > 1 << 24 || idleNs <= 0) {
            throw new IllegalArgumentException(maxPeers + " peers, idle after " + idleNs + " ns");
        }
        this.maxPeers = maxPeers;
        this.idleNs = idleNs;
        hash = new SeededHash(seed);
        int capacity = Math.max(4, Integer.highestOneBit(maxPeers + maxPeers / 2) * 2);
        slots = new @Nullable Peer[capacity];
        mask = capacity - 1;
    }

    /** The peer of an address; null if it is not known. */
    public @Nullable Peer get(long high, long low) {
        return slots[find(high, low)];
    }

    /**
     * The peer of an address, used now.
     *
     * @return null if the table is full and the oldest peers all have RPCs
     */
    public @Nullable Peer getOrCreate(long high, long low, long nowNs) {
        int slot = find(high, low);
        Peer peer = slots[slot];
        if (peer != null) {
            touch(peer, nowNs);
            return peer;
        }
        if (size == maxPeers) {
            if (!evictOldest()) {
                refused++;
                return null;
            }
            slot = find(high, low);
        }
        peer = pool;
        if (peer == null) {
            peer = new Peer();
        } else {
            pool = peer.younger;
            peer.younger = null;
        }
        peer.reset(high, low, nowNs);
        peer.inTable = true;
        slots[slot] = peer;
        size++;
        append(peer);
        return peer;
    }

    /** Marks a peer as used now. */
    public void touch(Peer peer, long nowNs) {
        if (!peer.inTable) {
            throw new IllegalArgumentException("the peer has been evicted");
        }
        peer.lastUsedNs = nowNs;
        if (peer != youngest) {
            unlink(peer);
            append(peer);
        }
        peer.queuedNs = nowNs;
    }

    /**
     * Evicts a few of the peers without RPCs that have been idle for long enough.
     *
     * @return how many
     */
    public int onTick(long nowNs) {
        int gone = 0;
        for (int i = Math.min(EXAMINED_PER_TICK, size); i > 0 && gone < EVICTED_PER_TICK; i--) {
            Peer peer = oldest;
            if (peer == null) {
                break;
            }
            if (peer.liveRpcs > 0 || peer.lastUsedNs != peer.queuedNs) {
                requeue(peer);
            } else if (nowNs - peer.lastUsedNs >= idleNs) {
                evict(peer);
                gone++;
            } else {
                break;
            }
        }
        return gone;
    }

    public int size() {
        return size;
    }

    /** Number of slots, for {@link #peerAt}. */
    public int capacity() {
        return mask + 1;
    }

    /** The peer of a slot; null if it is free. No peer may be added and no tick passed while walking over the slots. */
    public @Nullable Peer peerAt(int slot) {
        return slots[slot];
    }

    /** Peers evicted, idle or for the sake of others. */
    public long evicted() {
        return evicted;
    }

    /** Peers not created for want of room. */
    public long refused() {
        return refused;
    }

    private boolean evictOldest() {
        Peer victim = null;
        for (int i = Math.min(EXAMINED_WHEN_FULL, size); i > 0; i--) {
            Peer peer = oldest;
            if (peer == null) {
                break;
            }
            if (peer.liveRpcs > 0) {
                requeue(peer);
            } else if (peer.lastUsedNs == peer.queuedNs) {
                // Queued in the order of time: none behind has been unused for longer.
                if (victim == null || peer.lastUsedNs - victim.lastUsedNs < 0) {
                    victim = peer;
                }
                break;
            } else {
                if (victim == null || peer.lastUsedNs - victim.lastUsedNs < 0) {
                    victim = peer;
                }
                requeue(peer);
            }
        }
        if (victim == null) {
            return false;
        }
        evict(victim);
        return true;
    }

    private void requeue(Peer peer) {
        if (peer != youngest) {
            unlink(peer);
            append(peer);
        }
        peer.queuedNs = peer.lastUsedNs;
    }

    private void evict(Peer peer) {
        unlink(peer);
        close(find(peer.addressHigh(), peer.addressLow()));
        peer.inTable = false;
        peer.younger = pool;
        pool = peer;
        size--;
        evicted++;
    }

    private int find(long high, long low) {
        int slot = hash.of(high, low) & mask;
        for (Peer peer = slots[slot]; peer != null; peer = slots[slot]) {
            if (peer.addressLow() == low && peer.addressHigh() == high) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private void close(int removed) {
        int hole = removed;
        int i = (hole + 1) & mask;
        for (Peer peer = slots[i]; peer != null; peer = slots[i]) {
            int home = hash.of(peer.addressHigh(), peer.addressLow()) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask)) {
                slots[hole] = peer;
                hole = i;
            }
            i = (i + 1) & mask;
        }
        slots[hole] = null;
    }

    private void append(Peer peer) {
        Peer last = youngest;
        peer.older = last;
        peer.younger = null;
        if (last == null) {
            oldest = peer;
        } else {
            last.younger = peer;
        }
        youngest = peer;
    }

    private void unlink(Peer peer) {
        Peer before = peer.older;
        Peer after = peer.younger;
        if (before == null) {
            oldest = after;
        } else {
            before.younger = after;
        }
        if (after == null) {
            youngest = before;
        } else {
            after.older = before;
        }
        peer.older = null;
        peer.younger = null;
    }
}
