package dev.remora.runtime.stream;

import dev.remora.api.Marshaller;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.metrics.StreamMetrics;
import dev.remora.runtime.stream.ServerAnswers.Answer;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers of a server's stream and hands them to the transport. For any thread, without a lock. */
record ServerWire<R>(Marshaller<R> marshaller, StreamMetrics metrics) {
    private static final Logger LOG = LoggerFactory.getLogger(ServerWire.class);

    /**
     * Sends an answer.
     *
     * @throws TransportException if it cannot be sent; the exchange is still to be ended
     * @throws RuntimeException if a message cannot be written; the same
     */
    void send(Answer<R> answer) {
        answer.exchange().respond(encode(answer.exchange(), answer.head(), answer.segment()));
        Segment<R> segment = answer.segment();
        if (segment != null) {
            metrics.segmentsSent.increment();
            metrics.messagesSent.add(segment.count());
        }
    }

    /** Sends an answer without messages, or ends the exchange if not even that is possible. */
    void sendBare(ServerExchange exchange, StreamResponse head) {
        MessageBuffer buffer;
        try {
            buffer = encode(exchange, head, null);
        } catch (TransportException e) {
            LOG.warn("not even an answer without messages can be sent to {}", exchange.peer(), e);
            exchange.abort();
            return;
        }
        exchange.respond(buffer);
    }

    private MessageBuffer encode(ServerExchange exchange, StreamResponse head, @Nullable Segment<R> segment) {
        boolean marked = !head.coding().isPlain();
        int size = Math.addExact(head.size(), segment == null ? 0 : segment.bytes(marked));
        MessageBuffer buffer = exchange.allocate(size);
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
