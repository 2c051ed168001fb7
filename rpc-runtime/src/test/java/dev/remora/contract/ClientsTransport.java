package dev.remora.contract;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportCapabilities;

/** Another transport, for clients only, with something done to each call. */
abstract class ClientsTransport implements Transport {
    private final Transport inner;

    ClientsTransport(Transport inner) {
        this.inner = inner;
    }

    /** Makes a call of {@code client}, as {@link ClientTransport#call} does. */
    abstract TransportCall call(ClientTransport client, MessageBuffer request, long timeoutNs, ResponseHandler handler);

    /** A client has been closed. */
    void clientClosed() {}

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public TransportCapabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        throw new UnsupportedOperationException("for clients only");
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        ClientTransport client = inner.connect(peer);
        return new ClientTransport() {
            @Override
            public Endpoint peer() {
                return client.peer();
            }

            @Override
            public MessageBuffer allocate(int size) {
                return client.allocate(size);
            }

            @Override
            public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
                return ClientsTransport.this.call(client, request, timeoutNs, handler);
            }

            @Override
            public int outstanding() {
                return client.outstanding();
            }

            @Override
            public void close() {
                client.close();
                clientClosed();
            }
        };
    }

    @Override
    public void close() {
        inner.close();
    }
}
