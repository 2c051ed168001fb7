package dev.remora.runtime.time;

/** A clock and its alarm. For any thread. */
public interface TimeSource {
    /** Now, on the scale of {@link System#nanoTime}. */
    long nowNs();

    /** Runs {@code action}, which must not block, on a thread of the clock's in {@code delayNs} nanoseconds, at once if not positive. */
    Timer after(long delayNs, Runnable action);

    /** An action that waits for its time. */
    @FunctionalInterface
    interface Timer {
        /** Takes the action back; too late if it runs already. Any number of times. */
        void cancel();
    }
}
