package dev.remora.homa.protocol.peer;

import dev.remora.homa.protocol.grant.PeerGrants;
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
    /** Levels of priority on the wire. */
    public static final int LEVELS = 8;

    /** Largest message for each unscheduled level, as the peer wants it; before it says so all go at level 6. */
    public final int[] cutoffs = new int[LEVELS];

    /** The peer's number of {@link #cutoffs}; 0 before it has sent any. */
    public int cutoffVersion;

    /** Changes of peers' cutoffs that have been looked at here, as {@link SharedPeerCutoffs} counts them. */
    public long cutoffsSeen;

    /** When we last sent it our own cutoffs. */
    public long lastCutoffsSentNs;

    /** True once {@link #lastCutoffsSentNs} means something; any long is a time. */
    public boolean cutoffsSent;

    /** Last use by either side, for eviction. */
    public long lastUsedNs;

    /** When a packet last came from it. */
    public long lastHeardNs;

    /** RPCs with this peer, and lists of acknowledgments; above 0 it is not evicted. */
    public int liveRpcs;

    /** Largest IP packet on the path to it, as routers said; 0 while none has. */
    public int mtu;

    /** When they said so; of no meaning while {@link #mtu} is 0. */
    public long mtuNotedNs;

    /** Messages from this peer that compete for grants. */
    public final PeerGrants grants = new PeerGrants();

    public final RttEstimator rtt = new RttEstimator();
    public final AnswerTime answerTime = new AnswerTime();

    /** Links of {@link PeerTable}: by age while in use, {@link #younger} alone while in the pool. */
    @Nullable
    Peer older;

    @Nullable
    Peer younger;

    /** {@link #lastUsedNs} when it got its place in the order of age. */
    long queuedNs;

    boolean inTable;

    /** Lists of acknowledgments, one for each two ports; few. */
    private @Nullable AckList acks;

    private int ackLists;
    private long addressHigh;
    private long addressLow;

    Peer() {}

    public long addressHigh() {
        return addressHigh;
    }

    public long addressLow() {
        return addressLow;
    }

    /** The acknowledgments that wait for a packet between two ports; null when none do. */
    public @Nullable AckList acks(int clientPort, int serverPort) {
        AckList list = acks;
        while (list != null && !list.isFor(clientPort, serverPort)) {
            list = list.next;
        }
        return list;
    }

    /** The first of all lists, in no order; {@link AckList#next} has the others. */
    public @Nullable AckList firstAcks() {
        return acks;
    }

    /** A list that was made for this peer. */
    public void add(AckList list) {
        list.next = acks;
        acks = list;
        ackLists++;
    }

    public void remove(AckList list) {
        AckList before = null;
        AckList at = acks;
        while (at != list && at != null) {
            before = at;
            at = at.next;
        }
        if (at == null) {
            throw new IllegalArgumentException("a list of acknowledgments of another peer");
        }
        if (before == null) {
            acks = list.next;
        } else {
            before.next = list.next;
        }
        list.next = null;
        ackLists--;
    }

    /** Pairs of ports for which acknowledgments wait. */
    public int ackLists() {
        return ackLists;
    }

    void reset(long high, long low, long nowNs) {
        addressHigh = high;
        addressLow = low;
        Arrays.fill(cutoffs, 0);
        cutoffs[6] = Integer.MAX_VALUE;
        cutoffVersion = 0;
        cutoffsSeen = 0;
        lastCutoffsSentNs = 0;
        cutoffsSent = false;
        lastUsedNs = nowNs;
        lastHeardNs = nowNs;
        liveRpcs = 0;
        mtu = 0;
        mtuNotedNs = 0;
        rtt.reset();
        answerTime.reset();
        acks = null;
        ackLists = 0;
        queuedNs = nowNs;
    }
}
