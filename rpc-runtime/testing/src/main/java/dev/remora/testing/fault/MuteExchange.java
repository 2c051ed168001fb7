package dev.remora.testing.fault;

import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import org.jspecify.annotations.Nullable;

/**
 * An exchange whose end does not reach the client. It stays open for the transport until the client gives it up, so that the
 * client sees a call that takes for ever, and is ended then.
 */
final class MuteExchange implements ServerExchange {
    private final ServerExchange exchange;
    private boolean gone;
    private boolean ended;
    private @Nullable Runnable cancelAction;

    MuteExchange(ServerExchange exchange) {
        this.exchange = exchange;
        exchange.onCancel(this::onClientGone);
    }

    private void onClientGone() {
        Runnable action;
        boolean end;
        synchronized (this) {
            gone = true;
            end = ended;
            action = cancelAction;
            cancelAction = null;
        }
        if (end) {
            exchange.abort();
        } else if (action != null) {
            action.run();
        }
    }

    @Override
    public String peer() {
        return exchange.peer();
    }

    @Override
    public MessageBuffer allocate(int size) {
        return exchange.allocate(size);
    }

    @Override
    public void respond(MessageBuffer response) {
        response.release();
        abort();
    }

    @Override
    public void abort() {
        boolean end;
        synchronized (this) {
            if (ended) {
                throw new IllegalStateException("this exchange has ended already: respond or abort once");
            }
            ended = true;
            cancelAction = null;
            end = gone;
        }
        if (end) {
            exchange.abort();
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
}
