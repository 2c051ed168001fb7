package dev.remora.api.stub;

import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Between the transport's thread, which never waits, and a reader that does. Holds no more than {@link #PREFETCH} messages:
 * only so many are requested beyond those that were read.
 */
final class MessageQueue<T> {
    /** Messages requested ahead of the reader: enough to hide the round trip of a credit for small messages. */
    static final int PREFETCH = 16;

    // Credits go back in batches, so that not every message costs one.
    private static final int CREDIT_BATCH = PREFETCH / 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<T> messages = new ArrayDeque<>(PREFETCH);
    private final IntConsumer request;
    private int taken;
    private boolean ended;
    private @Nullable RpcException failure;

    /** @param request gives the sender that many credits */
    MessageQueue(IntConsumer request) {
        this.request = request;
    }

    /** Gives the first credits; call it once the call was started. */
    void open() {
        request.accept(PREFETCH);
    }

    /** @return false if the peer sends more than was requested */
    boolean offer(T message) {
        lock.lock();
        try {
            if (ended) {
                return true;
            }
            if (messages.size() >= PREFETCH) {
                return false;
            }
            messages.add(message);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
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
        T message;
        int credits = 0;
        lock.lockInterruptibly();
        try {
            while (messages.isEmpty() && !ended) {
                changed.await();
            }
            message = messages.poll();
            if (message == null) {
                if (failure != null) {
                    // A new one, so that its stack trace is the reader's.
                    throw failure.status().asException(failure.trailers());
                }
                return null;
            }
            taken++;
            if (taken >= CREDIT_BATCH && !ended) {
                credits = taken;
                taken = 0;
            }
        } finally {
            lock.unlock();
        }
        if (credits > 0) {
            request.accept(credits);
        }
        return message;
    }

    static RpcException overrun(Object method) {
        return new RpcException(
                StatusCode.INTERNAL, method + ": the peer sent more messages than the " + PREFETCH + " requested");
    }
}
