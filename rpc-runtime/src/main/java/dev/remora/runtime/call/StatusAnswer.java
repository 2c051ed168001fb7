package dev.remora.runtime.call;

import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The answer to a request that nothing is done about. Clients understand it whatever they asked. */
public final class StatusAnswer {
    private static final Logger LOG = LoggerFactory.getLogger(StatusAnswer.class);

    private StatusAnswer() {}

    /** Of a server that goes down: says that the request has not been looked at, so that it can go elsewhere. */
    public static final Metadata NOT_SEEN = Metadata.of(RetryMetadata.REFUSED, "draining");

    /** Ends the exchange with this status, which is not OK. */
    public static void send(ServerExchange exchange, Status status) {
        send(exchange, status, Metadata.EMPTY);
    }

    /** As the other, with trailers. */
    public static void send(ServerExchange exchange, Status status, Metadata trailers) {
        try {
            MessageBuffer buffer = exchange.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, trailers));
            ResponseEnvelope.write(buffer.bytes(), status, Metadata.EMPTY, trailers);
            exchange.respond(buffer);
        } catch (TransportException e) {
            LOG.warn("refusal of a call of {} cannot be sent", exchange.peer(), e);
            exchange.abort();
        }
    }
}
