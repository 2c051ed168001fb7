package dev.remora.runtime.balance;

import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws two different peers and takes the better one; the first of equals, which is random. */
abstract class TwoChoices implements Picker {
    private final Peer[] peers;
    private final RandomGenerator random;

    TwoChoices(List<Peer> peers, RandomGenerator random) {
        this.peers = peers.toArray(new Peer[0]);
        this.random = random;
    }

    /** Whether it is at least as good. */
    abstract boolean firstIsBetter(Peer first, Peer second);

    @Override
    public @Nullable Peer pick(PickRequest request, @Nullable TriedPeers tried) {
        if (tried != null && tried.size() > 0) {
            return pickAnother(tried);
        }
        if (peers.length == 1) {
            return peers[0];
        }
        int i = random.nextInt(peers.length);
        int j = random.nextInt(peers.length - 1);
        Peer first = peers[i];
        Peer second = peers[j < i ? j : j + 1];
        return firstIsBetter(first, second) ? first : second;
    }

    /** Retries are rare and may look at all: the first two untried ones from a random place on. */
    private @Nullable Peer pickAnother(TriedPeers tried) {
        int start = random.nextInt(peers.length);
        Peer first = null;
        for (int i = 0; i < peers.length; i++) {
            Peer peer = peers[(start + i) % peers.length];
            if (tried.contains(peer)) {
                continue;
            }
            if (first != null) {
                return firstIsBetter(first, peer) ? first : peer;
            }
            first = peer;
        }
        return first;
    }
}
