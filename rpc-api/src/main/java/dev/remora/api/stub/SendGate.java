package dev.remora.api.stub;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Where a blocking writer waits until the call is ready for another message or has ended. */
final class SendGate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final BooleanSupplier ready;
    private boolean closed;

    SendGate(BooleanSupplier ready) {
        this.ready = ready;
    }

    /** The answer of {@code ready} may have changed to true. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The call has ended: nobody waits here any more. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** @return whether the call is still open */
    boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!closed && !ready.getAsBoolean()) {
                changed.await();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }
}
