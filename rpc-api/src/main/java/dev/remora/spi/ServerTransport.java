package dev.remora.spi;

/** A listening server. For use by any thread. */
public interface ServerTransport extends AutoCloseable {
    /** Where it listens, with the real port. */
    Endpoint localAddress();

    /**
     * Takes no new requests: a client that sends one gets {@link TransportException.Reason#REFUSED} (it was not executed)
     * or finds nobody. Requests in progress go on. Idempotent.
     */
    void drain();

    /** Ends at once; requests in progress are cancelled and their clients see the loss. Idempotent. */
    @Override
    void close();
}
