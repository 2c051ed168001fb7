package dev.remora.testing.leak;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportMetric;
import java.util.List;

/** A transport whose buffers are watched. */
record WatchedTransport(Transport transport, BufferWatch watch) implements Transport {
    @Override
    public String name() {
        return transport.name();
    }

    @Override
    public TransportCapabilities capabilities() {
        return transport.capabilities();
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        return new WatchedClient(transport.connect(peer), watch);
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        return transport.listen(
                local,
                (exchange, request) -> handler.onRequest(
                        new WatchedExchange(exchange, watch), watch.track(request, "received as a request")));
    }

    @Override
    public List<TransportMetric> metrics() {
        return transport.metrics();
    }

    @Override
    public void close() {
        transport.close();
    }

    private record WatchedClient(ClientTransport client, BufferWatch watch) implements ClientTransport {
        @Override
        public Endpoint peer() {
            return client.peer();
        }

        @Override
        public MessageBuffer allocate(int size) {
            return watch.track(client.allocate(size), "allocated for a request");
        }

        @Override
        public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
            return client.call(TrackedBuffer.handOn(request), timeoutNs, new WatchedHandler(handler, watch));
        }

        @Override
        public int outstanding() {
            return client.outstanding();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private record WatchedHandler(ResponseHandler handler, BufferWatch watch) implements ResponseHandler {
        @Override
        public void onResponse(MessageBuffer response) {
            handler.onResponse(watch.track(response, "received as a response"));
        }

        @Override
        public void onFailure(TransportException failure) {
            handler.onFailure(failure);
        }

        @Override
        public boolean willDrive() {
            return handler.willDrive();
        }
    }

    private record WatchedExchange(ServerExchange exchange, BufferWatch watch) implements ServerExchange {
        @Override
        public String peer() {
            return exchange.peer();
        }

        @Override
        public MessageBuffer allocate(int size) {
            return watch.track(exchange.allocate(size), "allocated for a response");
        }

        @Override
        public void respond(MessageBuffer response) {
            exchange.respond(TrackedBuffer.handOn(response));
        }

        @Override
        public void abort() {
            exchange.abort();
        }

        @Override
        public void onCancel(Runnable action) {
            exchange.onCancel(action);
        }
    }
}
