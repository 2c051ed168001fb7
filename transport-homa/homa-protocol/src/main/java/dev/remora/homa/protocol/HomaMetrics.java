package dev.remora.homa.protocol;

import dev.remora.homa.protocol.wire.HomaHeader;

/** Counts since the endpoint was made. Written by its one thread; others may read values that lag a little. */
public final class HomaMetrics {
    private static final Counter[] SENT = {
        Counter.PACKETS_SENT_DATA,
        Counter.PACKETS_SENT_GRANT,
        Counter.PACKETS_SENT_RESEND,
        Counter.PACKETS_SENT_RPC_UNKNOWN,
        Counter.PACKETS_SENT_BUSY,
        Counter.PACKETS_SENT_CUTOFFS,
        Counter.PACKETS_SENT_FREEZE,
        Counter.PACKETS_SENT_NEED_ACK,
        Counter.PACKETS_SENT_ACK
    };
    private static final Counter[] RECEIVED = {
        Counter.PACKETS_RCVD_DATA,
        Counter.PACKETS_RCVD_GRANT,
        Counter.PACKETS_RCVD_RESEND,
        Counter.PACKETS_RCVD_RPC_UNKNOWN,
        Counter.PACKETS_RCVD_BUSY,
        Counter.PACKETS_RCVD_CUTOFFS,
        Counter.PACKETS_RCVD_FREEZE,
        Counter.PACKETS_RCVD_NEED_ACK,
        Counter.PACKETS_RCVD_ACK
    };

    private final long[] counts = new long[Counter.values().length];
    private final long[] levelBytes = new long[8];
    private final long[] levelPackets = new long[8];

    HomaMetrics() {}

    public long get(Counter counter) {
        return counts[counter.ordinal()];
    }

    /** Bytes of Homa packets, headers included, sent at a level 0..7. */
    public long priorityBytes(int level) {
        return levelBytes[level];
    }

    public long priorityPackets(int level) {
        return levelPackets[level];
    }

    void add(Counter counter) {
        counts[counter.ordinal()]++;
    }

    void add(Counter counter, long n) {
        counts[counter.ordinal()] += n;
    }

    void sent(int type, int level, int packets, long bytes) {
        counts[SENT[type - HomaHeader.DATA].ordinal()] += packets;
        levelBytes[level] += bytes;
        levelPackets[level] += packets;
    }

    void received(int type) {
        counts[RECEIVED[type - HomaHeader.DATA].ordinal()]++;
    }
}
