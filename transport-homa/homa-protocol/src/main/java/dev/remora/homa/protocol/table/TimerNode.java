package dev.remora.homa.protocol.table;

import org.jspecify.annotations.Nullable;

/** What a {@link TimerWheel} can hold: the links are in the object itself, so a timer costs no memory of its own. */
public abstract class TimerNode {
    /** Slot of a node that is due and waits to be polled. */
    static final int DUE = -1;

    /** Where it is scheduled; null if nowhere. */
    @Nullable
    TimerWheel<?> wheel;

    @Nullable
    TimerNode previousTimer;

    @Nullable
    TimerNode nextTimer;

    int timerSlot;
    long timerTick;
    private long deadlineNs;

    /** True from being scheduled to being polled or cancelled. */
    public final boolean scheduled() {
        return wheel != null;
    }

    /** When it was to expire, as last scheduled. */
    public final long deadlineNs() {
        return deadlineNs;
    }

    final void deadline(long timeNs) {
        deadlineNs = timeNs;
    }
}
