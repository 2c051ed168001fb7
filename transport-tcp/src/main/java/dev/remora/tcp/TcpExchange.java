package dev.remora.tcp;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One request being served.
 *
 * <p>Its state is one reference: OPEN, a cancel action, CANCELLED or ENDED. Whoever swaps the action out runs it, so it
 * runs at most once, and never after the end. A cancelled exchange counts as in flight until its handler ends it,
 * because the handler is still at work.
 */
final class TcpExchange extends HandOff.Item implements ServerExchange {
    private enum Mark {
        OPEN,
        CANCELLED,
        ENDED
    }

    final long rpcId;
    final int requestBytes;

    /** What to send; null to abort, or to send nothing after a cancel. Written before the hand-off. */
    @Nullable
    TcpMessage response;

    /** Nothing is to be sent: the client does not wait any more. Written before the hand-off. */
    boolean silent;

    private final ServerConnection connection;
    private final AtomicReference<Object> state = new AtomicReference<>(Mark.OPEN);

    TcpExchange(ServerConnection connection, long rpcId, int requestBytes) {
        this.connection = connection;
        this.rpcId = rpcId;
        this.requestBytes = requestBytes;
    }

    @Override
    public String peer() {
        return connection.peer;
    }

    @Override
    public MessageBuffer allocate(int size) {
        return TcpMessage.allocate(
                connection.context.allocator(),
                size,
                connection.context.config().maxMessageBytes());
    }

    @Override
    public void respond(MessageBuffer buffer) {
        TcpMessage message = TcpMessage.take(buffer);
        Object before = state.getAndSet(Mark.ENDED);
        if (before == Mark.ENDED) {
            message.free();
            throw new IllegalStateException("this exchange with " + connection.peer + " was ended already");
        }
        if (before == Mark.CANCELLED) {
            message.free();
            silent = true;
        } else {
            response = message;
        }
        connection.submit(this);
    }

    @Override
    public void abort() {
        Object before = state.getAndSet(Mark.ENDED);
        if (before == Mark.ENDED) {
            throw new IllegalStateException("this exchange with " + connection.peer + " was ended already");
        }
        silent = before == Mark.CANCELLED;
        connection.submit(this);
    }

    /** Ends it for a handler that threw, unless the handler had ended it before. */
    void abortIfOpen() {
        Object before = state.getAndSet(Mark.ENDED);
        if (before != Mark.ENDED) {
            silent = before == Mark.CANCELLED;
            connection.submit(this);
        }
    }

    @Override
    public void onCancel(Runnable action) {
        if (state.compareAndSet(Mark.OPEN, action)) {
            return;
        }
        Object now = state.get();
        if (now == Mark.CANCELLED) {
            run(action);
        } else if (now != Mark.ENDED) {
            throw new IllegalStateException("this exchange has a cancel action already");
        }
    }

    /** The client has cancelled or is lost. Event loop. */
    void cancel() {
        Object before;
        do {
            before = state.get();
            if (before == Mark.ENDED || before == Mark.CANCELLED) {
                return;
            }
        } while (!state.compareAndSet(before, Mark.CANCELLED));
        if (before instanceof Runnable action) {
            run(action);
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            TcpContext.LOG.error("a cancel action threw; it must not", e);
        }
    }
}
