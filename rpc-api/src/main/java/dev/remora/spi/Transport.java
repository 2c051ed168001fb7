package dev.remora.spi;

/** One transport of this process, with what its clients and servers share. For use by any thread. */
public interface Transport extends AutoCloseable {
    /** The provider's name. */
    String name();

    TransportCapabilities capabilities();

    /**
     * A client of one peer. Does no I/O and never fails because the peer is absent: calls do.
     *
     * @throws IllegalArgumentException if this transport cannot have such an address
     */
    ClientTransport connect(Endpoint peer);

    /**
     * Starts to serve. Port 0 asks for any free port; {@link ServerTransport#localAddress} tells which.
     *
     * @throws TransportException if the address is in use, may not be bound, or is not one of this machine's
     */
    ServerTransport listen(Endpoint local, RequestHandler handler);

    /** Ends every client and server of this transport and waits (a few seconds at most) for its threads. Idempotent. */
    @Override
    void close();
}
