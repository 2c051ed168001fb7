package dev.remora.dpdk.memory;

import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** What C code in the process, such as a driver, does with mbufs. */
final class NativeMbufs {
    private static final MethodHandle CHECK = Natives.function(
            "rte_mbuf_check",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG));
    private static final MethodHandle CLONE = Natives.function(
            "rte_pktmbuf_clone",
            FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle COPY = Natives.function(
            "rte_pktmbuf_copy",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT));
    private static final MemorySegment CELL = Arena.global().allocate(64, 8);

    private NativeMbufs() {}

    /** DPDK's own opinion of an mbuf: throws if it is not sound. */
    static void verify(long mbuf) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reason = arena.allocate(8, 8);
            if ((int) CHECK.invokeExact(mbuf, 1, reason.address()) != 0) {
                throw new AssertionError(
                        "mbuf 0x" + Long.toHexString(mbuf) + ": " + Memory.string(Memory.getLong(reason.address())));
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** Whether an mbuf is as drivers trust those in a pool to be: they do not set these fields when they take one. */
    static boolean isLikeFree(long mbuf) {
        return Mbuf.references(mbuf) == 1 && Mbuf.segments(mbuf) == 1 && Mbuf.next(mbuf) == 0;
    }

    /** As a driver frees what it sent. */
    static synchronized void free(long mbuf) {
        Memory.putLong(CELL.address(), mbuf);
        MempoolCalls.freeMbufs(CELL.address(), 1);
    }

    /** A packet whose segments refer to the data of another's; 0 if there is no mbuf. Not held by Java. */
    static long clone(long mbuf, MbufPool pool) {
        try {
            return (long) CLONE.invokeExact(mbuf, pool.address());
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }

    /** A copy, as allocated by C code, in the thread's cache if DPDK knows the thread. Not held by Java. */
    static long copy(long mbuf, MbufPool pool) {
        try {
            return (long) COPY.invokeExact(mbuf, pool.address(), 0, -1);
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
    }
}
