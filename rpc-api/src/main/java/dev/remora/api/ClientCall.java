package dev.remora.api;

import org.jspecify.annotations.Nullable;

/**
 * One call as the client sees it; the same for every shape. Order of use: {@link #start} once, then any number of
 * {@link #request}, {@link #sendMessage} (once for a unary or server-streaming method), {@link #halfClose} once;
 * {@link #cancel} at any time after start. One thread at a time starts, sends and half-closes; {@code request},
 * {@code isReady} and {@code cancel} are for any thread at any time after start, so that a call can be read and written by
 * two threads.
 *
 * @param <Q> request type
 * @param <R> response type
 */
public interface ClientCall<Q, R> {
    /**
     * What happens to a call. Called by one thread at a time, mostly the transport's: never block in it. The order is
     * {@code onHeaders? onMessage* onClose}, with {@code onReady} and {@code onSendClosed} anywhere before {@code onClose};
     * exactly one {@code onClose} ends every call that was started.
     */
    interface Listener<R> {
        /** Metadata the server sent ahead of its messages. Not called if there is none. */
        default void onHeaders(Metadata headers) {}

        void onMessage(R message);

        /** The end: after it comes nothing. */
        void onClose(Status status, Metadata trailers);

        /** {@link ClientCall#isReady} turned from false to true. */
        default void onReady() {}

        /**
         * The call will end with this status as soon as the messages that came before it were requested. What is sent from now
         * on is dropped, and {@link ClientCall#isReady} stays false. Comes at most once, only to streams.
         */
        default void onSendClosed(Status status) {}

        /**
         * Whether whoever starts the call is going to wait for its end by {@link ClientCall#drive}: nobody else need be
         * woken for it then. Asked by the thread that sends the request.
         */
        default boolean drives() {
            return false;
        }
    }

    void start(Listener<R> listener, Metadata headers);

    /** Lets the peer send {@code count} more messages. Back-pressure: what is not requested is not delivered. */
    void request(int count);

    void sendMessage(Q message);

    /** No more messages from this side. */
    void halfClose();

    /** Gives the call up; the listener gets {@link StatusCode#CANCELLED} unless the call has ended already. */
    void cancel(String reason, @Nullable Throwable cause);

    /** Whether a message sent now would not be buffered beyond the bound. */
    default boolean isReady() {
        return true;
    }

    /**
     * Lets the calling thread do the transport's work for a moment instead of waiting for another thread to do it; listeners
     * of this and of other calls may run meanwhile. Any thread, after start.
     *
     * @return false when there is nothing it can do: the caller then waits as usual
     */
    default boolean drive() {
        return false;
    }
}
