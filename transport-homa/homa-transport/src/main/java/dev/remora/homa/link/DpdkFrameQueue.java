package dev.remora.homa.link;

import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.memory.Mbuf;
import dev.remora.dpdk.memory.MbufArray;
import dev.remora.dpdk.memory.MbufCache;
import dev.remora.dpdk.memory.MbufPool;
import dev.remora.dpdk.memory.PoolConfig;
import dev.remora.dpdk.port.FrameRefusedException;
import dev.remora.dpdk.port.Port;
import dev.remora.dpdk.port.RxQueue;
import dev.remora.dpdk.port.TxOffload;
import dev.remora.dpdk.port.TxQueue;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.spi.TransportMetric;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One receive and one transmit queue of a started DPDK port. The port and the pools are the caller's, who closes them after
 * this.
 *
 * <p>Frames to send lie in one mbuf each: short ones in a pool of small mbufs, longer ones, which the device is to cut, in a
 * pool of a few that hold 64 KB. Drivers keep what they sent until they have to make room, so a port needs a low threshold
 * for giving mbufs back ({@code PortConfig.txFreeThreshold}) if its large mbufs are fewer than its descriptors.
 */
public final class DpdkFrameQueue implements FrameQueue {
    /** Frames per burst, in both directions. */
    public static final int BURST = 32;

    private static final int ETHERNET_BYTES = EthernetHeader.BYTES;
    private static final int IPV4_BYTES = 20;
    /** The TCP header, as far as a NIC that cuts is concerned: a Homa DATA header. */
    private static final int L4_BYTES = 56;

    /** EtherType for local experiments, which every receiver drops. */
    private static final short NUDGE_TYPE = (short) 0xb588;

    private static final int NUDGE_BYTES = 60;
    /** A burst is handed over in much less, unless the driver waits for room. */
    private static final long WAITED_NS = 1_000_000;

    private static final Logger log = LoggerFactory.getLogger(DpdkFrameQueue.class);

    private final RxQueue rx;
    private final TxQueue tx;
    private final MbufCache small;
    private final @Nullable MbufCache large;
    private final int smallBytes;
    private final boolean sameHost;
    private final boolean driverWaits;
    private final boolean computesChecksums;
    private final boolean computesUdpChecksums;
    private final FrameCapabilities capabilities;
    private final FrameCounters counters = new FrameCounters();
    private final MbufArray outgoing = new MbufArray(BURST);
    private final MbufArray incoming = new MbufArray(BURST);

    /** Mbufs at hand for the next frame of each size, 0 if none. */
    private long nextSmall;

    private long nextLarge;
    /** The one of these that was reserved last; 0 if none is. */
    private long reserved;

    private boolean reservedLarge;
    private boolean largeMissing;
    private boolean usedSmall;
    private boolean usedLarge;
    private boolean refusalLogged;
    private boolean closed;
    private Runnable afterClose = () -> {};

    /**
     * What the queue is used for.
     *
     * @param mtu largest IP packet on the wire, in bytes; not more than the port's
     * @param linkMbps rate of the link in Mbit/s, 0 if unknown
     * @param segmentation whether frames may be longer than the MTU, for the device (or its peer) to cut
     * @param sameHost frames never leave this machine: nobody computes or verifies TCP checksums
     */
    public record Use(int mtu, int linkMbps, boolean segmentation, boolean sameHost) {}

    /**
     * Belongs to nobody until a thread uses it.
     *
     * @param port started
     * @param index of both queues
     * @param smallPool for frames up to the MTU; may be the one the port receives into
     * @param largePool for longer ones; null without segmentation
     */
    public DpdkFrameQueue(Port port, int index, MbufPool smallPool, @Nullable MbufPool largePool, Use use) {
        rx = port.rxQueue(index);
        tx = port.txQueue(index);
        smallBytes = smallPool.config().dataRoomBytes() - PoolConfig.HEADROOM;
        int mtuFrame = use.mtu() + ETHERNET_BYTES;
        if (mtuFrame > smallBytes || mtuFrame > tx.maxFrameBytes()) {
            throw new IllegalArgumentException("an MTU of " + use.mtu() + " bytes is too much for " + port
                    + ": its pool holds frames of " + smallBytes + ", its device sends " + tx.maxFrameBytes());
        }
        // A tag is not counted as a part of the MTU, neither by DPDK nor by the kernel.
        int most = Math.min(mtuFrame + EthernetHeader.TAG_BYTES, smallBytes);
        if (use.segmentation()) {
            if (largePool == null) {
                throw new IllegalArgumentException(port + ": segmentation needs a pool of large mbufs");
            }
            large = largePool.newCache();
            most = Math.max(most, largePool.config().dataRoomBytes() - PoolConfig.HEADROOM);
        } else {
            large = null;
        }
        small = smallPool.newCache();
        sameHost = use.sameHost();
        driverWaits = port.device() instanceof AfPacketDevice;
        computesChecksums = port.txOffloads().contains(TxOffload.TCP_CKSUM);
        computesUdpChecksums = port.txOffloads().contains(TxOffload.UDP_CKSUM);
        capabilities = new FrameCapabilities(
                use.mtu(),
                most,
                sameHost || computesChecksums,
                computesUdpChecksums,
                use.segmentation(),
                ChecksumSeed.PSEUDO_HEADER,
                ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH,
                use.linkMbps());
    }

    /** Has something done by the thread that closes the queue, when that is over. To be called before the queue is used. */
    public void whenClosed(Runnable action) {
        afterClose = action;
    }

    /** What passed; for any thread. */
    public FrameCounters counters() {
        return counters;
    }

    @Override
    public long fullCount() {
        return counters.noRoomCount();
    }

    @Override
    public List<TransportMetric> metrics(String prefix) {
        return counters.metrics(prefix);
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public MemorySegment memory() {
        return Mbuf.memory();
    }

    @Override
    public long reserve(int bytes) {
        if (bytes < ETHERNET_BYTES || bytes > capabilities.maxFrameBytes()) {
            throw new IllegalArgumentException("a frame of " + bytes + " bytes; this queue takes " + ETHERNET_BYTES
                    + " to " + capabilities.maxFrameBytes());
        }
        reserved = 0;
        if (outgoing.size() == BURST) {
            flush();
            if (outgoing.size() == BURST) {
                counters.noRoom();
                return NO_ROOM;
            }
        }
        reservedLarge = bytes > smallBytes;
        reserved = reservedLarge ? nextLarge() : nextSmall();
        if (reserved == 0) {
            counters.noRoom();
            return NO_ROOM;
        }
        return Mbuf.dataAddress(reserved);
    }

    private long nextSmall() {
        if (nextSmall == 0) {
            usedSmall = true;
            nextSmall = small.allocate();
        }
        return nextSmall;
    }

    private long nextLarge() {
        MbufCache from = large;
        if (nextLarge == 0 && from != null) {
            usedLarge = true;
            nextLarge = from.allocate();
            largeMissing = nextLarge == 0;
        }
        return nextLarge;
    }

    @Override
    public void commit(int bytes, Offload offload, int l3Bytes, int segmentBytes) {
        long mbuf = reserved;
        if (mbuf == 0) {
            throw new IllegalStateException("nothing is reserved");
        }
        Mbuf.length(mbuf, bytes);
        switch (offload) {
            case NONE -> {
                // Nothing to ask for: a new mbuf has no requests.
            }
            case TCP_CHECKSUM -> {
                if (!capabilities.tcpChecksum()) {
                    throw new IllegalArgumentException(tx + " does not compute checksums");
                }
                // On one host nobody looks at them, and asking costs the driver's check of the frame.
                if (computesChecksums && !sameHost) {
                    Mbuf.requestTcpChecksum(mbuf, ethernetBytes(mbuf), l3Bytes, l3Bytes == IPV4_BYTES);
                }
            }
            case UDP_CHECKSUM -> {
                if (!computesUdpChecksums) {
                    throw new IllegalArgumentException(tx + " does not compute UDP checksums");
                }
                Mbuf.requestUdpChecksum(mbuf, ethernetBytes(mbuf), l3Bytes, l3Bytes == IPV4_BYTES);
            }
            case SEGMENTATION -> {
                if (large == null) {
                    throw new IllegalArgumentException(tx + " does not cut frames");
                }
                Mbuf.requestTso(mbuf, ethernetBytes(mbuf), l3Bytes, L4_BYTES, segmentBytes, l3Bytes == IPV4_BYTES);
            }
        }
        reserved = 0;
        if (reservedLarge) {
            nextLarge = 0;
        } else {
            nextSmall = 0;
        }
        outgoing.add(mbuf);
        counters.sent(bytes);
        if (outgoing.size() == BURST) {
            flush();
        }
    }

    /** Length of the Ethernet header, which may have a tag. */
    private static int ethernetBytes(long mbuf) {
        return EthernetHeader.bytes(Mbuf.memory(), Mbuf.dataAddress(mbuf));
    }

    @Override
    public void flush() {
        if (largeMissing && outgoing.size() == 0) {
            nudge();
        }
        while (outgoing.size() > 0) {
            try {
                send();
                return;
            } catch (FrameRefusedException e) {
                drop(e);
            }
        }
    }

    /** One driver waits when its ring is full instead of saying so. */
    private void send() {
        if (!driverWaits) {
            tx.send(outgoing);
            return;
        }
        long startNs = System.nanoTime();
        tx.send(outgoing);
        if (System.nanoTime() - startNs > WAITED_NS) {
            counters.noRoom();
        }
    }

    /**
     * Drivers take mbufs back when they are given a frame. If all large ones are with the driver and nothing else is to be
     * sent, none would ever come back; so a frame that means nothing is sent. Not onto a wire.
     */
    private void nudge() {
        long mbuf = sameHost ? nextSmall() : 0;
        if (mbuf == 0) {
            return;
        }
        nextSmall = 0;
        reserved = 0;
        Mbuf.length(mbuf, NUDGE_BYTES);
        long at = Mbuf.dataAddress(mbuf);
        Mbuf.memory().asSlice(at, NUDGE_BYTES).fill((byte) 0);
        Mbuf.memory().set(ValueLayout.JAVA_SHORT_UNALIGNED, at + 12, NUDGE_TYPE);
        largeMissing = false;
        outgoing.add(mbuf);
    }

    /** Takes out a frame that can never be sent, so that the others can. */
    private void drop(FrameRefusedException refusal) {
        counters.refused();
        if (!refusalLogged) {
            refusalLogged = true;
            log.warn("a frame was dropped; others like it are only counted: {}", refusal.getMessage());
        }
        long mbuf = outgoing.get(refusal.index());
        for (int i = refusal.index(); i > 0; i--) {
            outgoing.set(i, outgoing.get(i - 1));
        }
        outgoing.removeFirst(1);
        free(mbuf);
    }

    /** To whatever pool it is from: a cache passes on what is not its pool's. */
    private void free(long mbuf) {
        usedSmall = true;
        small.free(mbuf);
    }

    @Override
    public int pending() {
        return outgoing.size();
    }

    @Override
    public int receive(FrameSink sink) {
        int count = rx.receive(incoming);
        // Most polls find nothing: what is done with a burst is compiled for itself, not as a branch that is rarely
        // taken.
        if (count > 0) {
            pass(count, sink);
        }
        return count;
    }

    private void pass(int count, FrameSink sink) {
        long bytes = 0;
        try {
            for (int i = 0; i < count; i++) {
                bytes += pass(incoming.get(i), sink);
            }
            sink.onBurstEnd();
        } finally {
            counters.received(count, bytes);
            usedSmall = true;
            small.free(incoming);
        }
    }

    private int pass(long mbuf, FrameSink sink) {
        MemorySegment memory = Mbuf.memory();
        int frameBytes = Mbuf.packetLength(mbuf);
        boolean good = sameHost || Mbuf.isTcpChecksumGood(mbuf) || Mbuf.isTcpChecksumOmitted(mbuf);
        sink.onFrame(memory, Mbuf.dataAddress(mbuf), Mbuf.dataLength(mbuf), frameBytes, good);
        if (Mbuf.segments(mbuf) > 1) {
            for (long more = Mbuf.next(mbuf); more != 0; more = Mbuf.next(more)) {
                sink.onMore(memory, Mbuf.dataAddress(more), Mbuf.dataLength(more));
            }
        }
        return frameBytes;
    }

    @Override
    public void release() {
        rx.release();
        tx.release();
        if (usedSmall) {
            small.release();
            usedSmall = false;
        }
        MbufCache ofLarge = large;
        if (usedLarge && ofLarge != null) {
            ofLarge.release();
            usedLarge = false;
        }
    }

    @Override
    public void takeOver() {
        rx.takeOver();
        tx.takeOver();
        small.takeOver();
        MbufCache ofLarge = large;
        if (ofLarge != null) {
            ofLarge.takeOver();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        flush();
        counters.discarded(outgoing.size());
        if (outgoing.size() > 0) {
            usedSmall = true;
            small.free(outgoing);
        }
        if (nextSmall != 0) {
            free(nextSmall);
        }
        if (nextLarge != 0) {
            free(nextLarge);
        }
        nextSmall = 0;
        nextLarge = 0;
        reserved = 0;
        release();
        afterClose.run();
    }
}
