package dev.remora.dpdk;

import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A thread that DPDK knows. It has a cache of its own in every mempool, which drivers use, too: bursts of a thread that is
 * not registered take and return each mbuf through the ring all threads share, and miss the CPU's cache. Made by
 * {@link Eal#registerThread()}; a platform thread only.
 */
public final class Lcore implements AutoCloseable {
    private static final ConcurrentHashMap<Thread, Lcore> CURRENT = new ConcurrentHashMap<>();

    private final int id;
    private final Thread thread;
    private final Runnable beforeLeaving;
    private boolean closed;

    private Lcore(int id, Thread thread, Runnable beforeLeaving) {
        this.id = id;
        this.thread = thread;
        this.beforeLeaving = beforeLeaving;
    }

    /** Registers the calling thread; what is to be done before it leaves is done on it, while DPDK still knows it. */
    static Lcore register(Runnable beforeLeaving) {
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            throw new DpdkException(
                    "a virtual thread cannot be registered with DPDK, it moves between threads of the system",
                    "run the loop on a platform thread");
        }
        if (CURRENT.containsKey(thread)) {
            throw new IllegalStateException(thread + " is registered already; close its Lcore first");
        }
        if (EalCalls.register() != 0) {
            throw new DpdkException(
                    "DPDK cannot register " + thread + ": " + Errno.text(Errno.last()),
                    "it knows at most RTE_MAX_LCORE threads (128): close the Lcore of those that have ended");
        }
        int id = Memory.getInt(Natives.address("per_lcore__lcore_id").address());
        Lcore lcore = new Lcore(id, thread, beforeLeaving);
        CURRENT.put(thread, lcore);
        return lcore;
    }

    /** Those of threads that still run, but not that of the calling one. */
    static List<Lcore> ofOtherThreads() {
        return CURRENT.values().stream()
                .filter(lcore -> lcore.thread.isAlive() && !lcore.thread.equals(Thread.currentThread()))
                .toList();
    }

    /** That of the calling thread, or null if it is not registered. */
    public static @Nullable Lcore current() {
        return CURRENT.get(Thread.currentThread());
    }

    /** DPDK's number for the thread, 0 to 127. */
    public int id() {
        return id;
    }

    /** The thread. */
    public Thread thread() {
        return thread;
    }

    /**
     * Takes the thread out of DPDK. What its caches of mbufs hold goes back to the pools, where other threads get at it;
     * they refuse to be used afterwards. No effect if done before.
     *
     * @throws IllegalStateException on another thread
     */
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "the Lcore of " + thread + " can only be closed by it, not by " + Thread.currentThread());
        }
        if (!closed) {
            closed = true;
            try {
                beforeLeaving.run();
            } finally {
                CURRENT.remove(thread);
                EalCalls.unregister();
            }
        }
    }

    @Override
    public String toString() {
        return "lcore " + id + " of thread " + thread.getName();
    }
}
