package dev.remora.tcp;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** Calls to one peer over one or more connections, opened when the first calls need them. For use by any thread. */
public final class TcpClientTransport implements ClientTransport {
    private static final long CLOSE_TIMEOUT_MS = 5000;

    private final TcpTransport transport;
    private final TcpContext context;
    private final Endpoint peer;
    private final ConnectionSlot[] slots;
    private final AtomicInteger outstanding = new AtomicInteger();
    private volatile boolean closed;

    TcpClientTransport(TcpTransport transport, TcpContext context, Endpoint peer) {
        this.transport = transport;
        this.context = context;
        this.peer = peer;
        this.slots = new ConnectionSlot[context.config().connectionsPerPeer()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new ConnectionSlot(context, peer);
        }
    }

    @Override
    public Endpoint peer() {
        return peer;
    }

    @Override
    public MessageBuffer allocate(int size) {
        return TcpMessage.allocate(context.allocator(), size, context.config().maxMessageBytes());
    }

    /**
     * {@inheritDoc}
     *
     * <p>{@code timeoutNs} is not used here: connecting has its own limit, and the kernel retransmits.
     */
    @Override
    public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        TcpMessage message = TcpMessage.take(request);
        ConnectionSlot slot = slots.length == 1 ? slots[0] : leastLoaded();
        TcpCall call = new TcpCall(this, slot, message, handler);
        int now = outstanding.incrementAndGet();
        if (slots.length > 1) {
            slot.addLoad(call.costBytes);
        }
        if (closed) {
            message.free();
            call.fail(new TransportException(Reason.CLOSED, "the client of " + peer + " is closed"));
        } else if (now > context.config().clientMaxOutstanding()) {
            message.free();
            call.fail(new TransportException(
                    Reason.OVERLOADED,
                    "more than " + context.config().clientMaxOutstanding() + " calls to " + peer
                            + " are in progress (tcp.client.max-outstanding)"));
        } else if (!slot.tryQueue(call.costBytes)) {
            message.free();
            call.fail(new TransportException(
                    Reason.OVERLOADED,
                    "more than " + context.config().clientMaxQueuedBytes() + " bytes wait to be sent to " + peer
                            + " (tcp.client.max-queued)"));
        } else {
            slot.submit(call);
        }
        return call;
    }

    /** The slot with the fewest bytes in progress; the first of equals, so that connections are opened one by one. */
    private ConnectionSlot leastLoaded() {
        ConnectionSlot best = slots[0];
        long bestLoad = Long.MAX_VALUE;
        boolean bestPaused = true;
        for (ConnectionSlot slot : slots) {
            boolean paused = slot.paused();
            long load = slot.load();
            if (paused == bestPaused ? load < bestLoad : bestPaused) {
                best = slot;
                bestLoad = load;
                bestPaused = paused;
            }
        }
        return best;
    }

    void onCallEnded(ConnectionSlot slot, int costBytes) {
        outstanding.decrementAndGet();
        if (slots.length > 1) {
            slot.addLoad(-costBytes);
        }
    }

    @Override
    public int outstanding() {
        return outstanding.get();
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<?>[] ends = new CompletableFuture<?>[slots.length];
        for (int i = 0; i < slots.length; i++) {
            ends[i] = slots[i].close();
        }
        transport.forget(this);
        if (transport.onOwnThread()) {
            return; // a handler closes its own client: its loop does the rest when it comes back
        }
        try {
            CompletableFuture.allOf(ends).get(CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            TcpContext.LOG.warn("the client of {} did not end in time: a handler blocks its event loop", peer, e);
        }
    }
}
