package dev.remora.runtime;

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
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The shortest way there is: a call is served where it is made, before it returns. What is left is what the runtime costs. */
public final class DirectTransport implements Transport {
    private static final Endpoint ADDRESS = new Endpoint("direct", 1);

    private @Nullable RequestHandler handler;

    /** On the heap; its releases are not counted. */
    record Buffer(ByteBuffer bytes) implements MessageBuffer {
        @Override
        public int size() {
            return bytes.capacity();
        }

        @Override
        public void release() {}
    }

    private record Exchange(ResponseHandler client) implements ServerExchange {
        @Override
        public String peer() {
            return "direct";
        }

        @Override
        public MessageBuffer allocate(int size) {
            return new Buffer(ByteBuffer.allocate(size));
        }

        @Override
        public void respond(MessageBuffer response) {
            response.bytes().flip();
            client.onResponse(response);
        }

        @Override
        public void abort() {
            client.onFailure(new TransportException(TransportException.Reason.ABORTED, "aborted"));
        }

        @Override
        public void onCancel(Runnable action) {}
    }

    /** What serves, for a test that makes exchanges of its own. */
    RequestHandler handler() {
        return Objects.requireNonNull(handler, "nobody listens");
    }

    @Override
    public String name() {
        return "direct";
    }

    @Override
    public TransportCapabilities capabilities() {
        return new TransportCapabilities(1 << 20, false, true, false, true);
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        return new ClientTransport() {
            @Override
            public Endpoint peer() {
                return ADDRESS;
            }

            @Override
            public MessageBuffer allocate(int size) {
                return new Buffer(ByteBuffer.allocate(size));
            }

            @Override
            public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler client) {
                request.bytes().flip();
                handler().onRequest(new Exchange(client), request);
                return () -> {};
            }

            @Override
            public int outstanding() {
                return 0;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler newHandler) {
        handler = newHandler;
        return new ServerTransport() {
            @Override
            public Endpoint localAddress() {
                return ADDRESS;
            }

            @Override
            public void drain() {}

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
