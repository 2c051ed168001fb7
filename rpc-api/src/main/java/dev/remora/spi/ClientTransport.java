package dev.remora.spi;

/** Calls to one peer. For use by any thread. Makes and mends its connections by itself. */
public interface ClientTransport extends AutoCloseable {
    /** The address this was made for. */
    Endpoint peer();

    /**
     * Memory for a request of exactly {@code size} bytes, to be handed to {@link #call} or released.
     *
     * @throws TransportException {@link TransportException.Reason#TOO_LARGE}
     */
    MessageBuffer allocate(int size);

    /**
     * Sends a request; takes the buffer in every case. Never blocks and never throws for the state of the network: every
     * failure goes to the handler, possibly before this returns.
     *
     * @param timeoutNs time the caller will wait, 0 if without end. The caller keeps the time itself and cancels; this is
     *     a hint for the transport (connecting, retransmission, queueing).
     */
    TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler);

    /** Calls that were started and have not ended. */
    int outstanding();

    /** Fails what is outstanding with {@link TransportException.Reason#CLOSED}, then ends. Idempotent. */
    @Override
    void close();
}
