package dev.remora.samples.logs;

import dev.remora.samples.logs.v1.Line;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The last lines, each with a number that counts from 0. Those who add never wait for those who read: a reader who is too slow
 * finds that lines are gone. For any thread.
 */
final class LineRing {
    private final @Nullable Line[] lines;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private long next;

    /** @param capacity lines that are kept */
    LineRing(int capacity) {
        lines = new Line[capacity];
    }

    void add(Line line) {
        lock.lock();
        try {
            lines[(int) (next % lines.length)] = line;
            next++;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Number of the first line that is kept. */
    long first() {
        lock.lock();
        try {
            return Math.max(0, next - lines.length);
        } finally {
            lock.unlock();
        }
    }

    /** Number of the next line. */
    long end() {
        lock.lock();
        try {
            return next;
        } finally {
            lock.unlock();
        }
    }

    /**
     * A line.
     *
     * @param wait for it, if it has not come yet
     * @return null if it is not kept any more, or has not come yet and is not waited for
     */
    @Nullable
    Line get(long number, boolean wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (wait && number >= next) {
                added.await();
            }
            boolean kept = number < next && number >= next - lines.length;
            return kept ? lines[(int) (number % lines.length)] : null;
        } finally {
            lock.unlock();
        }
    }
}
