package dev.remora.runtime.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** The first of the resolver's order that is usable: one server does the work, the next ones stand by. */
final class FirstReady implements BalancePolicy {
    @Override
    public String name() {
        return "first-ready";
    }

    @Override
    public Picker picker(List<Peer> peers, RandomGenerator random) {
        Peer[] inOrder = peers.toArray(new Peer[0]);
        return (request, tried) -> {
            for (Peer peer : inOrder) {
                if (tried == null || !tried.contains(peer)) {
                    return peer;
                }
            }
            return null;
        };
    }
}
