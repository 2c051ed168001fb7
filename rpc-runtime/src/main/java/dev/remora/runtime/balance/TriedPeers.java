package dev.remora.runtime.balance;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The peers that attempts of one call went to. For any thread: attempts may overlap. */
public final class TriedPeers {
    private static final Peer[] NONE = {};

    private volatile Peer[] peers = NONE;

    /** @param peer null if the attempt went nowhere */
    public static TriedPeers of(@Nullable Peer peer) {
        TriedPeers tried = new TriedPeers();
        if (peer != null) {
            tried.add(peer);
        }
        return tried;
    }

    public boolean contains(Peer peer) {
        for (Peer one : peers) {
            if (one == peer) {
                return true;
            }
        }
        return false;
    }

    /** How many different peers were tried. */
    public int size() {
        return peers.length;
    }

    TriedPeers copy() {
        TriedPeers copy = new TriedPeers();
        copy.peers = peers;
        return copy;
    }

    /** Bounded by the number of attempts of a call. */
    synchronized void add(Peer peer) {
        if (!contains(peer)) {
            Peer[] more = Arrays.copyOf(peers, peers.length + 1);
            more[peers.length] = peer;
            peers = more;
        }
    }
}
