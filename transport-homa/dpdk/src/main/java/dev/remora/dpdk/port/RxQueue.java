package dev.remora.dpdk.port;

import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import dev.remora.dpdk.ffi.Ownership;
import dev.remora.dpdk.memory.MbufArray;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * A receive queue of a started port. The driver's burst function is called straight through its pointer, as DPDK's inline
 * functions do it.
 *
 * <p>Owned by the first thread that uses it, until that thread calls {@link #release()} or ends. Allocates nothing.
 */
public final class RxQueue extends OwnedQueue {
    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            ValueLayout.JAVA_SHORT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
    private static final MethodHandle BURST = Natives.pointer(TYPE);
    private static final MethodHandle CRITICAL_BURST = Natives.criticalPointer(TYPE);

    private final MemorySegment function;
    private final long queue;
    private final boolean critical;
    /** Of the pool the driver takes mbufs from; null if it passes on those of any pool. */
    private final @Nullable Ownership ownership;

    RxQueue(int index, String port, MemorySegment function, long queue, DeviceConfig device, long pool) {
        super("rx", index, port);
        this.function = function;
        this.queue = queue;
        critical = device.neverBlocks();
        ownership = device.passesMbufsOn() ? null : Ownership.ofPool(pool);
    }

    /**
     * Receives what is there, up to the array's capacity; never waits. The array's former entries are forgotten. Use
     * arrays of at least 32: the fastest functions of some NICs return nothing into less than a few entries.
     *
     * @return mbufs received, which the caller owns
     * @throws IllegalStateException if another thread owns the queue, or the port was stopped or closed
     */
    public int receive(MbufArray array) {
        if (owner != Thread.currentThread()) {
            claim();
        }
        array.clear();
        long entries = array.address();
        int count;
        try {
            if (critical) {
                count = (short) CRITICAL_BURST.invokeExact(function, queue, entries, (short) array.capacity());
            } else {
                count = (short) BURST.invokeExact(function, queue, entries, (short) array.capacity());
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        // Most polls find nothing: what follows is compiled for itself, not as a branch that is rarely taken.
        if (count > 0) {
            array.size(count);
            if (ownership != null) {
                ownership.received(entries, count);
            } else {
                take(entries, count);
            }
        }
        Reference.reachabilityFence(array);
        return count;
    }

    /** The sender has given these mbufs up, and may have kept a reference. */
    private static void take(long entries, int count) {
        for (int i = 0; i < count; i++) {
            Ownership.take(Memory.getLong(entries + 8L * i));
        }
    }
}
