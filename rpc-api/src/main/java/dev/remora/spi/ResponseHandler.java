package dev.remora.spi;

/**
 * Gets the end of a call: exactly one of the two methods, exactly once, mostly on the transport's thread. Must not block
 * and must not throw.
 */
public interface ResponseHandler {
    /** The response; the handler owns the buffer and releases it. */
    void onResponse(MessageBuffer response);

    void onFailure(TransportException failure);

    /**
     * Whether the caller is going to wait by {@link TransportCall#drive}: nobody else need be woken for this call. Asked
     * once, by the thread that calls, during {@link ClientTransport#call}. A wrong answer costs time and nothing else.
     */
    default boolean willDrive() {
        return false;
    }
}
