package dev.remora.runtime.inprocess;

import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Takes requests under one name. */
final class InProcessServer implements ServerTransport {
    private final InProcessTransport transport;
    private final Endpoint address;
    private final RequestHandler handler;
    private final int maxRequests;
    private final Semaphore places;
    private final Set<InProcessExchange> exchanges = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;
    private volatile boolean closed;

    InProcessServer(InProcessTransport transport, Endpoint address, RequestHandler handler, int maxRequests) {
        this.transport = transport;
        this.address = address;
        this.handler = handler;
        this.maxRequests = maxRequests;
        this.places = new Semaphore(maxRequests);
    }

    @Override
    public Endpoint localAddress() {
        return address;
    }

    /** The name stays taken, so that clients hear why they are refused. */
    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void close() {
        closed = true;
        InProcessNames.free(this);
        for (InProcessExchange exchange : List.copyOf(exchanges)) {
            exchange.serverGone();
        }
        transport.forget(this);
    }

    void accept(InProcessCall call, HeapBuffer request, String client) {
        int limit = transport.maxMessageBytes();
        if (closed) {
            refuse(call, request, Reason.UNREACHABLE, "has just closed");
        } else if (draining) {
            refuse(call, request, Reason.REFUSED, "is draining and takes no new requests: call another server");
        } else if (request.size() > limit) {
            String why = "takes requests of up to " + limit + " bytes and got one of " + request.size()
                    + ": raise remora.in-process.max-message-bytes there";
            refuse(call, request, Reason.TOO_LARGE, why);
        } else if (!places.tryAcquire()) {
            String why = "holds " + maxRequests + " requests, which is its limit remora.in-process.max-requests";
            refuse(call, request, Reason.REFUSED, why);
        } else {
            InProcessExchange exchange = new InProcessExchange(this, transport, call, client);
            exchanges.add(exchange);
            call.servedBy(exchange);
            if (closed) {
                exchange.serverGone();
            }
            transport.deliver(() -> exchange.start(handler, request));
        }
    }

    void ended(InProcessExchange exchange) {
        if (exchanges.remove(exchange)) {
            places.release();
        }
    }

    private void refuse(InProcessCall call, HeapBuffer request, Reason reason, String why) {
        request.release();
        call.fail(reason, "the server on in-process address " + address + " " + why);
    }
}
