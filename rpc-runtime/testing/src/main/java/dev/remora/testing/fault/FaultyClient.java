package dev.remora.testing.fault;

import dev.remora.runtime.metrics.Side;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A client whose calls may meet a fault. */
final class FaultyClient implements ClientTransport {
    /** Calls that meet a fault at one time: a bound, as every transport has one. */
    private static final int MAX_CALLS = 100_000;

    private final FaultyTransport transport;
    private final ClientTransport client;
    private final Set<FaultyCall> calls = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    FaultyClient(FaultyTransport transport, ClientTransport client) {
        this.transport = transport;
        this.client = client;
    }

    @Override
    public Endpoint peer() {
        return client.peer();
    }

    @Override
    public MessageBuffer allocate(int size) {
        return client.allocate(size);
    }

    @Override
    public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        Decision decision = transport.faults().decide(Side.CLIENT, MethodOf.request(request));
        if (decision.isNothing()) {
            return client.call(request, timeoutNs, handler);
        }
        FaultyCall call = new FaultyCall(this, request, timeoutNs, handler, decision.outcome());
        calls.add(call);
        if (closed) {
            call.end(TransportException.Reason.CLOSED, "the client of " + peer() + " was closed");
        } else if (calls.size() > MAX_CALLS) {
            call.end(
                    TransportException.Reason.OVERLOADED,
                    MAX_CALLS + " calls to " + peer() + " are delayed or dropped");
        } else if (decision.delayNs() > 0) {
            // A client that closes has ended the call itself.
            transport.after(decision.delayNs(), () -> call.proceed(decision.delayNs()), () -> {});
        } else {
            call.proceed(0);
        }
        return call;
    }

    /** Those of the transport, which does not know of calls that are delayed or dropped, and these. */
    @Override
    public int outstanding() {
        int held = 0;
        for (FaultyCall call : calls) {
            held += call.isSent() ? 0 : 1;
        }
        return client.outstanding() + held;
    }

    @Override
    public void close() {
        closed = true;
        for (FaultyCall call : List.copyOf(calls)) {
            call.end(TransportException.Reason.CLOSED, "the client of " + peer() + " was closed");
        }
        client.close();
        transport.forget(this);
    }

    ClientTransport inner() {
        return client;
    }

    /** Answers on the transport's thread. */
    void soon(Runnable task) {
        transport.after(0, task, task);
    }

    void forget(FaultyCall call) {
        calls.remove(call);
    }
}
