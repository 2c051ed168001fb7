package dev.remora.runtime.balance;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One after the other. Each picker begins at a random one, or all clients that start together would begin at the same. */
final class RoundRobin implements BalancePolicy {
    @Override
    public String name() {
        return "round-robin";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        return new Cycle(peers.toArray(new Peer[0]), random.nextInt(peers.size()));
    }

    /** Goes round a sequence in which a peer may occur more than once. */
    static final class Cycle implements Picker {
        private final Peer[] sequence;
        private final AtomicInteger next;

        Cycle(Peer[] sequence, int first) {
            this.sequence = sequence;
            this.next = new AtomicInteger(first);
        }

        @Override
        public @Nullable Peer pick(PickRequest request, @Nullable TriedPeers tried) {
            int at = Math.floorMod(next.getAndIncrement(), sequence.length);
            Peer peer = sequence[at];
            if (tried == null || !tried.contains(peer)) {
                return peer;
            }
            for (int i = at + 1; i < at + sequence.length; i++) {
                peer = sequence[i % sequence.length];
                if (!tried.contains(peer)) {
                    return peer;
                }
            }
            return null;
        }
    }
}
