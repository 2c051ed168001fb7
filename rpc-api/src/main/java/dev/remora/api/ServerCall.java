package dev.remora.api;

/**
 * One call as the server sees it; the same for every shape. Order of use: {@link #sendHeaders} at most once, then
 * {@link #sendMessage} (once for a unary or client-streaming method), then {@link #close} exactly once. One thread at a
 * time sends and closes; {@code request} and {@code isReady} are for any thread. After the call was cancelled, sending and
 * closing have no effect.
 *
 * @param <Q> request type
 * @param <R> response type
 */
public interface ServerCall<Q, R> {
    /**
     * What the client does. The order is {@code onMessage* onHalfClose? (onComplete | onCancel)}. Calls come one at a
     * time, on the thread that runs the handler: the transport's for an inline method, a virtual one otherwise;
     * {@code onCancel} may come on any thread.
     */
    interface Listener<Q> {
        void onMessage(Q message);

        /** The client sends no more messages. */
        void onHalfClose();

        /** The client gave up, its deadline passed, or it is gone. */
        default void onCancel() {}

        /** The call was closed and its status handed to the transport. */
        default void onComplete() {}

        /** {@link ServerCall#isReady} turned from false to true. */
        default void onReady() {}
    }

    MethodDescriptor<Q, R> method();

    /** The call's context: deadline, metadata, cancellation, peer. */
    CallContext context();

    /** Lets the client send {@code count} more messages. */
    void request(int count);

    void sendHeaders(Metadata headers);

    void sendMessage(R message);

    /** Ends the call. */
    void close(Status status, Metadata trailers);

    default boolean isReady() {
        return true;
    }
}
