package dev.remora.spi;

/**
 * Gets the end of a call: exactly one of the two methods, exactly once, mostly on the transport's thread. Must not block
 * and must not throw.
 */
public interface ResponseHandler {
    /** The response; the handler owns the buffer and releases it. */
    void onResponse(MessageBuffer response);

    void onFailure(TransportException failure);
}
