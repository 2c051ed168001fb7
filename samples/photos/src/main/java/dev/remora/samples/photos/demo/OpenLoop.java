package dev.remora.samples.photos.demo;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts work at a steady rate, whether or not what was started before has ended: like people, it does not wait for the
 * slow. What would be too much at one time is held back and counted.
 */
final class OpenLoop implements AutoCloseable {
    private static final double NS_PER_S = 1e9;

    private final double perSecond;
    private final int maxAtOneTime;
    private final Runnable work;
    private final Semaphore free;
    private final AtomicLong heldBack = new AtomicLong();
    private final Thread thread;
    private volatile boolean ended;

    private OpenLoop(double perSecond, int maxAtOneTime, Runnable work) {
        this.perSecond = perSecond;
        this.maxAtOneTime = maxAtOneTime;
        this.work = work;
        this.free = new Semaphore(maxAtOneTime);
        this.thread = Thread.ofPlatform().daemon().name("open-loop").unstarted(this::run);
    }

    /** @param work run on a virtual thread each time */
    static OpenLoop start(double perSecond, int maxAtOneTime, Runnable work) {
        OpenLoop loop = new OpenLoop(perSecond, maxAtOneTime, work);
        loop.thread.start();
        return loop;
    }

    private void run() {
        long startNs = System.nanoTime();
        for (long i = 0; !ended; i++) {
            long dueNs = startNs + (long) (i * NS_PER_S / perSecond);
            long waitNs;
            while (!ended && (waitNs = dueNs - System.nanoTime()) > 0) {
                LockSupport.parkNanos(waitNs);
            }
            if (ended) {
                return;
            }
            if (free.tryAcquire()) {
                Thread.ofVirtual().name("visitor").start(this::runOne);
            } else {
                heldBack.incrementAndGet();
            }
        }
    }

    private void runOne() {
        try {
            work.run();
        } finally {
            free.release();
        }
    }

    /** How often nothing was started because too much was running. */
    long heldBack() {
        return heldBack.get();
    }

    /** Starts nothing more. Idempotent. */
    @Override
    public void close() {
        ended = true;
        LockSupport.unpark(thread);
    }

    /** Starts nothing more and waits until what was started has ended; false if that takes longer. */
    boolean drain(Duration timeout) throws InterruptedException {
        close();
        thread.join(timeout);
        return free.tryAcquire(maxAtOneTime, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }
}
