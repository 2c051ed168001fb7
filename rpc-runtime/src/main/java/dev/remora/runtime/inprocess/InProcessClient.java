package dev.remora.runtime.inprocess;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException.Reason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Starts calls to one name, which is looked up anew for each. */
final class InProcessClient implements ClientTransport {
    private static final AtomicInteger CLIENTS = new AtomicInteger();

    private final InProcessTransport transport;
    private final Endpoint peer;
    private final int maxOutstanding;
    private final Semaphore places;
    private final Set<InProcessCall> calls = ConcurrentHashMap.newKeySet();
    private final String label = "in-process client " + CLIENTS.incrementAndGet();
    private volatile boolean closed;

    InProcessClient(InProcessTransport transport, Endpoint peer, int maxOutstanding) {
        this.transport = transport;
        this.peer = peer;
        this.maxOutstanding = maxOutstanding;
        this.places = new Semaphore(maxOutstanding);
    }

    @Override
    public Endpoint peer() {
        return peer;
    }

    @Override
    public MessageBuffer allocate(int size) {
        return transport.allocate(size, "request");
    }

    /** The time-out is not needed: nothing here takes time but the server. */
    @Override
    public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        HeapBuffer taken = HeapBuffer.take(request);
        InProcessCall call = new InProcessCall(this, transport, handler);
        if (closed) {
            taken.release();
            call.refuse(Reason.CLOSED, closedMessage());
            return call;
        }
        if (!places.tryAcquire()) {
            taken.release();
            // On this thread: a queue of refusals would have no bound.
            call.refuse(
                    Reason.OVERLOADED,
                    maxOutstanding + " calls to " + peer + " are outstanding, which is the limit"
                            + " remora.in-process.max-outstanding: wait for some to end");
            return call;
        }
        calls.add(call);
        if (closed) {
            call.fail(Reason.CLOSED, closedMessage());
        }
        Optional<InProcessServer> server = InProcessNames.find(peer);
        if (server.isPresent()) {
            server.get().accept(call, taken, label);
        } else {
            taken.release();
            call.fail(
                    Reason.UNREACHABLE,
                    "nobody listens on in-process address " + peer
                            + ": start the server in this JVM, or correct the address");
        }
        return call;
    }

    @Override
    public int outstanding() {
        return maxOutstanding - places.availablePermits();
    }

    @Override
    public void close() {
        closed = true;
        for (InProcessCall call : List.copyOf(calls)) {
            call.giveUp(Reason.CLOSED, closedMessage());
        }
        transport.forget(this);
    }

    void ended(InProcessCall call) {
        if (calls.remove(call)) {
            places.release();
        }
    }

    private String closedMessage() {
        return "the client of in-process address " + peer + " was closed";
    }
}
