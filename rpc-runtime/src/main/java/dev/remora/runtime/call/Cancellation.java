package dev.remora.runtime.call;

import dev.remora.api.CallContext;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a call is cancelled, and who wants to know. Three states: open, cancelled, ended; actions run in the step from
 * open to cancelled only.
 */
public final class Cancellation {
    private enum State {
        OPEN,
        CANCELLED,
        ENDED
    }

    private State state = State.OPEN;
    private List<Entry> entries = List.of();
    private volatile boolean cancelled;

    public boolean isCancelled() {
        return cancelled;
    }

    /** Runs {@code action} on cancel, now if that has happened; never after {@link #end}. */
    public CallContext.Registration onCancel(Runnable action) {
        Entry entry = new Entry(action);
        synchronized (this) {
            if (state == State.OPEN) {
                if (entries.isEmpty()) {
                    entries = new ArrayList<>(2);
                }
                entries.add(entry);
                return entry;
            }
        }
        if (cancelled) {
            action.run();
        }
        return entry;
    }

    /** @return whether this was the step from open to cancelled */
    public boolean cancel() {
        List<Entry> toRun;
        synchronized (this) {
            if (state != State.OPEN) {
                return false;
            }
            state = State.CANCELLED;
            cancelled = true;
            toRun = entries;
            entries = List.of();
        }
        for (Entry entry : toRun) {
            entry.action.run();
        }
        return true;
    }

    public synchronized void end() {
        if (state == State.OPEN) {
            state = State.ENDED;
        }
        entries = List.of();
    }

    private final class Entry implements CallContext.Registration {
        private final Runnable action;

        Entry(Runnable action) {
            this.action = action;
        }

        @Override
        public void close() {
            synchronized (Cancellation.this) {
                // After cancel or end the list is an empty immutable one.
                if (state == State.OPEN) {
                    entries.remove(this);
                }
            }
        }
    }
}
