package dev.remora.homa.net;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.Offload;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * IP packets to and from peers: a {@link dev.remora.homa.link.FrameQueue}, or several, with what it takes to find the peers.
 * Ethernet headers and ARP, neighbour discovery and ICMP echo are its own affair. One thread at a time, as there; the
 * addresses are those of IPv6, with IPv4 as ::ffff:a.b.c.d.
 */
public interface PacketPort extends AutoCloseable {
    /** {@link #reserve}: the way to this peer is full: flush, and come again later. */
    long NO_ROOM = -1;
    /** {@link #reserve}: no way to this peer is known (yet); the packet is lost, and counted. */
    long NO_ROUTE = -2;

    /** Of the link as a whole; the smallest where its ways differ. */
    FrameCapabilities capabilities();

    /** Destination port of packets behind UDP headers; 0 if there are none here. */
    default int udpPort() {
        return 0;
    }

    /**
     * A place for an IP packet to a peer.
     *
     * @param bytes of the packet from the IP header on
     * @return offset in {@link #memory()} of the IP header, or {@link #NO_ROOM} or {@link #NO_ROUTE}
     */
    long reserve(long peerHigh, long peerLow, int bytes);

    /** Where the place reserved last is. */
    MemorySegment memory();

    /** Our address towards the peer of the last {@link #reserve}. */
    long sourceHigh();

    long sourceLow();

    /**
     * The packet at the reserved place is complete.
     *
     * @param bytes its length from the IP header on
     * @param segmentBytes message bytes in each packet; only used with {@link Offload#SEGMENTATION}
     */
    void commit(int bytes, Offload offload, int segmentBytes);

    /** Hands all committed packets to the devices; never waits. */
    void flush();

    /** Whether the devices had no room for some of what was committed: {@link #flush} again. */
    boolean isPending();

    /** Takes a burst of packets that are there; never waits. Returns how many frames came, ours or not. */
    int receive(PacketSink sink, long nowNs);

    /**
     * Answers a packet for a port nobody listens on, with ICMP. To be called during {@link PacketSink#onHoma}.
     *
     * @param packet as given to the sink
     */
    void refuse(MemorySegment memory, dev.remora.homa.protocol.wire.ParsedPacket packet);

    /** What to sleep on until a packet comes; null where one can only look again and again. */
    default @Nullable Awaitable awaitable() {
        return null;
    }

    /** When {@link #receive} must be called at the latest even if nothing comes (neighbours to be asked again). */
    long nextDeadlineNs(long nowNs);

    /** Lets another thread own the port. */
    void release();

    /**
     * Makes the calling thread the owner, whoever was before: for callers with a lock of their own, by which the former owner
     * has ceased to use the port before this call. What is reserved or committed stays so.
     */
    void takeOver();

    @Override
    void close();
}
