package dev.remora.runtime.stream;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all streams of a channel have on its way to servers. A stream that finds it used up is woken in its turn. For any
 * thread.
 */
final class FlightBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waking = new AtomicInteger();

    FlightBudget(long max) {
        this.max = max;
    }

    /** Whether something may be sent; it may go beyond the bound by one segment per thread. */
    boolean hasRoom() {
        return used.get() < max;
    }

    void take(long bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        if (bytes > 0) {
            used.addAndGet(-bytes);
            wake();
        }
    }

    /** Runs {@code action} once when there is room; it may be at once, on this thread. */
    void await(Runnable action) {
        waiting.add(action);
        wake();
    }

    /** One thread at a time wakes, so that streams that wake one another do not pile up on a stack. */
    private void wake() {
        if (waking.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            while (hasRoom()) {
                Runnable next = waiting.poll();
                if (next == null) {
                    break;
                }
                next.run();
            }
            seen = waking.addAndGet(-seen);
        } while (seen != 0);
    }
}
