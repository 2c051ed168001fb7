package dev.remora.homa;

import dev.remora.homa.engine.Command;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drops large messages that make no progress. Its thread begins with the first large message: most processes never have
 * one.
 */
final class Sweeper implements AutoCloseable {
    private static final long LEAST_PERIOD_NS = 5_000_000;

    private final Joins joins;
    private final KeptResponses kept;
    private final long periodNs;
    private @Nullable ScheduledExecutorService executor;
    private boolean closed;

    Sweeper(Joins joins, KeptResponses kept, long timeoutNs) {
        this.joins = joins;
        this.kept = kept;
        this.periodNs = Math.max(LEAST_PERIOD_NS, timeoutNs / 4);
    }

    /** There is something to watch. Any thread. */
    synchronized void start() {
        if (executor != null || closed) {
            return;
        }
        executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("remora-homa-sweeper").daemon().factory());
        executor.scheduleWithFixedDelay(this::sweep, periodNs, periodNs, TimeUnit.NANOSECONDS);
    }

    private void sweep() {
        try {
            long nowNs = System.nanoTime();
            kept.expire(nowNs);
            for (Joins.Join join : joins.expire(nowNs)) {
                answer(join, MessageKind.UNKNOWN);
            }
        } catch (RuntimeException e) {
            Context.LOG.error("large messages that make no progress cannot be dropped: this is a defect", e);
        }
    }

    /** Ends the RPC of the first part of a request that was dropped. */
    static void answer(Joins.Join dropped, MessageKind kind) {
        Joins.Main main = dropped.main();
        if (main == null) {
            return;
        }
        main.shard().engine().post(new Command() {
            @Override
            protected void run() {
                main.answer().note(kind);
            }

            @Override
            protected void refused() {}
        });
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (executor != null) {
            executor.shutdownNow();
        }
    }
}
