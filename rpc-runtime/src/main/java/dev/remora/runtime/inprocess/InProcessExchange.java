package dev.remora.runtime.inprocess;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of a call. It keeps its place among the server's requests until the handler ends it, even when the
 * client is gone: so the bound covers the work that is really being done.
 */
final class InProcessExchange implements ServerExchange {
    private final InProcessServer server;
    private final InProcessTransport transport;
    private final InProcessCall call;
    private final String client;
    private boolean gone;
    private boolean ended;
    private @Nullable Runnable cancelAction;

    InProcessExchange(InProcessServer server, InProcessTransport transport, InProcessCall call, String client) {
        this.server = server;
        this.transport = transport;
        this.call = call;
        this.client = client;
    }

    @Override
    public String peer() {
        return client;
    }

    @Override
    public MessageBuffer allocate(int size) {
        return transport.allocate(size, "response");
    }

    @Override
    public void respond(MessageBuffer response) {
        HeapBuffer taken = HeapBuffer.take(response);
        if (!end()) {
            taken.release();
            throw endedTwice();
        }
        call.respond(taken);
    }

    @Override
    public void abort() {
        if (!abortUnlessEnded()) {
            throw endedTwice();
        }
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (ended) {
                return;
            }
            if (!gone) {
                if (cancelAction != null) {
                    throw new IllegalStateException("this exchange has a cancel action already: it takes one");
                }
                cancelAction = action;
                return;
            }
        }
        action.run();
    }

    /** Hands the request to the handler, unless nobody waits for it any more. */
    void start(RequestHandler handler, HeapBuffer request) {
        boolean dropped;
        synchronized (this) {
            dropped = gone;
            ended |= dropped;
        }
        if (dropped) {
            request.release();
            server.ended(this);
            return;
        }
        try {
            handler.onRequest(this, request);
        } catch (Throwable t) {
            abortUnlessEnded();
            throw t;
        }
    }

    void clientGone() {
        Runnable action;
        synchronized (this) {
            if (ended || gone) {
                return;
            }
            gone = true;
            action = cancelAction;
            cancelAction = null;
        }
        if (action != null) {
            transport.deliver(action);
        }
    }

    void serverGone() {
        call.fail(
                Reason.PEER_LOST,
                "the server on in-process address " + server.localAddress() + " closed during the call");
        clientGone();
    }

    private boolean abortUnlessEnded() {
        if (!end()) {
            return false;
        }
        call.fail(
                Reason.ABORTED,
                "the server on in-process address " + server.localAddress()
                        + " gave the request up without a response");
        return true;
    }

    private boolean end() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            cancelAction = null;
        }
        server.ended(this);
        return true;
    }

    private static IllegalStateException endedTwice() {
        return new IllegalStateException("this exchange has ended already: respond or abort once");
    }
}
