package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import org.jspecify.annotations.Nullable;

/**
 * Who wants a peer for a call. Each {@link Balancer#pick} is followed by exactly one of {@link #onPeer} and
 * {@link #onNoPeer}, or by neither after {@link Balancer#forget}.
 */
public interface PickRequest {
    /** Options of the call; see {@link PickOptions} for those that matter here. */
    CallOptions options();

    /** What is sent with the call, options' metadata included. */
    Metadata headers();

    /**
     * Peers that other attempts of the same call went to: others are picked while there are any, and what is picked is added.
     * One object for all attempts of the call; null for a call of one attempt.
     */
    @Nullable
    TriedPeers tried();

    /**
     * Here is one. It counts the call as in progress until {@link Peer#ended}, which must follow exactly once.
     *
     * @param waited whether this comes later than the pick, on another thread
     */
    void onPeer(Peer peer, boolean waited);

    /** Whether the call has ended: then nothing waits for it any more. */
    default boolean isOver() {
        return false;
    }

    /** There is none, and no waiting for one: {@code UNAVAILABLE} with what was tried. */
    void onNoPeer(Status why);
}
