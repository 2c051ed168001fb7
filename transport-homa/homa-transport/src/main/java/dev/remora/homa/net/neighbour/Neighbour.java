package dev.remora.homa.net.neighbour;

/**
 * A host on the link. Found and read without a lock; changed only with the lock of its {@link NeighbourTable}, but for the
 * time it was last heard of.
 */
final class Neighbour {
    final long high;
    final long low;

    /** 0 while unknown. */
    volatile long mac;

    volatile NeighbourState state;
    /** Of the clock the ports have; only looked at when REACHABLE. */
    volatile long heardNs;
    /** Is in the table's list of those being asked. */
    volatile boolean asking;

    // --- with the table's lock only
    /** An answer to a question of ours stands behind the MAC address. */
    boolean answered;
    /** Questions of this round so far. */
    int asked;
    /** A round that has not begun: its clock starts when a port comes by. */
    boolean fresh;
    /** The pause after a failure is cut short. */
    boolean eager;

    boolean everAsked;
    /** Or when it was given up. */
    long lastAskNs;

    long nextAskNs;
    int failures;

    Neighbour(long high, long low, long mac, NeighbourState state) {
        this.high = high;
        this.low = low;
        this.mac = mac;
        this.state = state;
    }

    boolean is(long otherHigh, long otherLow) {
        return low == otherLow && high == otherHigh;
    }
}
