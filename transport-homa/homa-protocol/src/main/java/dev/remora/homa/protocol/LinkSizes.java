package dev.remora.homa.protocol;

import dev.remora.homa.protocol.grant.GrantSettings;
import dev.remora.homa.protocol.peer.Peer;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much may be under way, from what the link carries in one round trip. The kernel module's constants suit 25 to 100
 * Gbit/s; on a slower link they would fill a switch's buffer before the first grant. They stay as upper limits. The round
 * trip is the smallest measured to the peer lately, which has no queueing in it, so a growing queue does not call for more.
 */
final class LinkSizes {
    /** FIFO grants of the module are a quarter more than its unscheduled bytes. */
    private static final int FIFO_PERCENT = 125;

    /**
     * Least budget, and least window of a message: two at a time, and four packets per GRANT where there is a least step. On a slow
     * link each GRANT wakes two threads, which costs more than all else. Servers whose responses need no grants never measure a
     * round trip, so slow links keep to these.
     */
    private static final int LEAST_PACKETS = 16;

    private static final int LEAST_WINDOW_PACKETS = 8;
    /** Sixteen of the longest messages: more than may be ahead of one that was granted something. */
    private static final long BYTES_OF_PATIENCE = 16_000_000;

    private final boolean follow;
    private final long linkMbps;
    private final long unscheduledPercent;
    private final int unscheduledMost;
    private final long initialRttNs;
    private final long incomingMost;
    private final long incomingRtts;
    private final int fifoMost;
    private final int packetBytes;
    private final GrantSettings grants;
    /** Over all peers, and all shards of our address. */
    private final AtomicLong typicalRttNs;

    private long appliedRttNs;

    /** @param typicalRttNs 0 before the first endpoint of an address is made; those of one address share it */
    LinkSizes(HomaConfig config, GrantSettings grants, AtomicLong typicalRttNs) {
        follow = config.is(Tunable.SIZES_FOLLOW_LINK);
        linkMbps = config.get(Tunable.LINK_MBPS);
        unscheduledPercent = config.get(Tunable.UNSCHED_RTTS_PERCENT);
        unscheduledMost = config.getInt(Tunable.UNSCHED_BYTES);
        initialRttNs = config.get(Tunable.INITIAL_RTT_NS);
        incomingMost = config.get(Tunable.MAX_INCOMING);
        incomingRtts = config.get(Tunable.MAX_INCOMING_RTTS);
        fifoMost = config.getInt(Tunable.FIFO_GRANT_INCREMENT);
        packetBytes = config.getInt(Tunable.MTU);
        typicalRttNs.compareAndSet(0, initialRttNs);
        this.typicalRttNs = typicalRttNs;
        this.grants = grants;
        apply();
    }

    /**
     * Unscheduled bytes of a message to a peer, before its length and incast limit it. At least one: it tells the receiver
     * that there is a message to be granted.
     */
    int unscheduled(Peer peer) {
        if (!follow) {
            return Math.max(1, unscheduledMost);
        }
        long measured = peer.rtt.minNs();
        long bytes = rttBytes(measured == 0 ? initialRttNs : measured) * unscheduledPercent / 100;
        return (int) Math.max(1, Math.min(unscheduledMost, Math.max(packetBytes, bytes)));
    }

    /** Unscheduled bytes to expect from a sender like us. */
    int unscheduledTypical() {
        return follow
                ? (int) Math.min(unscheduledMost, Math.max(packetBytes, rttBytes(appliedRttNs)))
                : unscheduledMost;
    }

    /** Takes a measured round trip; the grant window follows slowly what is typical over all peers. */
    void onRtt(Peer peer, long rttNs, long nowNs) {
        if (rttNs <= 0) {
            return;
        }
        peer.rtt.onSample(rttNs, nowNs);
        // One of two updates at the same time may get lost: there will be others.
        long typical = typicalRttNs.getPlain();
        typicalRttNs.setOpaque(typical + (peer.rtt.minNs() - typical) / 16);
        apply();
    }

    /** Other shards of our address may have measured, too. */
    void refresh() {
        if (typicalRttNs.getOpaque() != appliedRttNs) {
            apply();
        }
    }

    /** What the sizes follow. */
    long typicalRttNs() {
        return appliedRttNs;
    }

    /** Round trip for which a lost packet may be suspected. */
    long rttNs(Peer peer) {
        long smoothed = peer.rtt.smoothedNs();
        return smoothed == 0 ? initialRttNs : smoothed;
    }

    /**
     * Silence of a message under way that need not be a loss while others come in: its packets may stand in a switch behind more
     * urgent ones. The module's 5 ms before a RESEND are what its link needs for 16 MB; on a slow link that is longer.
     */
    long patienceNs() {
        return follow ? BYTES_OF_PATIENCE * 8_000 / linkMbps : 0;
    }

    private long rttBytes(long rttNs) {
        return linkMbps * rttNs / 8_000;
    }

    private void apply() {
        long most = incomingMost;
        int fifo = fifoMost;
        appliedRttNs = typicalRttNs.getOpaque();
        if (follow) {
            long once = rttBytes(appliedRttNs);
            most = Math.min(most, Math.max((long) LEAST_PACKETS * packetBytes, once * incomingRtts));
            fifo = (int) Math.min(fifo, Math.max(packetBytes, once * FIFO_PERCENT / 100));
        }
        grants.maxIncoming = (int) most;
        grants.leastWindow = follow ? LEAST_WINDOW_PACKETS * packetBytes : 0;
        grants.fifoIncrement = fifo;
    }
}
