package dev.remora.homa.protocol;

import dev.remora.homa.protocol.grant.SharedGrants;
import dev.remora.homa.protocol.peer.SharedPeerCutoffs;
import dev.remora.homa.protocol.priority.SharedCutoffs;
import dev.remora.homa.protocol.send.SharedUplink;
import dev.remora.homa.protocol.table.AckRing;
import dev.remora.homa.protocol.table.PerShard;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What several endpoints of one IP address share, the shards: one for each queue of a network card, each with a thread of its
 * own. An RPC belongs to one shard for life; what belongs to the address or its link is here, and only that: the grant budget
 * and the ranks of granted messages, our cutoffs and those of peers, the backlog of the uplink, the typical round trip, and
 * acknowledgments that came to another shard than the one that knows the RPC.
 *
 * <p>For all these threads at once: no locks, no waiting, all sizes fixed. It does nothing of its own; a run in which one thread
 * drives all shards can be repeated exactly.
 */
public final class AddressState {
    /** As owners in ids have eight bits. */
    public static final int MAX_SHARDS = 256;

    private static final int ACKS_PER_SHARD = 1 << 10;

    final SharedGrants grants;
    final SharedCutoffs cutoffs;
    final SharedPeerCutoffs peerCutoffs;
    final SharedUplink uplink;
    final AtomicLong typicalRttNs = new AtomicLong();
    /** Client RPCs of each shard; incast is counted over all of them. */
    final PerShard clientRpcs;

    private final AckRing[] acks;

    /**
     * @param config of the endpoints
     * @param shards how many, 1 to {@link #MAX_SHARDS}
     * @param startNs the time now
     */
    public AddressState(HomaConfig config, int shards, long startNs) {
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException(shards + " shards: an address has 1 to " + MAX_SHARDS);
        }
        grants = new SharedGrants(shards);
        cutoffs = new SharedCutoffs(config.get(Tunable.CUTOFF_INTERVAL_NS), config.get(Tunable.CUTOFF_MIN_MESSAGES));
        peerCutoffs = new SharedPeerCutoffs(config.getInt(Tunable.MAX_PEERS), config.seed() + 5);
        uplink = new SharedUplink(startNs);
        clientRpcs = new PerShard(shards, 0);
        acks = new AckRing[shards];
        for (int i = 0; i < shards; i++) {
            acks[i] = new AckRing(ACKS_PER_SHARD);
        }
    }

    public int shards() {
        return acks.length;
    }

    /** Bytes granted to senders and not yet here, of all shards; any thread, may lag by a burst. */
    public long totalIncoming() {
        return grants.totalIncoming();
    }

    /** Those for a shard, from the others. */
    AckRing acks(int shard) {
        return acks[shard];
    }
}
