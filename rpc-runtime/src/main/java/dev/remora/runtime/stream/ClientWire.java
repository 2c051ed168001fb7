package dev.remora.runtime.stream;

import dev.remora.api.Deadline;
import dev.remora.api.Marshaller;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.metrics.StreamMetrics;
import dev.remora.runtime.stream.ClientRequests.Outgoing;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes requests of a client's stream and hands them to the transport of its server. For any thread, without a lock. */
record ClientWire<Q>(
        ClientTransport transport,
        Marshaller<Q> marshaller,
        @Nullable Deadline deadline,
        StreamMetrics metrics) {
    private static final Logger LOG = LoggerFactory.getLogger(ClientWire.class);

    /** Nobody waits for the answer to a cancel. */
    private static final ResponseHandler CANCEL_ANSWER = new ResponseHandler() {
        @Override
        public void onResponse(MessageBuffer response) {
            response.release();
        }

        @Override
        public void onFailure(TransportException failure) {
            // Then the server finds out by itself: nobody pulls any more.
            LOG.debug("a server was not told that a stream was cancelled: {}", failure.getMessage());
        }
    };

    /**
     * Sends a request; failures of the transport go to the {@link StreamRpc}, possibly before this returns.
     *
     * @throws TransportException if it cannot be sent at all
     * @throws RuntimeException if a message cannot be written
     */
    void send(Outgoing<Q> out) {
        MessageBuffer buffer = encode(out.head(), out.segment());
        metrics.rpcs.increment();
        if (out.segment() != null) {
            metrics.segmentsSent.increment();
            metrics.messagesSent.add(out.segment().count());
        }
        long timeoutNs = deadline == null ? 0 : Math.max(1, deadline.remainingNs());
        out.rpc().started(transport.call(buffer, timeoutNs, out.rpc()));
    }

    /** Tells the server that nobody waits any more, if it can be told. */
    void sendCancel(StreamRequest cancel) {
        try {
            MessageBuffer buffer = encode(cancel, null);
            metrics.rpcs.increment();
            transport.call(buffer, 0, CANCEL_ANSWER);
        } catch (TransportException e) {
            LOG.debug("a server cannot be told that a stream was cancelled: {}", e.getMessage());
        }
    }

    /**
     * Whether the server may have ended the stream, and then gone: that end can be in an answer that comes after the failure of
     * another request.
     */
    static boolean mayHaveEnded(TransportException failure) {
        return switch (failure.reason()) {
            case UNREACHABLE, REFUSED, PEER_LOST, ABORTED -> true;
            default -> false;
        };
    }

    private MessageBuffer encode(StreamRequest head, @Nullable Segment<Q> segment) {
        boolean marked = !head.coding().isPlain();
        int size = Math.addExact(head.size(), segment == null ? 0 : segment.bytes(marked));
        MessageBuffer buffer = transport.allocate(size);
        boolean done = false;
        try {
            ByteBuffer bytes = buffer.bytes();
            head.write(bytes);
            if (segment != null) {
                segment.write(marshaller, bytes, marked);
            }
            done = true;
            return buffer;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }
}
