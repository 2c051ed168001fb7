package dev.remora.dpdk.memory;

import static dev.remora.dpdk.memory.Offsets.BUF_ADDR;
import static dev.remora.dpdk.memory.Offsets.BUF_IOVA;
import static dev.remora.dpdk.memory.Offsets.BUF_LEN;
import static dev.remora.dpdk.memory.Offsets.DATA_LEN;
import static dev.remora.dpdk.memory.Offsets.DATA_OFF;
import static dev.remora.dpdk.memory.Offsets.NB_SEGS;
import static dev.remora.dpdk.memory.Offsets.OL_FLAGS;
import static dev.remora.dpdk.memory.Offsets.PKT_LEN;
import static dev.remora.dpdk.memory.Offsets.REFCNT;
import static dev.remora.dpdk.memory.Offsets.SHINFO;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory that packets are sent from without a copy: an mbuf attached to a range of it has that range as its data. The
 * memory is DPDK's, since drivers refuse or mishandle a Java arena.
 *
 * <p>DPDK counts the mbufs attached to external memory and calls back when the last is freed. A callback into Java would
 * abort the process when a driver frees within a critical call; so the count starts at one that is never given back, and
 * {@link #isFree} looks at it.
 *
 * <p>Made by {@link MbufPool#externalMemory}. Mbufs of any pool can be attached, from any thread, also to overlapping
 * ranges. The range must not be changed while an mbuf is attached.
 */
public final class ExternalMemory implements AutoCloseable {
    private static final int REFERENCES = Layout.loaded().offset("rte_mbuf_ext_shared_info.refcnt");
    private static final int SHARED_BYTES = 64;
    private static final int MOST_BYTES = 0xffff;
    /** Attached mbufs are counted in 16 bits; leaves room for threads that see the limit at once. */
    private static final int MOST_ATTACHED = 0xff00;

    private static final long EXTERNAL = 1L << 61;
    private static final long ELSEWHERE = EXTERNAL | 1L << 62;
    private static final int PAGE = 4_096;

    private final MbufPool pool;
    private final long block;
    private final long data;
    private final long bytes;
    private final long ioOffset;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private volatile boolean closed;

    ExternalMemory(MbufPool pool, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("external memory of " + bytes + " bytes");
        }
        this.pool = pool;
        this.bytes = bytes;
        block = MempoolCalls.malloc(SHARED_BYTES + bytes);
        if (block == 0) {
            throw new DpdkException(
                    "no " + bytes + " bytes of external memory: EAL's memory has no such piece left",
                    "give EAL more memory (memoryMb)");
        }
        data = block + SHARED_BYTES;
        ioOffset = MempoolCalls.ioUsesVirtualAddresses() ? 0 : ioOffset();
        Memory.putLong(block, 0);
        Memory.putLong(block + 8, 0);
        Memory.putLong(block + 16, 0);
        Memory.putShort(block + REFERENCES, 1);
        memory = MemorySegment.ofAddress(data).reinterpret(bytes, arena, null).fill((byte) 0);
    }

    /** The memory. Not accessible after {@link #close}. */
    public MemorySegment memory() {
        return memory;
    }

    /**
     * Makes a range the data of an mbuf, in place of its own buffer, without head- or tailroom. Once the mbuf is freed, by
     * the program or a driver, it has its own buffer again.
     *
     * @param mbuf one the caller holds, with one segment
     * @param offset where the range begins
     * @param length 1 to 65,535 bytes
     */
    public void attach(long mbuf, long offset, int length) {
        if (length < 1 || length > MOST_BYTES || offset < 0 || offset > bytes - length) {
            throw new IndexOutOfBoundsException("range of " + length + " bytes at " + offset + " of " + bytes
                    + "; an mbuf holds 1 to " + MOST_BYTES);
        }
        if (mbuf == 0) {
            throw new IllegalArgumentException("mbuf is null");
        }
        if (!Ownership.isHeld(mbuf)) {
            throw Ownership.notHeld(mbuf);
        }
        long flags = Memory.getLong(mbuf + OL_FLAGS);
        if ((flags & ELSEWHERE) != 0 || Memory.getShort(mbuf + REFCNT) != 1 || Memory.getShort(mbuf + NB_SEGS) != 1) {
            throw new IllegalStateException(
                    "only an mbuf of one segment and one reference, not attached yet, can be attached to external memory");
        }
        if (!memory.scope().isAlive()) {
            throw new IllegalStateException("external memory is closed");
        }
        if (Memory.addShortAtomically(block + REFERENCES, 1) > MOST_ATTACHED) {
            Memory.addShortAtomically(block + REFERENCES, -1);
            throw new IllegalStateException("more than " + (MOST_ATTACHED - 1) + " mbufs attached to external memory");
        }
        long from = data + offset;
        Memory.putLong(mbuf + BUF_ADDR, from);
        Memory.putLong(mbuf + BUF_IOVA, from + ioOffset);
        Memory.putShort(mbuf + BUF_LEN, length);
        Memory.putShort(mbuf + DATA_OFF, 0);
        Memory.putShort(mbuf + DATA_LEN, length);
        Memory.putInt(mbuf + PKT_LEN, length);
        Memory.putLong(mbuf + SHINFO, block);
        Memory.putLong(mbuf + OL_FLAGS, flags | EXTERNAL);
    }

    /** How many mbufs are attached that were not freed yet. */
    public int attached() {
        return closed ? 0 : Memory.getShortAcquire(block + REFERENCES) - 1;
    }

    /** Whether all mbufs that were attached have been freed, so that the memory can be changed. */
    public boolean isFree() {
        return attached() == 0;
    }

    /**
     * Gives the memory back. Does nothing the second time.
     *
     * @throws DpdkException if mbufs are still attached; nothing has changed then
     */
    @Override
    public void close() {
        pool.closeExternal(this);
    }

    /** Does it, under the pool's lock; false if it was closed before. */
    boolean release() {
        if (closed) {
            return false;
        }
        checkFree();
        closed = true;
        arena.close();
        MempoolCalls.free(block);
        return true;
    }

    void checkFree() {
        int left = attached();
        if (left > 0) {
            throw new DpdkException(
                    left + " mbufs are still attached to external memory of " + bytes + " bytes",
                    "wait until isFree(): queues free what they sent only when they send more, or when their port stops");
        }
    }

    /** Difference between the addresses of devices and ours, which must be the same over the whole memory. */
    private long ioOffset() {
        long difference = MempoolCalls.ioAddress(data) - data;
        for (long at = data; at < data + bytes; at += PAGE) {
            if (MempoolCalls.ioAddress(at) - at != difference) {
                MempoolCalls.free(block);
                throw new DpdkException(
                        "external memory of " + bytes + " bytes is not in one piece for devices",
                        "ask for less than a hugepage at once, or let EAL use virtual addresses (--iova-mode=va)");
            }
        }
        return difference;
    }
}
