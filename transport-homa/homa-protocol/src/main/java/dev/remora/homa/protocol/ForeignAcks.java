package dev.remora.homa.protocol;

import dev.remora.homa.protocol.table.AckRing;
import org.jspecify.annotations.Nullable;

/**
 * Acknowledgments of RPCs that another shard of our address may know: they rode on a packet of another flow, as those of the
 * kernel module do. Nothing in them tells the shard, so all others get them. It is rare, and bounded per burst: what is left
 * out the server asks for.
 */
final class ForeignAcks {
    private static final int MOST_PER_BURST = 32;
    /** Ids passed on lately: each packet of a long message carries the same acknowledgment. */
    private static final int REMEMBERED = 64;

    private static final int SPREAD = 0x9E3779B9;

    private final Core core;
    private final @Nullable AddressState address;
    private final int shard;
    private final long[] passedOn = new long[REMEMBERED];
    private int inBurst;

    ForeignAcks(Core core) {
        this.core = core;
        address = core.address;
        shard = core.shard;
    }

    /** Nobody here knows the RPC: whether another shard may, who has been told then. */
    boolean passOn(long high, long low, long clientId, int clientPort, int serverPort) {
        AddressState all = address;
        if (all == null) {
            return false;
        }
        int place = ((int) (clientId >>> 1) * SPREAD) >>> 26;
        if (passedOn[place] == clientId
                || core.tombstones.contains(
                        high, low, clientId ^ 1, RpcStore.ports(clientPort, serverPort), core.nowNs)) {
            return false;
        }
        if (inBurst == MOST_PER_BURST) {
            core.metrics.add(Counter.ACKS_NOT_PASSED_ON);
            return true;
        }
        inBurst++;
        passedOn[place] = clientId;
        for (int other = 0; other < all.shards(); other++) {
            if (other != shard) {
                core.metrics.add(
                        all.acks(other).add(high, low, clientId, serverPort)
                                ? Counter.ACKS_PASSED_ON
                                : Counter.ACKS_NOT_PASSED_ON);
            }
        }
        return true;
    }

    void onBurstEnd() {
        inBurst = 0;
    }

    /** Takes what other shards have passed on. */
    void take(ControlReceiver receiver) {
        AddressState all = address;
        if (all == null) {
            return;
        }
        AckRing ring = all.acks(shard);
        while (ring.poll()) {
            receiver.onPassedOn(ring.peerHigh(), ring.peerLow(), ring.clientId(), ring.serverPort());
        }
    }
}
