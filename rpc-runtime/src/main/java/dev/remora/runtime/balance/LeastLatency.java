package dev.remora.runtime.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Of two random peers the one that is expected to answer first: its recent latency times the calls before this one. Finds out
 * a slow server with fewer calls than by their number alone, for it compares how long calls took, not how many are stuck.
 */
final class LeastLatency implements BalancePolicy {
    @Override
    public String name() {
        return "least-latency";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        return new TwoChoices(peers, random) {
            @Override
            boolean firstIsBetter(Peer first, Peer second) {
                return first.expectedLatency() * second.weight() <= second.expectedLatency() * first.weight();
            }
        };
    }

    @Override
    public boolean needsLatency() {
        return true;
    }
}
