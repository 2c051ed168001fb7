package dev.remora.contract;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what must happen, with a bound so generous that reaching it means "never". */
public final class Patience {
    /** Seconds. */
    public static final int BOUND_S = 20;

    private static final long POLL_NS = 100_000;

    private Patience() {}

    public static <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(BOUND_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("not within " + BOUND_S + " s: " + what, e);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + what, e.getCause());
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted: " + what, e);
        }
    }

    public static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(BOUND_S, TimeUnit.SECONDS)) {
                throw new AssertionError("not within " + BOUND_S + " s: " + what);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted: " + what, e);
        }
    }

    /** For states that nobody announces. */
    public static void until(BooleanSupplier state, String what) {
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_S);
        while (!state.getAsBoolean()) {
            if (System.nanoTime() - endNs > 0) {
                throw new AssertionError("not within " + BOUND_S + " s: " + what);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }
}
