package dev.remora.homa.link.socket;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The thread a queue belongs to: the first that uses it, until it lets go. */
final class Owner {
    private static final Thread CLOSED = new Thread(() -> {}, "closed");

    private final String what;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    /** @param what is owned, for messages */
    Owner(String what) {
        this.what = what;
    }

    /**
     * To be called by every method that only the owner may call.
     *
     * @throws IllegalStateException in any other thread, and after the end
     */
    void check() {
        if (thread.getPlain() != Thread.currentThread()) {
            claim();
        }
    }

    private void claim() {
        if (!thread.compareAndSet(null, Thread.currentThread())) {
            Thread other = thread.get();
            throw new IllegalStateException(
                    other == CLOSED
                            ? what + " is closed"
                            : what + " belongs to thread " + (other == null ? "?" : other.getName())
                                    + "; it must call release() before "
                                    + Thread.currentThread().getName()
                                    + " may use it");
        }
    }

    /** Makes the calling thread the owner in place of another. */
    void takeOver() {
        Thread now = thread.get();
        while (now != CLOSED && !thread.compareAndSet(now, Thread.currentThread())) {
            now = thread.get();
        }
    }

    void release() {
        check();
        thread.set(null);
    }

    boolean isClosed() {
        return thread.get() == CLOSED;
    }

    /** Nobody owns it from now on. */
    void close() {
        check();
        thread.set(CLOSED);
    }
}
