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

    /** Runs all, the oldest first; false if there were none. Driving thread only. */
    boolean runAll() {
        if (isEmpty()) {
            return false;
        }
        Command command = reversed(newest.getAndSet(null));
        while (command != null) {
            Command next = command.next;
            command.next = null;
            boolean ran = false;
            try {
                command.runSafely();
                ran = true;
            } finally {
                if (!ran) { // an Error, which ends the engine: nobody else knows of these any more
                    command.refused();
                    refuseAll(next);
                }
            }
            command = next;
        }
        return true;
    }

    /** Refuses the last ones; from now on nothing is taken. Driving thread only. */
    void close() {
        Command head = newest.getAndSet(CLOSED);
        refuseAll(head == CLOSED ? null : reversed(head));
    }

    private static void refuseAll(@Nullable Command oldest) {
        Command command = oldest;
        while (command != null) {
            Command next = command.next;
            command.next = null;
            command.refused();
            command = next;
        }
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
