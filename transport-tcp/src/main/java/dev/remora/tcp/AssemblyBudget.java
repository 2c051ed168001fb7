package dev.remora.tcp;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory that peers can make us set aside by announcing large frames. Whoever gets no share assembles in a
 * buffer that grows with the bytes that come.
 */
final class AssemblyBudget {
    private final AtomicLong freeBytes;

    AssemblyBudget(long bytes) {
        freeBytes = new AtomicLong(bytes);
    }

    boolean tryReserve(int bytes) {
        if (freeBytes.addAndGet(-bytes) >= 0) {
            return true;
        }
        freeBytes.addAndGet(bytes);
        return false;
    }

    void giveBack(int bytes) {
        freeBytes.addAndGet(bytes);
    }
}
