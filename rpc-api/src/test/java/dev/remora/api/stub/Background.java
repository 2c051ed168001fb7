package dev.remora.api.stub;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs something that may block, on a virtual thread unless said otherwise. */
final class Background<T> {
    private static final long PATIENCE_S = 60;

    final Thread thread;
    private final FutureTask<T> task;

    Background(Callable<T> action) {
        this(action, Thread.ofVirtual());
    }

    private Background(Callable<T> action, Thread.Builder threads) {
        task = new FutureTask<>(action);
        thread = threads.start(task);
    }

    /** On a thread that may drive calls. */
    static <T> Background<T> onPlatformThread(Callable<T> action) {
        return new Background<>(action, Thread.ofPlatform().daemon());
    }

    /** The result; a failure of the action is thrown as it is. */
    T join() throws Exception {
        try {
            return task.get(PATIENCE_S, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("still blocked: " + java.util.Arrays.toString(thread.getStackTrace()), e);
        }
    }

    /** Returns once the thread waits for something. */
    void awaitBlocked() {
        long limitNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        while (thread.getState() != Thread.State.WAITING) {
            if (task.isDone() || System.nanoTime() > limitNs) {
                throw new AssertionError("never waited, state " + thread.getState());
            }
            Thread.onSpinWait();
        }
    }

    static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE_S, TimeUnit.SECONDS);
    }
}
