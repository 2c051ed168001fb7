package dev.remora.api.stub;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Between the transport's thread, which never waits, and a reader that does. Holds messages ahead of the reader, so that not
 * each needs a request of its own: up to {@link #PREFETCH} small ones, fewer the larger they are, and one of those that are
 * larger than {@link #PREFETCH_BYTES}.
 */
final class MessageQueue<T> {
    static final int PREFETCH = 16;

    /** Bytes that may be held ahead, as far as the largest message so far tells. */
    static final int PREFETCH_BYTES = 256 << 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<T> messages = new ArrayDeque<>(PREFETCH);
    private final IntConsumer request;
    private final ToIntFunction<T> size;
    /** Requested and not yet here. */
    private int expected;
    /** How many to hold; nothing is known of their size before the first one. */
    private int wanted = 1;

    private boolean ended;
    private @Nullable RpcException failure;

    /**
     * @param request gives the sender that many credits; messages may come before it returns
     * @param size of a message in bytes
     */
    MessageQueue(IntConsumer request, ToIntFunction<T> size) {
        this.request = request;
        this.size = size;
    }

    /** Gives the first credits; call it once the call was started. */
    void open() {
        int credits;
        lock.lock();
        try {
            credits = creditsDue();
        } finally {
            lock.unlock();
        }
        // None, if the call has ended while it was started.
        if (credits > 0) {
            request.accept(credits);
        }
    }

    /** @return false if the peer sends more than was requested */
    boolean offer(T message) {
        int bytes = size.applyAsInt(message);
        lock.lock();
        try {
            if (ended) {
                return true;
            }
            if (messages.size() >= PREFETCH) {
                return false;
            }
            expected = Math.max(0, expected - 1);
            if (wanted == 1 || wanted * (long) bytes > PREFETCH_BYTES) {
                wanted = Math.clamp(PREFETCH_BYTES / Math.max(1, bytes), 1, PREFETCH);
            }
            messages.add(message);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** In batches, and never none when nothing is expected and the reader has nothing left. */
    private int creditsDue() {
        int ahead = expected + messages.size();
        if (ended || ahead > wanted / 2) {
            return 0;
        }
        expected += wanted - ahead;
        return wanted - ahead;
    }

    /** No more messages; {@code reason} is thrown once the ones that are there were read. The first end counts. */
    void end(@Nullable RpcException reason) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = reason;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * As {@link #end}, and drops what was not read. A reader who lost messages by that is told {@code reason} even if the
     * stream had ended well: it must not take what it has for all there is.
     */
    void abandon(@Nullable RpcException reason) {
        lock.lock();
        try {
            if (failure == null && (!ended || !messages.isEmpty())) {
                failure = reason;
            }
            ended = true;
            messages.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The next message, or null after the last one. */
    @Nullable
    T take() throws InterruptedException {
        while (true) {
            T message;
            int credits;
            lock.lockInterruptibly();
            try {
                message = messages.poll();
                credits = creditsDue();
                if (message == null && credits == 0) {
                    if (ended) {
                        return atEnd();
                    }
                    changed.await();
                }
            } finally {
                lock.unlock();
            }
            if (credits > 0) {
                request.accept(credits);
            }
            if (message != null) {
                return message;
            }
        }
    }

    private @Nullable T atEnd() {
        if (failure != null) {
            // A new one, so that its stack trace is the reader's.
            throw failure.status().asException(failure.trailers());
        }
        return null;
    }

    static RpcException overrun(Object method) {
        return new RpcException(
                StatusCode.INTERNAL, method + ": the peer sent more messages than the " + PREFETCH + " requested");
    }
}
