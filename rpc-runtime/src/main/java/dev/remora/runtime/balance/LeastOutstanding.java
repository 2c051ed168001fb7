package dev.remora.runtime.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Of two random peers the one with fewer calls in progress, measured by its weight. Two choices are nearly as good as looking
 * at all and, since clients do not see each other's calls, keep them from rushing to the same peer together (Mitzenmacher, The
 * Power of Two Choices in Randomized Load Balancing, 2001).
 */
final class LeastOutstanding implements BalancePolicy {
    @Override
    public String name() {
        return "least-outstanding";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        return new TwoChoices(peers, random) {
            @Override
            boolean firstIsBetter(Peer first, Peer second) {
                // (outstanding + 1) / weight, without the division
                return (first.outstanding() + 1L) * second.weight() <= (second.outstanding() + 1L) * first.weight();
            }
        };
    }
}
