package dev.remora.runtime.attempt;

import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.metrics.MethodMetrics;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One attempt of a {@link MultiAttemptCall}: what it was sent as, and what came back, kept until it is known to be the answer. */
final class SentAttempt<Q, R> implements Attempt, ClientCall.Listener<R> {
    /** Why it was made. */
    enum Kind {
        FIRST,
        RETRY,
        HEDGE
    }

    private final MultiAttemptCall<Q, R> owner;
    private final Kind kind;
    private final int number;
    private final long startNs;
    private final @Nullable Deadline deadline;
    private final boolean ownTimeout;
    private final long permit;

    private int requestBytes = MethodMetrics.NO_MESSAGE;
    private int responseBytes = MethodMetrics.NO_MESSAGE;
    private long endNs;
    private Metadata headers = Metadata.EMPTY;
    private @Nullable R message;
    private volatile @Nullable ClientCall<Q, R> call;
    private boolean started;
    /** Guarded by this: before it is sent, a call cannot be cancelled. */
    private boolean sent;

    private boolean unwanted;

    /**
     * @param number from 1
     * @param deadline of this attempt
     * @param ownTimeout whether that is earlier than the deadline of the whole call
     * @param permit of the circuit breaker
     */
    SentAttempt(
            MultiAttemptCall<Q, R> owner,
            Kind kind,
            int number,
            long startNs,
            @Nullable Deadline deadline,
            boolean ownTimeout,
            long permit) {
        this.owner = owner;
        this.kind = kind;
        this.number = number;
        this.startNs = startNs;
        this.deadline = deadline;
        this.ownTimeout = ownTimeout;
        this.permit = permit;
    }

    void send(ClientCall<Q, R> newCall, Q request, Metadata metadata) {
        call = newCall;
        newCall.start(this, metadata);
        started = true;
        newCall.request(1);
        newCall.sendMessage(request);
        newCall.halfClose();
        boolean tooLate;
        synchronized (this) {
            sent = true;
            tooLate = unwanted;
        }
        if (tooLate) {
            newCall.cancel("another attempt has ended the call", null);
        }
    }

    /** After {@link #send} has thrown: a call that was started must end. */
    void abandon() {
        ClientCall<Q, R> begun = call;
        if (begun != null && started) {
            begun.cancel("sending the request failed", null);
        }
    }

    /** Gives it up. Any thread, any time. */
    void giveUp(String reason) {
        synchronized (this) {
            if (!sent) {
                unwanted = true;
                return;
            }
        }
        Objects.requireNonNull(call).cancel(reason, null);
    }

    boolean drive() {
        ClientCall<Q, R> driven = call;
        return driven != null && driven.drive();
    }

    @Override
    public @Nullable Deadline deadline() {
        return deadline;
    }

    @Override
    public TriedPeers tried() {
        return owner.tried();
    }

    @Override
    public void measured(int request, int response, long atNs) {
        requestBytes = request;
        responseBytes = response;
        endNs = atNs;
    }

    @Override
    public void onHeaders(Metadata newHeaders) {
        headers = newHeaders;
    }

    @Override
    public void onMessage(R newMessage) {
        message = newMessage;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        owner.attemptEnded(this, status, trailers, endNs);
    }

    /** Only the thread that makes the first attempt is going to wait for the call. */
    @Override
    public boolean drives() {
        return kind == Kind.FIRST && owner.callerDrives();
    }

    Kind kind() {
        return kind;
    }

    int number() {
        return number;
    }

    @Override
    public long startNs() {
        return startNs;
    }

    long permit() {
        return permit;
    }

    /** Whether DEADLINE_EXCEEDED means that this attempt took too long, and not the whole call. */
    boolean hasOwnTimeout() {
        return ownTimeout;
    }

    int requestBytes() {
        return requestBytes;
    }

    int responseBytes() {
        return responseBytes;
    }

    Metadata headers() {
        return headers;
    }

    @Nullable
    R message() {
        return message;
    }
}
