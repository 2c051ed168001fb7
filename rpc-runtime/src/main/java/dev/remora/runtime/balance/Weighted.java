package dev.remora.runtime.balance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * In turns, each peer as often as its weight says, and its turns spread evenly: the cycle is laid out once, so that a pick is
 * a step in an array. The k-th turn of a peer of weight w lies at (k + offset) / w; the offset differs from peer to peer so
 * that peers of one weight do not bunch up.
 */
final class Weighted implements BalancePolicy {
    /** Longest cycle; weights are made coarser to fit. */
    private static final int MAX_TURNS = 16_384;

    @Override
    public String name() {
        return "weighted";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        int[] turns = turns(peers);
        List<Turn> cycle = new ArrayList<>();
        for (int i = 0; i < turns.length; i++) {
            double offset = (i + 0.5) / turns.length;
            for (int k = 0; k < turns[i]; k++) {
                cycle.add(new Turn(peers.get(i), (k + offset) / turns[i]));
            }
        }
        cycle.sort(Comparator.comparingDouble(Turn::at));
        Peer[] sequence = cycle.stream().map(Turn::peer).toArray(Peer[]::new);
        return new RoundRobin.Cycle(sequence, random.nextInt(sequence.length));
    }

    private record Turn(Peer peer, double at) {}

    /** How often each peer occurs in a cycle: once at least. */
    static int[] turns(List<Peer> peers) {
        long sum = 0;
        long divisor = 0;
        for (Peer peer : peers) {
            sum += peer.weight();
            divisor = gcd(divisor, peer.weight());
        }
        double scale = Math.min(1.0 / divisor, (double) MAX_TURNS / sum);
        int[] turns = new int[peers.size()];
        for (int i = 0; i < turns.length; i++) {
            turns[i] = Math.toIntExact(Math.max(1, Math.round(peers.get(i).weight() * scale)));
        }
        return turns;
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
