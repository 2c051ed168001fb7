package dev.remora.testing.fault;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.metrics.Side;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import org.jspecify.annotations.Nullable;

/** Lets requests meet their faults before the server sees them. */
record FaultyHandler(FaultyTransport transport, RequestHandler handler) implements RequestHandler {
    @Override
    public void onRequest(ServerExchange exchange, MessageBuffer request) {
        Decision decision = transport.faults().decide(Side.SERVER, MethodOf.request(request));
        if (decision.delayNs() > 0) {
            transport.after(decision.delayNs(), () -> proceed(exchange, request, decision.outcome()), () -> {
                request.release();
                exchange.abort();
            });
        } else {
            proceed(exchange, request, decision.outcome());
        }
    }

    private void proceed(ServerExchange exchange, MessageBuffer request, @Nullable FaultAction outcome) {
        switch (outcome) {
            case null -> handler.onRequest(exchange, request);
            case FaultAction.DropResponse _ -> handler.onRequest(new MuteExchange(exchange), request);
            case FaultAction.DropRequest _ -> {
                request.release();
                new MuteExchange(exchange).abort();
            }
            case FaultAction.Error error -> {
                request.release();
                respond(exchange, error.status());
            }
            case FaultAction.Abort _ -> {
                request.release();
                exchange.abort();
            }
            case FaultAction.Fail _ -> throw new IllegalStateException("a server has no such failure");
            case FaultAction.Duplicate _ -> throw new IllegalStateException("a server cannot be asked twice");
            case FaultAction.Delay _ -> throw new IllegalStateException("a delay is no outcome");
        }
    }

    private static void respond(ServerExchange exchange, Status status) {
        try {
            MessageBuffer buffer = exchange.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, Metadata.EMPTY));
            ResponseEnvelope.write(buffer.bytes(), status, Metadata.EMPTY, Metadata.EMPTY);
            exchange.respond(buffer);
        } catch (TransportException e) {
            exchange.abort();
        }
    }
}
