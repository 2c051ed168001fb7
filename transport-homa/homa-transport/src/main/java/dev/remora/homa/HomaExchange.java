package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One request being served.
 *
 * <p>Its state is one reference: OPEN, a cancel action, CANCELLED or ENDED. Whoever swaps the action out runs it, so it runs at
 * most once, and never after the end. A cancelled exchange counts as in progress until its handler ends it, because the handler
 * is still at work.
 */
final class HomaExchange extends Command implements ServerExchange {
    private enum Mark {
        OPEN,
        CANCELLED,
        ENDED
    }

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(HomaExchange.class, "state", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final HomaServer server;
    final long peerHigh;
    final long peerLow;
    final int peerPort;
    final long rpcId;
    private final Shard shard;

    /** Link of {@link ExchangeTable}. */
    @Nullable
    HomaExchange nextInBucket;

    /** Null when it has been answered or nobody waits any more. Engine only. */
    private @Nullable Answer answer;

    /** What to send; null to abort. Written before the hand-off. */
    private @Nullable OutgoingMessage response;

    private volatile Object state = Mark.OPEN;

    HomaExchange(HomaServer server, Shard shard, Answer answer, long peerHigh, long peerLow, int peerPort, long rpcId) {
        this.server = server;
        this.shard = shard;
        this.answer = answer;
        this.peerHigh = peerHigh;
        this.peerLow = peerLow;
        this.peerPort = peerPort;
        this.rpcId = rpcId;
    }

    @Override
    public String peer() {
        return AddressText.of(peerHigh, peerLow, peerPort);
    }

    @Override
    public MessageBuffer allocate(int size) {
        return shard.context.pool().lend(size);
    }

    @Override
    public void respond(MessageBuffer buffer) {
        OutgoingMessage message = OutgoingMessage.take(buffer);
        if (STATE.getAndSet(this, Mark.ENDED) == Mark.ENDED) {
            message.free();
            throw endedTwice();
        }
        response = message;
        shard.engine().submit(this);
    }

    @Override
    public void abort() {
        if (!abortIfOpen()) {
            throw endedTwice();
        }
    }

    private IllegalStateException endedTwice() {
        return new IllegalStateException("this exchange with " + peer() + " was ended already: respond or abort once");
    }

    /** False if it was ended before. */
    boolean abortIfOpen() {
        if (STATE.getAndSet(this, Mark.ENDED) == Mark.ENDED) {
            return false;
        }
        shard.engine().submit(this);
        return true;
    }

    @Override
    public void onCancel(Runnable action) {
        if (STATE.compareAndSet(this, Mark.OPEN, action)) {
            return;
        }
        Object now = state;
        if (now == Mark.CANCELLED) {
            run(action);
        } else if (now != Mark.ENDED) {
            throw new IllegalStateException("this exchange has a cancel action already: it takes one");
        }
    }

    /** The handler has ended it. */
    @Override
    protected void run() {
        server.leave();
        OutgoingMessage message = response;
        response = null;
        Answer to = takeAnswer();
        if (to == null) {
            if (message != null) {
                message.free();
            }
        } else if (message == null) {
            to.note(MessageKind.ABORTED);
        } else if (Parts.fitsWhole(message.size())) {
            message.header(MessageKind.RESPONSE);
            to.send(message, MessageKind.RESPONSE, message.size());
        } else {
            KeptResponses.Entry kept = shard.context
                    .kept()
                    .keep(server.answers(), peerHigh, peerLow, peerPort, rpcId, message, System.nanoTime());
            if (kept == null) {
                Context.LOG.warn(
                        "no memory to keep a response of {} bytes for {}: raise remora.homa.join-memory",
                        message.size(),
                        peer());
                message.free();
                to.note(MessageKind.ABORTED);
            } else {
                shard.context.sweeper().start();
                to.sendFirst(kept, message);
            }
        }
    }

    @Override
    protected void refused() {
        server.leave();
        OutgoingMessage message = response;
        response = null;
        if (message != null) {
            message.free();
        }
    }

    /** The answer's place, once. Engine. */
    private @Nullable Answer takeAnswer() {
        Answer mine = answer;
        answer = null;
        if (mine != null) {
            shard.requests.exchanges().remove(this);
        }
        return mine;
    }

    /** The client does not wait any more: nothing is answered. Engine. */
    void onClientGone() {
        Answer mine = takeAnswer();
        if (mine != null) {
            mine.drop();
            cancel();
        }
    }

    /** The server is being closed. Engine. */
    void onServerClosed() {
        Answer mine = takeAnswer();
        if (mine != null) {
            mine.note(MessageKind.LOST);
            cancel();
        }
    }

    private void cancel() {
        Object before;
        do {
            before = state;
            if (before == Mark.ENDED || before == Mark.CANCELLED) {
                return;
            }
        } while (!STATE.compareAndSet(this, before, Mark.CANCELLED));
        if (before instanceof Runnable action) {
            run(action);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            Context.LOG.error("a cancel action threw; it must not", e);
        }
    }
}
