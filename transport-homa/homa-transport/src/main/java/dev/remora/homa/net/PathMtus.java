package dev.remora.homa.net;

/**
 * What routers said about how large packets to a peer may be (RFC 1191, RFC 8201). Anybody can forge that, so it is only noted
 * within bounds, and forgotten after ten minutes; it never makes a packet smaller than every path carries. For any thread.
 */
final class PathMtus {
    static final int CAPACITY = 256;
    static final long KEPT_NS = 600_000_000_000L;

    private static final int LEAST_IPV4 = 576;
    private static final int LEAST_IPV6 = 1280;

    private final int linkMtu;
    private final long[] high = new long[CAPACITY];
    private final long[] low = new long[CAPACITY];
    private final int[] mtu = new int[CAPACITY];
    private final long[] notedNs = new long[CAPACITY];

    PathMtus(int linkMtu) {
        this.linkMtu = linkMtu;
    }

    int linkMtu() {
        return linkMtu;
    }

    /** Returns whether it was believed. */
    synchronized boolean note(long peerHigh, long peerLow, boolean ipv4, int bytes, long nowNs) {
        // Routers from before RFC 1191 say 0: the smallest is safe.
        int told = Math.max(bytes, ipv4 ? LEAST_IPV4 : LEAST_IPV6);
        if (told >= linkMtu) {
            return false;
        }
        int place = 0;
        for (int i = 0; i < CAPACITY; i++) {
            if (mtu[i] != 0 && low[i] == peerLow && high[i] == peerHigh) {
                place = i;
                break;
            }
            if (mtu[place] != 0 && (mtu[i] == 0 || notedNs[i] - notedNs[place] < 0)) {
                place = i;
            }
        }
        high[place] = peerHigh;
        low[place] = peerLow;
        mtu[place] = told;
        notedNs[place] = nowNs;
        return true;
    }

    synchronized int of(long peerHigh, long peerLow, long nowNs) {
        for (int i = 0; i < CAPACITY; i++) {
            if (mtu[i] != 0 && low[i] == peerLow && high[i] == peerHigh && nowNs - notedNs[i] < KEPT_NS) {
                return mtu[i];
            }
        }
        return linkMtu;
    }
}
