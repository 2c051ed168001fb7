package dev.remora.runtime.compression;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A few objects that are dear to make: deflate's state is a quarter of a megabyte outside of the heap, which would have to be
 * allocated and cleared for each message. More are made when all are in use, and ended when the pool is full.
 */
final class Pool<T> {
    /** Kept while unused; more threads than that cannot compress at one time anyway. */
    private static final int KEPT = Math.clamp(2L * Runtime.getRuntime().availableProcessors(), 4, 64);

    private final ArrayBlockingQueue<T> free = new ArrayBlockingQueue<>(KEPT);
    private final Supplier<T> make;
    private final Consumer<T> end;

    Pool(Supplier<T> make, Consumer<T> end) {
        this.make = make;
        this.end = end;
    }

    T take() {
        T pooled = free.poll();
        return pooled == null ? make.get() : pooled;
    }

    void giveBack(T used) {
        if (!free.offer(used)) {
            end.accept(used);
        }
    }
}
