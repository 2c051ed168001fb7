package dev.remora.homa;

/**
 * Requests that were given up before they were here: a cancel is short, and overtakes the packets of what it cancels. Such a request
 * would be served for nobody, and a large response to it be kept until it is old. Remembers as many as fit: of two that fall on one
 * place the later. Engine only.
 */
final class CancelledRequests {
    static final int PLACES = 256;

    /** 0 for none, which is nobody's. */
    private final long[] rpcIds = new long[PLACES];

    private final long[] highs = new long[PLACES];
    private final long[] lows = new long[PLACES];
    private final int[] ports = new int[PLACES];

    private static int place(long peerLow, long rpcId) {
        long mixed = (rpcId ^ Long.rotateLeft(peerLow, 23)) * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 40) & (PLACES - 1);
    }

    /** A cancel has come, and nothing that it cancels. */
    void add(long peerHigh, long peerLow, int peerPort, long rpcId) {
        int at = place(peerLow, rpcId);
        rpcIds[at] = rpcId;
        highs[at] = peerHigh;
        lows[at] = peerLow;
        ports[at] = peerPort;
    }

    /** Whether a request was given up before it came. It comes once, and is forgotten here. */
    boolean take(long peerHigh, long peerLow, int peerPort, long rpcId) {
        int at = place(peerLow, rpcId);
        boolean is = rpcIds[at] == rpcId && lows[at] == peerLow && highs[at] == peerHigh && ports[at] == peerPort;
        if (is) {
            rpcIds[at] = 0;
        }
        return is;
    }
}
