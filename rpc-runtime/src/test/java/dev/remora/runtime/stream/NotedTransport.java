package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.envelope.StreamMessages;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client's transport to servers that are the test: requests are noted, and answered when it says so. */
final class NotedTransport implements Transport {
    private static final int LARGEST_ANSWER = 10_000;

    final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** A request that was sent. @param messages with their lengths */
    record Sent(Endpoint to, StreamRequest head, String messages, ResponseHandler handler) {
        void fails(TransportException.Reason reason) {
            handler.onFailure(new TransportException(reason, "by the test"));
        }

        void isAnswered(StreamResponse response, byte[]... messages) {
            ByteBuffer bytes = ByteBuffer.allocate(LARGEST_ANSWER);
            response.write(bytes);
            for (byte[] message : messages) {
                StreamMessages.writeLength(bytes, message.length);
                bytes.put(message);
            }
            handler.onResponse(new TestBuffer(bytes.flip()));
        }

        void isRefused(Status status, Metadata trailers) {
            ByteBuffer bytes = ByteBuffer.allocate(LARGEST_ANSWER);
            ResponseEnvelope.write(bytes, status, Metadata.EMPTY, trailers);
            handler.onResponse(new TestBuffer(bytes.flip()));
        }
    }

    @Override
    public String name() {
        return "noted";
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
                return peer;
            }

            @Override
            public MessageBuffer allocate(int size) {
                return new TestBuffer(ByteBuffer.allocate(size));
            }

            @Override
            public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
                ByteBuffer bytes = request.bytes().flip();
                try {
                    StreamRequest head = StreamRequest.read(bytes, LARGEST_ANSWER);
                    String messages = StandardCharsets.US_ASCII.decode(bytes).toString();
                    sent.add(new Sent(peer, head, messages, handler));
                } catch (MalformedEnvelopeException e) {
                    throw new AssertionError("not a request of a stream", e);
                }
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
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        throw new UnsupportedOperationException("for clients only");
    }

    @Override
    public void close() {}
}
