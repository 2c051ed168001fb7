package dev.remora.api.stub;

/**
 * Receives the messages of one direction of a call in callback style: {@code onNext* (onError | onCompleted)}. One call at
 * a time; an implementation handed to Remora must not block.
 */
public interface StreamObserver<T> {
    void onNext(T message);

    /** The end by failure; nothing follows. {@link dev.remora.api.Status#fromThrowable} tells the status. */
    void onError(Throwable failure);

    /** The end; nothing follows. */
    void onCompleted();
}
