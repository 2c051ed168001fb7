package dev.remora.dpdk.port;

import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Natives;
import dev.remora.dpdk.ffi.Ownership;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * A transmit queue of a started port.
 *
 * <p>What drivers do with a frame they cannot send differs: some count it as sent and drop it, one sent the first segment
 * only. So length and segments are compared with the port's limits before a burst, one compare each.
 *
 * <p>Owned by the first thread that uses it, until that thread calls {@link #release()} or ends. Allocates nothing unless
 * it refuses a frame.
 */
public final class TxQueue extends OwnedQueue {
    private static final FunctionDescriptor TYPE = FunctionDescriptor.of(
            ValueLayout.JAVA_SHORT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_SHORT);
    private static final MethodHandle BURST = Natives.pointer(TYPE);
    private static final MethodHandle CRITICAL_BURST = Natives.criticalPointer(TYPE);
    private static final int SEGMENTS = Layout.loaded().offset("rte_mbuf.nb_segs");
    private static final int FLAGS = Layout.loaded().offset("rte_mbuf.ol_flags");
    private static final int LENGTH = Layout.loaded().offset("rte_mbuf.pkt_len");

    /** Flags by which a frame asks to be cut: RTE_MBUF_F_TX_TCP_SEG and RTE_MBUF_F_TX_UDP_SEG. */
    static final long CUT = 1L << 50 | 1L << 42;

    /** All flags by which a frame asks for an offload: RTE_MBUF_F_TX_OFFLOAD_MASK, bits 41 to 60. */
    static final long OFFLOADS = (1L << 61) - (1L << 41);

    private final MemorySegment function;
    private final MemorySegment prepareFunction;
    private final long queue;
    private final boolean critical;
    private final int maxSegments;
    private final String segmentsRemedy;
    private volatile int maxFrameBytes;
    private boolean prepare;

    TxQueue(int index, String port, Pointers pointers, boolean critical, Limits limits) {
        super("tx", index, port);
        function = MemorySegment.ofAddress(pointers.burst());
        prepareFunction = MemorySegment.ofAddress(pointers.prepare());
        queue = pointers.queue();
        this.critical = critical;
        maxSegments = limits.segments();
        segmentsRemedy = limits.segmentsRemedy();
        maxFrameBytes = limits.frameBytes();
        prepare = pointers.prepare() != 0;
    }

    /**
     * What {@code rte_eth_fp_ops} says.
     *
     * @param burst the burst function
     * @param prepare the prepare function, or 0
     * @param queue the driver's queue
     */
    record Pointers(long burst, long prepare, long queue) {}

    /**
     * What the port can send.
     *
     * @param frameBytes longest frame without VLAN tags that is not to be cut
     * @param segments of a frame
     * @param segmentsRemedy what to do about too many
     */
    record Limits(int frameBytes, int segments, String segmentsRemedy) {}

    /** Longest frame that may be sent without asking to have it cut; one with VLAN tags may be longer by them. */
    public int maxFrameBytes() {
        return maxFrameBytes;
    }

    /**
     * Whether frames that ask for an offload go through the driver's check first, which also readies their checksums. DPDK
     * as distributions build it does not notice there that an offload is not on: such frames go out without.
     */
    public boolean prepare() {
        return prepare;
    }

    /**
     * Switches that check off, for callers that know their frames to be right, or on again. Off, drivers such as
     * net_virtio_user need the checksum of the pseudo-header to be there. Has no effect when the driver has no check.
     */
    public void prepare(boolean on) {
        if (owner != Thread.currentThread()) {
            claim();
        }
        prepare = on && prepareFunction.address() != 0;
    }

    /**
     * Hands frames to the driver; never waits. Those accepted are no longer the caller's and leave the array; the others
     * move to its beginning.
     *
     * @return frames accepted, 0 when the queue is full
     * @throws FrameRefusedException if a frame can never be sent: too long, too many segments, or refused by the driver.
     *     None of the burst was sent then, and the array is as before
     * @throws IllegalStateException if another thread owns the queue, or the port was stopped or closed, or an mbuf is not
     *     the caller's
     */
    public int send(MbufArray array) {
        if (owner != Thread.currentThread()) {
            claim();
        }
        int size = array.size();
        if (size == 0) {
            return 0;
        }
        long entries = array.address();
        long flags = check(entries, size);
        // Before anything is changed in them: an mbuf that is not the caller's may be on its way elsewhere.
        give(entries, size);
        if ((flags & OFFLOADS) != 0 && prepare) {
            prepare(entries, size);
        }
        int count;
        try {
            if (critical) {
                count = (short) CRITICAL_BURST.invokeExact(function, queue, entries, (short) size);
            } else {
                count = (short) BURST.invokeExact(function, queue, entries, (short) size);
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        if (count < size) {
            takeBack(entries, count, size);
        }
        array.removeFirst(count);
        Reference.reachabilityFence(array);
        return count;
    }

    /** The port's MTU has changed. */
    void maxFrameBytes(int bytes) {
        maxFrameBytes = bytes;
    }

    /** All flags of the burst, if each frame can be sent. */
    private long check(long entries, int size) {
        int limit = maxFrameBytes;
        long flags = 0;
        for (int i = 0; i < size; i++) {
            long mbuf = Memory.getLong(entries + 8L * i);
            if (mbuf == 0) {
                throw new IllegalArgumentException("entry " + i + " of the array for " + this + " is null");
            }
            long own = Memory.getLong(mbuf + FLAGS);
            if (Memory.getInt(mbuf + LENGTH) > limit && (own & CUT) == 0) {
                int most = limit + tagBytes(mbuf);
                if (Memory.getInt(mbuf + LENGTH) > most) {
                    throw tooLong(i, Memory.getInt(mbuf + LENGTH), most);
                }
            }
            if (Memory.getShort(mbuf + SEGMENTS) > maxSegments) {
                throw new FrameRefusedException(
                        i,
                        this + ": frame " + i + " of the burst has " + Memory.getShort(mbuf + SEGMENTS)
                                + " segments, the port sends at most " + maxSegments,
                        segmentsRemedy);
            }
            flags |= own;
        }
        return flags;
    }

    /** Bytes of VLAN tags in a frame, which the MTU does not count; the kernel drops frames that are longer without them. */
    private static int tagBytes(long mbuf) {
        long type = Mbuf.dataAddress(mbuf) + 12;
        if (Mbuf.dataLength(mbuf) < 20 || !isTag(Memory.getShort(type))) {
            return 0;
        }
        return isTag(Memory.getShort(type + 4)) ? 8 : 4;
    }

    /** Whether an EtherType, read as little-endian, is that of a tag: 0x8100 or 0x88a8. */
    private static boolean isTag(int type) {
        return type == 0x0081 || type == 0xa888;
    }

    private FrameRefusedException tooLong(int index, int length, int limit) {
        return new FrameRefusedException(
                index,
                this + ": frame " + index + " of the burst has " + length + " bytes, the port sends at most " + limit,
                "send shorter frames, raise the MTU, or ask for TCP segmentation of this frame");
    }

    private void prepare(long entries, int size) {
        int ready;
        try {
            if (critical) {
                ready = (short) CRITICAL_BURST.invokeExact(prepareFunction, queue, entries, (short) size);
            } else {
                ready = (short) BURST.invokeExact(prepareFunction, queue, entries, (short) size);
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        if (ready < size) {
            int errno = Errno.last();
            takeBack(entries, 0, size);
            int length = Memory.getInt(Memory.getLong(entries + 8L * ready) + LENGTH);
            throw new FrameRefusedException(
                    ready,
                    this + ": the driver refuses frame " + ready + " of the burst, " + length + " bytes: "
                            + Errno.text(errno),
                    "ask in the frame only for offloads in txOffloads() of the port, and set all its header lengths");
        }
    }

    /** The mbufs are the driver's from now on: it may free them before the burst returns. Of a chain only the head is held. */
    private static void give(long entries, int size) {
        for (int i = 0; i < size; i++) {
            long mbuf = Memory.getLong(entries + 8L * i);
            if (!Ownership.tryGive(mbuf)) {
                takeBack(entries, 0, i);
                throw Ownership.notHeld(mbuf);
            }
        }
    }

    private static void takeBack(long entries, int from, int to) {
        for (int i = from; i < to; i++) {
            Ownership.take(Memory.getLong(entries + 8L * i));
        }
    }
}
