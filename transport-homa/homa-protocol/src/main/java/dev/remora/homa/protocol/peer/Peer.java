package dev.remora.homa.protocol.peer;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one remote address, shared by all its ports.
 *
 * <p>A record of state that several mechanisms write, hence open fields; the list of acknowledgments, with its rule, is
 * behind methods. All of it may be lost by eviction: the other side then asks for acknowledgments and sends its
 * cutoffs again.
 */
public final class Peer {
    /** What fits into one ACK packet. */
    public static final int MAX_ACKS = 5;

    /** Levels of priority on the wire. */
    public static final int LEVELS = 8;

    /** Largest message for each unscheduled level, as the peer wants it; before it says so all go at level 6. */
    public final int[] cutoffs = new int[LEVELS];

    /** The peer's number of {@link #cutoffs}; 0 before it has sent any. */
    public int cutoffVersion;

    /** When we last sent it our own cutoffs. */
    public long lastCutoffsSentNs;

    /** True once {@link #lastCutoffsSentNs} means something; any long is a time. */
    public boolean cutoffsSent;

    /** Last use by either side, for eviction. */
    public long lastUsedNs;

    /** When a packet last came from it. */
    public long lastHeardNs;

    /** Since when the oldest entry waits in the list of acknowledgments; of no meaning while that is empty. */
    public long firstUnackedNs;

    /** RPCs with this peer; above 0 it is not evicted. */
    public int liveRpcs;

    /** Of the path to it; 0 while unknown. */
    public int mtu;

    public final RttEstimator rtt = new RttEstimator();

    /** Links of {@link PeerTable}: by age while in use, {@link #younger} alone while in the pool. */
    @Nullable
    Peer older;

    @Nullable
    Peer younger;

    /** {@link #lastUsedNs} when it got its place in the order of age. */
    long queuedNs;

    boolean inTable;

    private final long[] ackIds = new long[MAX_ACKS];
    private final int[] ackPorts = new int[MAX_ACKS];
    private int ackCount;
    private long addressHigh;
    private long addressLow;

    Peer() {}

    public long addressHigh() {
        return addressHigh;
    }

    public long addressLow() {
        return addressLow;
    }

    /**
     * Notes that the server may forget an RPC.
     *
     * @param id as the client knows it
     * @return false if the list is full; send it in an ACK, with this one in the header
     */
    public boolean addAck(long id, int serverPort) {
        if (ackCount == MAX_ACKS) {
            return false;
        }
        ackIds[ackCount] = id;
        ackPorts[ackCount] = serverPort;
        ackCount++;
        return true;
    }

    public int ackCount() {
        return ackCount;
    }

    /** An entry's id; the newest is the last. */
    public long ackId(int index) {
        checkAck(index);
        return ackIds[index];
    }

    /** An entry's server port. */
    public int ackPort(int index) {
        checkAck(index);
        return ackPorts[index];
    }

    /** Removes the newest entry, {@code ackCount() - 1}, whose fields were read before. */
    public void popAck() {
        checkAck(ackCount - 1);
        ackCount--;
    }

    /** Empties the list, after an ACK with all of it. */
    public void clearAcks() {
        ackCount = 0;
    }

    private void checkAck(int index) {
        if (index < 0 || index >= ackCount) {
            throw new IndexOutOfBoundsException("acknowledgment " + index + " of " + ackCount);
        }
    }

    void reset(long high, long low, long nowNs) {
        addressHigh = high;
        addressLow = low;
        Arrays.fill(cutoffs, 0);
        cutoffs[6] = Integer.MAX_VALUE;
        cutoffVersion = 0;
        lastCutoffsSentNs = 0;
        cutoffsSent = false;
        lastUsedNs = nowNs;
        lastHeardNs = nowNs;
        firstUnackedNs = 0;
        liveRpcs = 0;
        mtu = 0;
        rtt.reset();
        ackCount = 0;
        queuedNs = nowNs;
    }
}
