package dev.remora.api.stub;

/**
 * The sending side of a call in callback style: {@code onNext} sends, {@code onCompleted} ends this side, {@code onError}
 * gives the call up at a client and ends it with that failure at a server. One thread at a time sends.
 */
public interface CallStreamObserver<T> extends StreamObserver<T> {
    /** Whether a message sent now would not be buffered beyond the bound. Any thread may ask. */
    boolean isReady();

    /**
     * Runs {@code action} each time {@link #isReady} turns from false to true, on the thread that reports events of the
     * call: it must not block. It replaces the action set before. Set it, then send while {@link #isReady}.
     */
    void onReady(Runnable action);

    /** Gives the call up: it ends with CANCELLED. For any thread. */
    void cancel(String reason);
}
