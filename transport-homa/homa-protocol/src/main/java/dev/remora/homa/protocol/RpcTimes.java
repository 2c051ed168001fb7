package dev.remora.homa.protocol;

/**
 * When an RPC passed each phase, in the time of {@code nowNs}; 0 = not reached. Answers "why was this RPC slow": waiting
 * to be sent, waiting for grants, on the way, waiting for the other side, or lost packets.
 */
public final class RpcTimes {
    /** Client: sendRequest. Server: first packet of the request. */
    public long startNs;
    /** First and last byte of our message handed to the link for the first time. */
    public long firstSentNs;

    public long lastSentNs;
    /** First GRANT that let us send more. */
    public long firstGrantNs;
    /** First packet and last missing byte of the peer's message. */
    public long firstReceivedNs;

    public long completeNs;
    /** Server: sendResponse. */
    public long respondedNs;
    /** RESENDs sent and received, packets retransmitted, BUSYs received. */
    public int resendsSent;

    public int resendsReceived;
    public int packetsRetransmitted;
    public int busyReceived;

    void reset() {
        startNs = 0;
        firstSentNs = 0;
        lastSentNs = 0;
        firstGrantNs = 0;
        firstReceivedNs = 0;
        completeNs = 0;
        respondedNs = 0;
        resendsSent = 0;
        resendsReceived = 0;
        packetsRetransmitted = 0;
        busyReceived = 0;
    }

    void copyFrom(RpcTimes other) {
        startNs = other.startNs;
        firstSentNs = other.firstSentNs;
        lastSentNs = other.lastSentNs;
        firstGrantNs = other.firstGrantNs;
        firstReceivedNs = other.firstReceivedNs;
        completeNs = other.completeNs;
        respondedNs = other.respondedNs;
        resendsSent = other.resendsSent;
        resendsReceived = other.resendsReceived;
        packetsRetransmitted = other.packetsRetransmitted;
        busyReceived = other.busyReceived;
    }
}
