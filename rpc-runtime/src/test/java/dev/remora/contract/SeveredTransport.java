package dev.remora.contract;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client's transport that can go silent: from then on nothing gets through in either direction, and nobody is told. */
public final class SeveredTransport extends ClientsTransport {
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean severed;

    public SeveredTransport(Transport inner) {
        super(inner);
    }

    /** Cuts the wire. */
    public void sever() {
        severed = true;
    }

    @Override
    TransportCall call(ClientTransport client, MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        Call call = new Call(handler);
        calls.add(call);
        if (severed) {
            request.release();
        } else {
            call.started = client.call(request, timeoutNs, call);
        }
        return call;
    }

    @Override
    void clientClosed() {
        List.copyOf(calls).forEach(call -> call.fail(Reason.CLOSED));
    }

    private final class Call implements ResponseHandler, TransportCall {
        private final ResponseHandler handler;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile TransportCall started = () -> {};

        Call(ResponseHandler handler) {
            this.handler = handler;
        }

        @Override
        public void onResponse(MessageBuffer response) {
            if (severed || !end()) {
                response.release();
            } else {
                handler.onResponse(response);
            }
        }

        @Override
        public void onFailure(TransportException failure) {
            if (!severed && end()) {
                handler.onFailure(failure);
            }
        }

        @Override
        public void cancel() {
            if (severed) {
                fail(Reason.CANCELLED);
            } else {
                started.cancel();
            }
        }

        void fail(Reason reason) {
            if (end()) {
                handler.onFailure(new TransportException(reason, "behind a cut wire"));
            }
        }

        private boolean end() {
            calls.remove(this);
            return ended.compareAndSet(false, true);
        }
    }
}
