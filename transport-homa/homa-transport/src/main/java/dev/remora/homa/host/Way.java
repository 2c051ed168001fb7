package dev.remora.homa.host;

import dev.remora.homa.link.FrameQueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.CountDownLatch;

/** A queue of frames to one peer, with what its packets say about both ends. The addresses are lower halves. */
final class Way {
    static final int ETHERNET_BYTES = 14;
    static final short IPV4 = 0x0800;

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** 02:52: a local address. */
    private static final long MAC_PREFIX = 0x0252_0000_0000L;

    final long peerLow;
    final long ownLow;
    final FrameQueue queue;
    /** Whether packets come from the queue; false for a second name of the same queue. */
    final boolean receives;
    /** Of the engine at the other end. */
    final Bell bell;
    /** Frames were committed that it may not know of. The port's owner only. */
    boolean isToRing;

    /** The port uses it, or will not. */
    final CountDownLatch added = new CountDownLatch(1);
    /** The port does not use it any more. */
    final CountDownLatch removed = new CountDownLatch(1);

    private final long firstMacs;
    private final int lastMacs;

    Way(long peerLow, long ownLow, FrameQueue queue, boolean receives, Bell bell) {
        this.peerLow = peerLow;
        this.ownLow = ownLow;
        this.queue = queue;
        this.receives = receives;
        this.bell = bell;
        long source = mac(ownLow);
        firstMacs = mac(peerLow) << 16 | source >>> 32;
        lastMacs = (int) source;
    }

    private static long mac(long low) {
        return MAC_PREFIX | (low & 0xffff_ffffL);
    }

    /** Writes the Ethernet header. */
    void writeHeader(MemorySegment memory, long at) {
        memory.set(LONG, at, firstMacs);
        memory.set(INT, at + 8, lastMacs);
        memory.set(SHORT, at + 12, IPV4);
    }

    /** Whether a packet with these addresses may come this way. One to ourselves comes in either direction. */
    boolean allows(long sourceLow, long destinationLow) {
        return (sourceLow == peerLow && destinationLow == ownLow)
                || ((peerLow ^ ownLow) == 1 && sourceLow == ownLow && destinationLow == peerLow);
    }
}
