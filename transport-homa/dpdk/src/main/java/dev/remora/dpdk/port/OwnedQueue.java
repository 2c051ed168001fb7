package dev.remora.dpdk.port;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A queue and the thread that may use it. DPDK's queues are not thread-safe and say nothing when two threads meet, so the
 * first thread that uses a queue owns it until it calls {@link #release()} or ends.
 *
 * <p>On the fast path this costs a plain read and a compare: only the owner itself, or someone after its end, takes its
 * name out of the field, so a thread that reads its own name there is right. All changes are atomic. A port that is
 * stopped or closed puts a mark into the field that is no thread, so that the same compare keeps the stale pointers of the
 * queue from being used.
 */
abstract sealed class OwnedQueue permits RxQueue, TxQueue {
    private static final VarHandle OWNER;
    private static final Object RETIRED = new Object();

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(OwnedQueue.class, "owner", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A thread, null, or the mark. */
    @Nullable
    Object owner;

    private final String name;
    private final int index;

    OwnedQueue(String direction, int index, String port) {
        this.index = index;
        name = direction + " queue " + index + " of port " + port;
    }

    /** Number of the queue. */
    public final int index() {
        return index;
    }

    /** The thread that owns the queue, or null. */
    public final @Nullable Thread owner() {
        return OWNER.getVolatile(this) instanceof Thread thread && thread.isAlive() ? thread : null;
    }

    /** Lets another thread own the queue. Only for the owner; nothing happens if there is none. */
    public final void release() {
        Object now = OWNER.getVolatile(this);
        if (now == Thread.currentThread()) {
            OWNER.setVolatile(this, null);
        } else if (now instanceof Thread other && other.isAlive()) {
            throw foreign(other);
        }
    }

    /**
     * Makes the calling thread the owner, whoever was before: for callers with a lock of their own, by which the former owner
     * has ceased to use the queue before this call. Costs less than {@link #release()} and a claim.
     *
     * @throws IllegalStateException if the port was stopped or closed
     */
    public final void takeOver() {
        Thread me = Thread.currentThread();
        while (true) {
            Object now = OWNER.getVolatile(this);
            if (now == RETIRED) {
                claim();
            }
            if (now == me || OWNER.compareAndSet(this, now, me)) {
                return;
            }
        }
    }

    /** Makes the calling thread the owner. */
    final void claim() {
        Thread me = Thread.currentThread();
        while (true) {
            Object now = OWNER.getVolatile(this);
            if (now == me) {
                return;
            }
            if (now == RETIRED) {
                throw new IllegalStateException(name
                        + " was stopped or closed with its port; after start() take the queue from the port again");
            }
            if (now instanceof Thread other && other.isAlive()) {
                throw foreign(other);
            }
            if (OWNER.compareAndSet(this, now, me)) {
                return;
            }
        }
    }

    /** A thread other than the calling one that owns the queue and lives, or null. */
    final @Nullable Thread otherOwner() {
        Thread thread = owner();
        return thread == Thread.currentThread() ? null : thread;
    }

    /** Ends the queue's use, unless another living thread owns it; then false. */
    final boolean retire() {
        while (true) {
            if (otherOwner() != null) {
                return false;
            }
            Object now = OWNER.getVolatile(this);
            if (now instanceof Thread thread && thread.isAlive() && thread != Thread.currentThread()) {
                continue;
            }
            if (OWNER.compareAndSet(this, now, RETIRED)) {
                return true;
            }
        }
    }

    /** Takes {@link #retire()} back; nobody owns the queue then. */
    final void revive() {
        OWNER.compareAndSet(this, RETIRED, null);
    }

    /** Kind, number and port, for messages. */
    @Override
    public final String toString() {
        return name;
    }

    private IllegalStateException foreign(Thread other) {
        return new IllegalStateException(name + " belongs to thread " + other.getName() + "; thread "
                + Thread.currentThread().getName() + " cannot use it: release() it there first");
    }
}
