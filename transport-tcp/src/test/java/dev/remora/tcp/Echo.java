package dev.remora.tcp;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;

/** Handlers that answer with the request. */
final class Echo {
    static final RequestHandler INLINE = (exchange, request) -> {
        MessageBuffer response = exchange.allocate(request.size());
        response.bytes().put(request.bytes());
        request.release();
        exchange.respond(response);
    };

    private Echo() {}
}
