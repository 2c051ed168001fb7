package dev.remora.homa.net;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.neighbour.NeighbourTimes;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * IP packets in Ethernet frames over one queue of an interface.
 *
 * <p>What comes is ours only if it is for our MAC address and IP addresses and carries Homa's marks. ARP, neighbour discovery
 * and echo requests for our addresses are answered if {@link InterfaceSettings#answers}. Everything else is counted
 * ({@link PortCounter}) and left alone: real TCP on the same interface is the kernel's, which has its own copy.
 *
 * <p>Nothing waits and no packet is kept: for a neighbour that is not known yet {@link #reserve} says {@link #NO_ROUTE} and has
 * it asked for at the next {@link #receive}; the protocol sends again. Peers that talk to us are known by that.
 *
 * <p>Frames may have an 802.1Q tag without VLAN (for the priority) when they arrive; none has one when sent.
 */
public final class EthernetPort implements PacketPort {
    private final FrameQueue queue;
    private final InterfaceSettings settings;
    private final Routes routes;
    private final NeighbourTable neighbours;
    private final PathMtus pathMtus;
    private final FrameCapabilities capabilities;
    private final PortCounters counters = new PortCounters();
    private final ControlFrames control;
    private final NeighbourTalk talk;
    private final FrameReader reader;
    private final PortNotices notices;
    private final PortNotices.Inbox inbox;

    private boolean began;
    private long nowNs;
    private int source;
    private int ipBytes;

    /** For an interface with one queue. The port owns the queue. */
    public EthernetPort(FrameQueue queue, InterfaceSettings settings) {
        this(
                queue,
                new InterfaceState(
                        settings, NeighbourTimes.USUAL, queue.capabilities().mtu()));
    }

    EthernetPort(FrameQueue queue, InterfaceState shared) {
        this.queue = queue;
        settings = shared.settings;
        routes = shared.routes;
        neighbours = shared.neighbours;
        pathMtus = shared.pathMtus;
        notices = shared.notices;
        inbox = notices.join();
        capabilities = capabilities(queue.capabilities(), settings);
        control = new ControlFrames(queue, counters, settings.mac());
        talk = new NeighbourTalk(settings, routes, neighbours, control, counters);
        reader = new FrameReader(shared, talk, new IcmpTalk(shared, control, counters, inbox), counters);
    }

    private static FrameCapabilities capabilities(FrameCapabilities device, InterfaceSettings settings) {
        int mtu = InterfaceState.mtu(settings, device.mtu());
        int largest = device.segmentation() ? device.maxFrameBytes() : mtu + EthernetHeader.BYTES;
        return new FrameCapabilities(
                mtu,
                Math.min(largest, device.maxFrameBytes()),
                device.tcpChecksum(),
                device.segmentation(),
                device.checksumSeed(),
                device.segmentationSeed(),
                settings.linkMbps() == 0 ? device.linkMbps() : settings.linkMbps());
    }

    @Override
    public FrameCapabilities capabilities() {
        return capabilities;
    }

    public PortCounters counters() {
        return counters;
    }

    /** Largest packet to a peer, in bytes, as far as routers have said. Any thread. */
    public int pathMtu(long peerHigh, long peerLow, long atNs) {
        return pathMtus.of(peerHigh, peerLow, atNs);
    }

    // --- sending
    // ---------------------------------------------------------------------------------------------------------

    @Override
    public long reserve(long peerHigh, long peerLow, int bytes) {
        int from = routes.sourceFor(peerHigh, peerLow);
        if (from == Routes.NONE || !routes.isPeer(peerHigh, peerLow)) {
            counters.add(PortCounter.NO_ROUTE);
            return NO_ROUTE;
        }
        boolean ipv4 = IpHeader.isIpv4(peerHigh, peerLow);
        long hopHigh = peerHigh;
        long hopLow = peerLow;
        if (!routes.isOnLink(peerHigh, peerLow)) {
            IpAddress gateway = routes.gateway(ipv4);
            if (gateway == null) {
                counters.add(PortCounter.NO_ROUTE);
                return NO_ROUTE;
            }
            hopHigh = gateway.high();
            hopLow = gateway.low();
        }
        long mac = neighbours.macFor(hopHigh, hopLow, nowNs);
        if (mac == 0) {
            counters.add(PortCounter.NEIGHBOUR_UNKNOWN);
            return NO_ROUTE;
        }
        long at = queue.reserve(EthernetHeader.BYTES + bytes);
        if (at == FrameQueue.NO_ROOM) {
            counters.add(PortCounter.NO_ROOM);
            return NO_ROOM;
        }
        source = from;
        ipBytes = IpHeader.headerBytes(!ipv4);
        EthernetHeader.write(queue.memory(), at, mac, settings.mac(), ipv4 ? EthernetHeader.IPV4 : EthernetHeader.IPV6);
        return at + EthernetHeader.BYTES;
    }

    @Override
    public MemorySegment memory() {
        return queue.memory();
    }

    @Override
    public long sourceHigh() {
        return routes.sourceHigh(source);
    }

    @Override
    public long sourceLow() {
        return routes.sourceLow(source);
    }

    @Override
    public void commit(int bytes, Offload offload, int segmentBytes) {
        queue.commit(EthernetHeader.BYTES + bytes, offload, ipBytes, segmentBytes);
        counters.add(PortCounter.HOMA_SENT);
    }

    @Override
    public void flush() {
        queue.flush();
    }

    // --- receiving
    // -------------------------------------------------------------------------------------------------------

    @Override
    public int receive(PacketSink sink, long now) {
        nowNs = now;
        if (!began) {
            began = true;
            talk.wantGateways();
        }
        if (neighbours.isDue(now)) {
            neighbours.pollQuestions(now, talk);
        }
        PortNotices.Notice notice = inbox.poll();
        while (notice != null) {
            sink.onUnreachable(notice.kind(), notice.peerHigh(), notice.peerLow(), notice.port());
            notice = inbox.poll();
        }
        int frames = reader.receive(queue, sink, now);
        control.flush();
        return frames;
    }

    /** {@inheritDoc} Limited to 1000 per second, and only if {@link InterfaceSettings#refuses}. */
    @Override
    public void refuse(MemorySegment memory, ParsedPacket packet) {
        reader.refuse(memory, packet);
    }

    @Override
    public @Nullable Awaitable awaitable() {
        return queue instanceof Awaitable awaitable ? awaitable : null;
    }

    @Override
    public long nextDeadlineNs(long now) {
        return neighbours.dueNs(now);
    }

    @Override
    public void release() {
        queue.release();
    }

    @Override
    public void takeOver() {
        queue.takeOver();
    }

    @Override
    public void close() {
        notices.leave(inbox);
        queue.close();
    }
}
