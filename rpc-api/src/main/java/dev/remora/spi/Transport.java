package dev.remora.spi;

import java.util.List;

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

    /**
     * What this transport counts, all its clients and servers together. The list and its names never change while the
     * transport lives, and each name stands in it once. Values may lag a little behind what happens, and those of two
     * metrics need not be of the same moment; they can still be read, and stand still, after {@link #close}. For any
     * thread. Empty if it counts nothing, which is the default.
     */
    default List<TransportMetric> metrics() {
        return List.of();
    }

    /** Ends every client and server of this transport and waits (a few seconds at most) for its threads. Idempotent. */
    @Override
    void close();
}
