package dev.remora.homa.protocol.send;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the queue inside the NIC short but never empty, so that SRPT order, which ends where the NIC's queue begins,
 * stays meaningful.
 *
 * <p>Two limits, as in the Homa kernel module: an estimate of when the NIC will have sent everything given to it, with
 * a tight limit, and the bytes the NIC reports as not yet sent, with a loose one. The estimate alone lets megabytes
 * pile up in a NIC that does not reach line rate; the report alone comes too late.
 *
 * <p>No thread and no queue: arithmetic that a poll loop asks. Short messages, control packets and retransmissions
 * may pass without asking but are charged all the same, so the estimate stays true. Pacers of several queues of one link
 * share the estimate, which each touches once per burst and quarter of its limit.
 */
public final class Pacer {
    /** What a packet costs on the wire beyond its Ethernet frame: CRC 4, preamble 8, gap 12. */
    public static final int OVERHEAD_BYTES = 24;

    public static final long DEFAULT_MAX_BACKLOG_NS = 5_000;

    /** Of 1000 bytes, those that belong to the oldest message instead of the shortest. */
    public static final int DEFAULT_FIFO_PER_MILLE = 50;

    private static final int PS_PER_NS = 1_000;

    /** Of the limit of the estimate so much may be charged without the other pacers of the link knowing. */
    private static final int UNPUBLISHED_PART = 4;

    /** Below any debt that sends of one frame each can leave; bounds the burst after a misuse. */
    private static final long MIN_FIFO_CREDIT = -1_000L * 1_048_576;

    private final int maxLinkUsagePercent;
    private final long maxBacklogNs;
    private final long maxQueuedBytes;
    private final int fifoPerMille;

    /** Null for the only pacer of a link. */
    private final @Nullable SharedUplink uplink;

    private int linkMbps;

    /** Link rate times usage: the divisor of every cost. */
    private long rate;

    private boolean charged;
    private long idleNs;

    /** Part of a nanosecond beyond {@link #idleNs}: at 100 Gbit/s a packet of 100 bytes costs less than 10 ns. */
    private int idlePs;

    /** Charged and not yet in the shared estimate. */
    private long unpublishedNs;

    private long queuedBytes;

    /** Scaled by the FIFO fraction so that no rounding accumulates; not positive: the oldest message is due. */
    private long fifoCredit;

    /**
     * @param linkMbps rate of the link, 0 for no pacing
     * @param maxLinkUsagePercent how much of it we may plan with
     * @param maxBacklogNs limit of the estimate, default {@link #DEFAULT_MAX_BACKLOG_NS}
     * @param maxQueuedBytes limit of what the NIC reports as queued
     * @param fifoPerMille share of the oldest message, default {@link #DEFAULT_FIFO_PER_MILLE}
     */
    public Pacer(int linkMbps, int maxLinkUsagePercent, long maxBacklogNs, long maxQueuedBytes, int fifoPerMille) {
        this(linkMbps, maxLinkUsagePercent, maxBacklogNs, maxQueuedBytes, fifoPerMille, null);
    }

    /** @param uplink the estimate of all pacers of the link; null if there is no other */
    public Pacer(
            int linkMbps,
            int maxLinkUsagePercent,
            long maxBacklogNs,
            long maxQueuedBytes,
            int fifoPerMille,
            @Nullable SharedUplink uplink) {
        if (maxLinkUsagePercent < 1 || maxLinkUsagePercent > 100) {
            throw new IllegalArgumentException("maxLinkUsagePercent " + maxLinkUsagePercent);
        }
        if (maxBacklogNs < 0 || maxQueuedBytes < 0) {
            throw new IllegalArgumentException("maxBacklogNs " + maxBacklogNs + ", maxQueuedBytes " + maxQueuedBytes);
        }
        if (fifoPerMille < 0 || fifoPerMille > 1000) {
            throw new IllegalArgumentException("fifoPerMille " + fifoPerMille);
        }
        this.maxLinkUsagePercent = maxLinkUsagePercent;
        this.maxBacklogNs = maxBacklogNs;
        this.maxQueuedBytes = maxQueuedBytes;
        this.fifoPerMille = fifoPerMille;
        this.uplink = uplink;
        onLinkSpeed(linkMbps);
    }

    /** The link came up with this rate; 0 switches pacing off. */
    public void onLinkSpeed(int mbps) {
        if (mbps < 0) {
            throw new IllegalArgumentException("linkMbps " + mbps);
        }
        linkMbps = mbps;
        rate = (long) mbps * maxLinkUsagePercent;
    }

    public int linkMbps() {
        return linkMbps;
    }

    /** Time one packet takes on the link, rounded up. */
    public long costNs(int wireBytes) {
        return (costPs(wireBytes, 1) + PS_PER_NS - 1) / PS_PER_NS;
    }

    private long costPs(int wireBytes, int packets) {
        if (rate == 0) {
            return 0;
        }
        long bytes = Math.max(0, wireBytes) + (long) OVERHEAD_BYTES * packets;
        // 8 bits, 100 percent, 1e6 picoseconds in a microsecond: Mbit/s is bits in a microsecond.
        return (bytes * 800_000_000L + rate - 1) / rate;
    }

    /** One packet was given to the NIC, whether allowed by {@link #mayTransmit} or not. */
    public void charge(int wireBytes, long nowNs) {
        charge(wireBytes, 1, nowNs);
    }

    /**
     * A frame was given to the NIC, which cuts it into packets.
     *
     * @param wireBytes bytes of all packets from the Ethernet header on, replicated headers included
     */
    public void charge(int wireBytes, int packets, long nowNs) {
        if (rate == 0) {
            return;
        }
        if (uplink != null) {
            long ps = idlePs + costPs(wireBytes, packets);
            unpublishedNs += ps / PS_PER_NS;
            idlePs = (int) (ps % PS_PER_NS);
            if (unpublishedNs > maxBacklogNs / UNPUBLISHED_PART) {
                publish(nowNs);
            }
            return;
        }
        if (!charged || idleNs - nowNs < 0) {
            idleNs = nowNs;
            idlePs = 0;
            charged = true;
        }
        long ps = idlePs + costPs(wireBytes, packets);
        idleNs += ps / PS_PER_NS;
        idlePs = (int) (ps % PS_PER_NS);
    }

    /** A burst has ended: what was charged counts for all pacers of the link. */
    public void publish(long nowNs) {
        if (uplink != null && unpublishedNs > 0) {
            uplink.charge(unpublishedNs, nowNs);
            unpublishedNs = 0;
        }
    }

    /** How long the NIC needs for what it has been given, by our estimate. */
    public long backlogNs(long nowNs) {
        if (uplink != null) {
            return uplink.backlogNs(nowNs) + unpublishedNs;
        }
        if (!charged) {
            return 0;
        }
        return Math.max(0, idleNs + (idlePs > 0 ? 1 : 0) - nowNs);
    }

    /** Whether one more packet or frame may be given to the NIC now. */
    public boolean mayTransmit(long nowNs) {
        return rate == 0 || (backlogNs(nowNs) <= maxBacklogNs && queuedBytes <= maxQueuedBytes);
    }

    /**
     * When to ask again: now if transmission is allowed. For the NIC's own queue this is a guess, since only a new
     * report can tell.
     */
    public long nextTransmitNs(long nowNs) {
        if (rate == 0) {
            return nowNs;
        }
        long waitNs = Math.max(0, backlogNs(nowNs) - maxBacklogNs);
        if (queuedBytes > maxQueuedBytes) {
            long excessBytes = Math.min(queuedBytes - maxQueuedBytes, Integer.MAX_VALUE);
            waitNs = Math.max(waitNs, Math.max(1, excessBytes * 800_000L / rate));
        }
        return nowNs + waitNs;
    }

    /** The NIC reports how many bytes it has not sent yet. */
    public void onQueuedBytes(long bytes) {
        queuedBytes = Math.max(0, bytes);
    }

    /** Whether the next paced bytes belong to the oldest message rather than the shortest. */
    public boolean fifoTurn() {
        return fifoPerMille != 0 && fifoCredit <= 0;
    }

    /** Paced bytes left: accounts them so that the FIFO share comes out exact within one frame. */
    public void onPaced(int bytes, boolean fifo) {
        if (fifo) {
            fifoCredit += (long) bytes * (1000 - fifoPerMille);
        } else {
            fifoCredit = Math.max(MIN_FIFO_CREDIT, fifoCredit - (long) bytes * fifoPerMille);
        }
    }
}
