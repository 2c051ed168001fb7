package dev.remora.runtime.inprocess;

import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The client's half of a call. Whoever wins {@code ended} tells the handler, on a thread of the client's transport. */
final class InProcessCall implements TransportCall {
    private final InProcessClient client;
    private final InProcessTransport transport;
    private final ResponseHandler handler;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable InProcessExchange exchange;

    InProcessCall(InProcessClient client, InProcessTransport transport, ResponseHandler handler) {
        this.client = client;
        this.transport = transport;
        this.handler = handler;
    }

    @Override
    public void cancel() {
        giveUp(Reason.CANCELLED, "the call was cancelled by its caller");
    }

    /** Ends the call on this side and tells the server. */
    void giveUp(Reason reason, String message) {
        if (fail(reason, message)) {
            InProcessExchange served = exchange;
            if (served != null) {
                served.clientGone();
            }
        }
    }

    /** The server has taken the request. A call that ended meanwhile could not tell it so: that is made good here. */
    void servedBy(InProcessExchange newExchange) {
        exchange = newExchange;
        if (ended.get()) {
            newExchange.clientGone();
        }
    }

    void respond(HeapBuffer response) {
        int limit = transport.maxMessageBytes();
        if (response.size() > limit) {
            int size = response.size();
            response.release();
            fail(
                    Reason.RESPONSE_TOO_LARGE,
                    "the response from " + client.peer() + " has " + size + " bytes, more than this side's limit of "
                            + limit + " bytes: raise remora.in-process.max-message-bytes");
        } else if (ended.compareAndSet(false, true)) {
            transport.deliver(() -> {
                client.ended(this);
                handler.onResponse(response);
            });
        } else {
            response.release();
        }
    }

    /** @return false if the call had ended before */
    boolean fail(Reason reason, String message) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        transport.deliver(() -> {
            client.ended(this);
            handler.onFailure(new TransportException(reason, message));
        });
        return true;
    }

    /** Ends a call that was never started, on this thread. */
    void refuse(Reason reason, String message) {
        ended.set(true);
        transport.runSafely(() -> handler.onFailure(new TransportException(reason, message)));
    }
}
