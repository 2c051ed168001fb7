package dev.remora.runtime.balance;

import java.util.List;
import java.util.random.RandomGenerator;

/** A way to spread calls over peers. */
public interface BalancePolicy {
    /** Name in configuration. */
    String name();

    /**
     * A picker for these peers. Asked for anew whenever they, or their weights, change; by one thread at a time.
     *
     * @param peers one or more, all usable, in the resolver's order
     * @param random for any thread
     */
    Picker picker(List<Peer> peers, RandomGenerator random);

    /** Whether peers shall keep an estimate of their latency. */
    default boolean needsLatency() {
        return false;
    }
}
