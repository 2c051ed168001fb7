package dev.remora.dpdk.memory;

import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * DPDK's functions for pools and memory. Those of the data path are the pool's own enqueue and dequeue, called by pointer
 * as DPDK's inline functions do; they neither block nor call back, so they are critical calls.
 */
final class MempoolCalls {
    private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT;

    private static final MethodHandle POOL_CREATE = Natives.function(
            "rte_pktmbuf_pool_create", FunctionDescriptor.of(POINTER, POINTER, INT, INT, SHORT, SHORT, INT));
    private static final MethodHandle POOL_FREE =
            Natives.function("rte_mempool_free", FunctionDescriptor.ofVoid(POINTER));
    private static final MethodHandle AVAILABLE =
            Natives.function("rte_mempool_avail_count", FunctionDescriptor.of(INT, POINTER));
    private static final MethodHandle FREE_BULK =
            Natives.function("rte_pktmbuf_free_bulk", FunctionDescriptor.ofVoid(POINTER, INT));
    private static final MethodHandle LCORES = Natives.function("rte_lcore_count", FunctionDescriptor.of(INT));
    private static final MethodHandle MALLOC =
            Natives.function("rte_malloc", FunctionDescriptor.of(POINTER, POINTER, SIZE, INT));
    private static final MethodHandle FREE = Natives.function("rte_free", FunctionDescriptor.ofVoid(POINTER));
    private static final MethodHandle IOVA_MODE = Natives.function("rte_eal_iova_mode", FunctionDescriptor.of(INT));
    private static final MethodHandle IOVA =
            Natives.function("rte_mem_virt2iova", FunctionDescriptor.of(POINTER, POINTER));
    private static final MethodHandle MOVE = Natives.criticalPointer(FunctionDescriptor.of(INT, POINTER, POINTER, INT));

    private static final int ANY_SOCKET = -1;
    private static final int IOVA_VIRTUAL = 2;

    private MempoolCalls() {}

    /** Whether EAL was started: it knows of CPUs then. */
    static boolean ealRuns() {
        try {
            return (int) LCORES.invokeExact() > 0;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The pool, or 0 and {@link #error()}. */
    static long createPool(long name, int mbufs, int cacheSize, int dataRoom) {
        try {
            return (long) POOL_CREATE.invokeExact(name, mbufs, cacheSize, (short) 0, (short) dataRoom, ANY_SOCKET);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static void freePool(long pool) {
        try {
            POOL_FREE.invokeExact(pool);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static int available(long pool) {
        try {
            return (int) AVAILABLE.invokeExact(pool);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** DPDK's own free, which knows clones, external buffers and other pools. */
    static void freeMbufs(long array, int count) {
        try {
            FREE_BULK.invokeExact(array, count);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Memory aligned to a cache line, or 0. */
    static long malloc(long bytes) {
        try {
            return (long) MALLOC.invokeExact(0L, bytes, 64);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    static void free(long memory) {
        try {
            FREE.invokeExact(memory);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Whether devices use the same addresses as the process. */
    static boolean ioUsesVirtualAddresses() {
        try {
            return (int) IOVA_MODE.invokeExact() == IOVA_VIRTUAL;
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** The address devices use for a place in memory; -1 if unknown. */
    static long ioAddress(long address) {
        try {
            return (long) IOVA.invokeExact(address);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Calls a pool's enqueue or dequeue function; 0 if all were moved, negative if none. */
    static int move(MemorySegment function, long pool, long array, int count) {
        try {
            return (int) MOVE.invokeExact(function, pool, array, count);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Pointer to a function of the table of a pool's kind: {@code enqueue} or {@code dequeue}. */
    static MemorySegment operation(long pool, String name) {
        Layout layout = Layout.loaded();
        int index = Memory.getInt(pool + layout.offset("rte_mempool.ops_index"));
        long table = Natives.address("rte_mempool_ops_table").address();
        return MemorySegment.ofAddress(Memory.getLong(table
                + layout.offset("rte_mempool_ops_table.ops")
                + (long) index * layout.sizeOf("rte_mempool_ops")
                + layout.offset("rte_mempool_ops." + name)));
    }

    /** Where the calling thread's logical core is noted; it stays there as long as the thread lives. */
    static long lcoreIdAddress() {
        return Natives.address("per_lcore__lcore_id").address();
    }
}
