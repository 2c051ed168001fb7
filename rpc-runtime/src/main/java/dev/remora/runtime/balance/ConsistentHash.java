package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Calls with one key go to one peer, in all clients alike, and when peers come or go only the keys move that must. By
 * rendezvous hashing: each peer gets a number out of its address and the key, and the highest takes the call. That spreads
 * keys exactly by weight and needs no table, at a cost that grows with the number of peers, some nanoseconds each; the
 * number with weights is -w / ln(u), as Mosko and Schindelhauer derive. Calls without a key go to a random peer.
 *
 * <p>With a bound on load a peer that has more than its part of the calls in progress is passed over, so that one hot key is
 * not one hot server (Mirrokni and others, Consistent Hashing with Bounded Loads, 2018).
 */
final class ConsistentHash implements BalancePolicy {
    private final String metadataKey;
    private final double maxLoad;

    /** @param maxLoadPercent of the average; 0 is no bound */
    ConsistentHash(String metadataKey, int maxLoadPercent) {
        this.metadataKey = metadataKey;
        this.maxLoad = maxLoadPercent == 0 ? 0 : Math.max(100, maxLoadPercent) / 100.0;
    }

    @Override
    public String name() {
        return "consistent-hash";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        return new Rendezvous(peers, random);
    }

    private final class Rendezvous implements Picker {
        private final Peer[] peers;
        private final int[] weights;
        private final boolean equalWeights;
        private final int weightSum;
        private final RandomGenerator random;

        Rendezvous(List<Peer> peers, RandomGenerator random) {
            this.peers = peers.toArray(new Peer[0]);
            this.weights = peers.stream().mapToInt(Peer::weight).toArray();
            int sum = 0;
            boolean equal = true;
            for (int weight : weights) {
                sum += weight;
                equal &= weight == weights[0];
            }
            this.weightSum = sum;
            this.equalWeights = equal;
            this.random = random;
        }

        @Override
        public @Nullable Peer pick(PickRequest request, @Nullable TriedPeers tried) {
            long key = key(request);
            double loadPerWeight = maxLoad == 0 ? Double.POSITIVE_INFINITY : maxLoadPerWeight();
            Peer best = equalWeights ? highest(key, tried, loadPerWeight) : weighted(key, tried, loadPerWeight);
            // Calls that begin meanwhile, or peers that were tried, may leave nobody below: then the key's own peer.
            return best == null && maxLoad != 0
                    ? (equalWeights
                            ? highest(key, tried, Double.POSITIVE_INFINITY)
                            : weighted(key, tried, Double.POSITIVE_INFINITY))
                    : best;
        }

        private long key(PickRequest request) {
            String key = request.options().get(CallOptions.HASH_KEY);
            if (key != null) {
                return StableHash.of(key);
            }
            if (!metadataKey.isEmpty()) {
                Metadata headers = request.headers();
                for (int i = headers.size() - 1; i >= 0; i--) {
                    if (headers.name(i).equals(metadataKey)) {
                        return StableHash.of(headers.rawValue(i));
                    }
                }
            }
            return random.nextLong();
        }

        private @Nullable Peer highest(long key, @Nullable TriedPeers tried, double loadPerWeight) {
            Peer best = null;
            long bestScore = 0;
            for (int i = 0; i < peers.length; i++) {
                Peer peer = peers[i];
                long score = StableHash.of(peer.hash(), key);
                if ((best == null || score > bestScore) && allowed(i, tried, loadPerWeight)) {
                    best = peer;
                    bestScore = score;
                }
            }
            return best;
        }

        private @Nullable Peer weighted(long key, @Nullable TriedPeers tried, double loadPerWeight) {
            Peer best = null;
            double bestScore = 0;
            for (int i = 0; i < peers.length; i++) {
                Peer peer = peers[i];
                double score = -weights[i] / Math.log(StableHash.toUnit(StableHash.of(peer.hash(), key)));
                if (score > bestScore && allowed(i, tried, loadPerWeight)) {
                    best = peer;
                    bestScore = score;
                }
            }
            return best;
        }

        private boolean allowed(int i, @Nullable TriedPeers tried, double loadPerWeight) {
            return (tried == null || !tried.contains(peers[i]))
                    && peers[i].outstanding() < Math.ceil(loadPerWeight * weights[i]);
        }

        /** With this call in the sum, so that there is always a peer below its part. */
        private double maxLoadPerWeight() {
            long sum = 1;
            for (Peer peer : peers) {
                sum += peer.outstanding();
            }
            return maxLoad * sum / weightSum;
        }
    }
}
