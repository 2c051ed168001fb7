package dev.remora.runtime.stream;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that many streams share. For any thread. */
final class MemoryBudget {
    private final long max;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long max) {
        this.max = max;
    }

    /** @return false, with nothing taken, if there is not as much left */
    boolean tryTake(long bytes) {
        long before;
        do {
            before = used.get();
            if (before + bytes > max) {
                return false;
            }
        } while (!used.compareAndSet(before, before + bytes));
        return true;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
