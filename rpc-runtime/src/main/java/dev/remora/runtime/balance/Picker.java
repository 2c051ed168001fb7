package dev.remora.runtime.balance;

import org.jspecify.annotations.Nullable;

/** Chooses among fixed peers. Any number of threads pick at one time, for every call: no lock, no allocation. */
@FunctionalInterface
public interface Picker {
    /**
     * A peer that is not among {@code tried}, or null if all are.
     *
     * @param tried peers to leave out, null if none
     */
    @Nullable
    Peer pick(PickRequest request, @Nullable TriedPeers tried);
}
