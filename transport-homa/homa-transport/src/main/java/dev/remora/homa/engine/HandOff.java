package dev.remora.homa.engine;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Brings commands from any thread to the engine, each once. A command is its own list node, so nothing is allocated; that the
 * list is bounded follows from the bounds on what makes commands: calls outstanding and requests in progress.
 */
final class HandOff {
    /** Stands at the head when nothing is taken any more. */
    private static final Command CLOSED = new Command() {
        @Override
        protected void run() {}

        @Override
        protected void refused() {}
    };

    private final AtomicReference<@Nullable Command> newest = new AtomicReference<>();

    /** False when closed; the caller then refuses the command itself. */
    boolean push(Command command) {
        Command head;
        do {
            head = newest.get();
            if (head == CLOSED) {
                return false;
            }
            command.next = head;
        } while (!newest.compareAndSet(head, command));
        return true;
    }

    boolean isEmpty() {
        Command head = newest.get();
        return head == null || head == CLOSED;
    }

    /** Takes all, the oldest first; each names the next one. */
    @Nullable
    Command takeAll() {
        Command head = newest.get();
        if (head == null || head == CLOSED) {
            return null;
        }
        return reversed(newest.getAndSet(null));
    }

    /** The last ones; from now on nothing is taken. */
    @Nullable
    Command close() {
        Command head = newest.getAndSet(CLOSED);
        return head == CLOSED ? null : reversed(head);
    }

    private static @Nullable Command reversed(@Nullable Command newestFirst) {
        Command oldestFirst = null;
        Command command = newestFirst;
        while (command != null) {
            Command older = command.next;
            command.next = oldestFirst;
            oldestFirst = command;
            command = older;
        }
        return oldestFirst;
    }
}
