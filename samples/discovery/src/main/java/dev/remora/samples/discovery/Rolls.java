package dev.remora.samples.discovery;

import dev.remora.api.RpcException;
import dev.remora.samples.discovery.v1.DiceRpc;
import dev.remora.samples.discovery.v1.RollRequest;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Calls at a steady rate, whether the servers keep up or not, and counts who answers. For use by any thread. */
final class Rolls implements AutoCloseable {
    private final DiceRpc.BlockingStub dice;
    private final long pauseNs;
    private final Map<String, AtomicLong> answers = new ConcurrentHashMap<>();
    private final Map<String, AtomicLong> failures = new ConcurrentHashMap<>();
    private final AtomicLong inProgress = new AtomicLong();
    private final Thread caller;
    private volatile boolean closed;

    Rolls(DiceRpc.BlockingStub dice, int perSecond) {
        this.dice = dice;
        this.pauseNs = 1_000_000_000L / perSecond;
        this.caller = Thread.ofPlatform().daemon().name("rolls").start(this::run);
    }

    private void run() {
        long dueNs = System.nanoTime();
        while (!closed) {
            Thread.ofVirtual().start(this::roll);
            dueNs += pauseNs;
            while (!closed && dueNs - System.nanoTime() > 0) {
                LockSupport.parkNanos(dueNs - System.nanoTime());
            }
        }
    }

    private void roll() {
        inProgress.incrementAndGet();
        try {
            count(answers, dice.roll(RollRequest.getDefaultInstance()).getServer());
        } catch (RpcException e) {
            count(failures, e.status().toString());
        } finally {
            inProgress.decrementAndGet();
        }
    }

    private static void count(Map<String, AtomicLong> counts, String what) {
        counts.computeIfAbsent(what, key -> new AtomicLong()).incrementAndGet();
    }

    long inProgress() {
        return inProgress.get();
    }

    /** Calls that each server has answered so far. */
    Map<String, Long> answers() {
        return copy(answers);
    }

    /** Calls that have failed so far, by their reason. */
    Map<String, Long> failures() {
        return copy(failures);
    }

    private static Map<String, Long> copy(Map<String, AtomicLong> counts) {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((what, count) -> copy.put(what, count.get()));
        return copy;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(caller);
    }
}
