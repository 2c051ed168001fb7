package dev.remora.runtime.stream;

import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.StreamAttempts;
import dev.remora.runtime.balance.Balancer;
import dev.remora.runtime.balance.Peer;
import dev.remora.runtime.balance.PickRequest;
import dev.remora.runtime.balance.TriedPeers;
import org.jspecify.annotations.Nullable;

/**
 * Has the server of a client's stream picked, for each of its openings, and tells the balancer when the stream is over there.
 * How long it lasted says nothing about the server. For any thread.
 */
final class ServerPick implements PickRequest {
    private static final long NO_LATENCY = -1;
    private static final Status NOTHING_TO_SAY = Status.of(StatusCode.CANCELLED, "the stream never got there");

    private final Balancer balancer;
    private final StreamClientCall<?, ?> call;
    private final CallOptions options;
    private final Metadata headers;
    private final StreamAttempts attempts;

    // Guarded by this.
    private @Nullable Peer peer;
    private boolean over;

    ServerPick(
            Balancer balancer,
            StreamClientCall<?, ?> call,
            CallOptions options,
            Metadata headers,
            StreamAttempts attempts) {
        this.balancer = balancer;
        this.call = call;
        this.options = options;
        this.headers = headers;
        this.attempts = attempts;
    }

    /** Begins to look for a server: the call hears of it, or ends if there is none, or the breaker is against it. */
    void start() {
        Status refusal = attempts.open();
        if (refusal != null) {
            call.endHere(refusal);
            return;
        }
        balancer.pick(this);
        boolean tooLate;
        synchronized (this) {
            tooLate = over;
        }
        if (tooLate) {
            balancer.forget(this);
        }
    }

    @Override
    public CallOptions options() {
        return options;
    }

    @Override
    public Metadata headers() {
        return headers;
    }

    @Override
    public TriedPeers tried() {
        return attempts.tried();
    }

    @Override
    public void onPeer(Peer picked, boolean waited) {
        boolean tooLate;
        synchronized (this) {
            tooLate = over;
            peer = tooLate ? null : picked;
        }
        if (tooLate) {
            picked.ended(NOTHING_TO_SAY, NO_LATENCY);
        } else {
            call.onServer(picked.transport());
        }
    }

    @Override
    public void onNoPeer(Status why) {
        call.endHere(why);
    }

    /** The server has taken the stream. */
    void answered() {
        Peer there;
        synchronized (this) {
            there = peer;
        }
        if (there != null) {
            there.answered();
        }
    }

    @Override
    public synchronized boolean isOver() {
        return over;
    }

    /** No handler there has seen the stream: another server is looked for. */
    void startAgain(StreamAttempts.Next next) {
        leave(next.status());
        if (next.delayNs() == 0) {
            start();
        } else {
            attempts.after(next, this::startOnClock);
        }
    }

    /** Nobody sees what is thrown on the clock's thread, and a stream that was started must end. */
    private void startOnClock() {
        try {
            start();
        } catch (RuntimeException | Error e) {
            call.endHere(Status.of(StatusCode.INTERNAL, "a stream cannot be opened again")
                    .withCause(e));
        }
    }

    /**
     * The stream is over. Any number of times, the first one counts.
     *
     * @param givenUp whether this side wanted no more of it
     */
    void end(Status status, boolean givenUp) {
        synchronized (this) {
            over = true;
        }
        attempts.ended(status.code(), givenUp);
        balancer.forget(this);
        leave(status);
    }

    private void leave(Status status) {
        Peer left;
        synchronized (this) {
            left = peer;
            peer = null;
        }
        if (left != null) {
            left.ended(status, NO_LATENCY);
        }
    }
}
