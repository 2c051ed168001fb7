package dev.remora.homa.protocol.peer;

import dev.remora.homa.protocol.table.SeededHash;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What peers want of us as senders: a CUTOFFS packet comes to one shard of an address and is for all. For any thread; nobody
 * waits. A bounded cache without search: a peer may push another's table out, which shards that miss it get from that peer
 * itself then. Allocates when a table is new, which is rare.
 */
public final class SharedPeerCutoffs {
    private static final int MAX_SLOTS = 1 << 12;

    /** Immutable; the array is never written after it is published. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Table(long high, long low, int version, int[] cutoffs) {}

    private final SeededHash hash;
    private final AtomicReferenceArray<@Nullable Table> tables;
    private final AtomicLong changes = new AtomicLong();

    /** @param maxPeers of each shard */
    public SharedPeerCutoffs(int maxPeers, long seed) {
        hash = new SeededHash(seed);
        tables = new AtomicReferenceArray<>(Integer.highestOneBit(Math.clamp(maxPeers, 4, MAX_SLOTS / 2)) * 2);
    }

    private int slot(long high, long low) {
        return hash.of(high, low) & (tables.length() - 1);
    }

    /** The peer has told its table to the calling shard. */
    public void put(Peer peer) {
        int slot = slot(peer.addressHigh(), peer.addressLow());
        Table known = tables.getAcquire(slot);
        if (!isOf(known, peer) || known.version != peer.cutoffVersion || !Arrays.equals(known.cutoffs, peer.cutoffs)) {
            tables.setRelease(
                    slot, new Table(peer.addressHigh(), peer.addressLow(), peer.cutoffVersion, peer.cutoffs.clone()));
            peer.cutoffsSeen = changes.incrementAndGet();
        }
    }

    /** Takes over what another shard was told since the last time. */
    public void refresh(Peer peer) {
        long now = changes.getAcquire();
        if (now == peer.cutoffsSeen) {
            return;
        }
        peer.cutoffsSeen = now;
        Table known = tables.getAcquire(slot(peer.addressHigh(), peer.addressLow()));
        if (isOf(known, peer)) {
            System.arraycopy(known.cutoffs, 0, peer.cutoffs, 0, peer.cutoffs.length);
            peer.cutoffVersion = known.version;
        }
    }

    private static boolean isOf(@Nullable Table table, Peer peer) {
        return table != null && table.high == peer.addressHigh() && table.low == peer.addressLow();
    }
}
