package dev.remora.homa.engine;

/**
 * Which peers have had no room for long. A unit for a peer whose way is full waits a moment, and all others behind it; that is
 * right for a peer that is busy, and wrong for one that stands still: what is for that one is dropped at once, and asked for
 * again when it goes on. Two peers may fall on one place, which only makes one of them wait. Engine only.
 */
final class FullWays {
    /** A process that shares its CPU gets it again sooner than this. */
    static final long STANDS_NS = 20_000_000;

    private static final int PLACES = 256;

    private final long[] high = new long[PLACES];
    private final long[] low = new long[PLACES];
    private final long[] sinceNs = new long[PLACES];
    private final boolean[] used = new boolean[PLACES];
    private int count;

    private static int place(long peerHigh, long peerLow) {
        return (int) ((peerLow ^ Long.rotateLeft(peerHigh, 17)) * 0x9e37_79b9_7f4a_7c15L >>> 56);
    }

    /** A peer has no room; returns whether it has had none for so long that nobody should wait for it. */
    boolean onFull(long peerHigh, long peerLow, long nowNs) {
        int at = place(peerHigh, peerLow);
        if (used[at] && low[at] == peerLow && high[at] == peerHigh) {
            return nowNs - sinceNs[at] > STANDS_NS;
        }
        if (!used[at]) {
            used[at] = true;
            count++;
        }
        high[at] = peerHigh;
        low[at] = peerLow;
        sinceNs[at] = nowNs;
        return false;
    }

    /** A peer has room. */
    void onRoom(long peerHigh, long peerLow) {
        if (count == 0) {
            return;
        }
        int at = place(peerHigh, peerLow);
        if (used[at] && low[at] == peerLow && high[at] == peerHigh) {
            used[at] = false;
            count--;
        }
    }
}
