package dev.remora.homa.net;

import dev.remora.homa.link.Awaitable;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.neighbour.NeighbourTimes;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.spi.TransportMetric;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
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
 * <p>Frames may have an 802.1Q tag with our VLAN, or without one (for the priority) if we are in none, when they arrive. Ours
 * have one if {@link InterfaceSettings#tag} says so.
 */
public final class EthernetPort implements PacketPort, RateWatch.Meter {
    /** Preamble, check sequence and gap of a frame. */
    static final int WIRE_BYTES = 24;

    private static final long SAMPLE_NS = RateWatch.SLICE_NS / 5;
    /** Two frames of 64 KB. */
    private static final int BACKLOG_BYTES = 128 << 10;

    private final FrameQueue queue;
    private final InterfaceSettings settings;
    private final Routes routes;
    private final NeighbourTable neighbours;
    private final FrameCapabilities capabilities;
    private final PortCounters counters = new PortCounters();
    private final ControlFrames control;
    private final NeighbourTalk talk;
    private final FrameReader reader;
    private final PortNotices notices;
    private final PortNotices.Inbox inbox;
    private final RateWatch rate;

    private final VlanTag tag;
    private final int headerBytes;
    private boolean began;
    private boolean sampled;
    private long sampleNs;
    private long nowNs;
    private int source;
    private int ipBytes;
    /** Of the Ethernet header at the place reserved last. */
    private long frameAt;

    /** For an interface with one queue. The port owns the queue. */
    public EthernetPort(FrameQueue queue, InterfaceSettings settings) {
        this(
                queue,
                new InterfaceState(
                        settings,
                        NeighbourTimes.USUAL,
                        queue.capabilities().mtu(),
                        queue.capabilities().linkMbps(),
                        false));
    }

    EthernetPort(FrameQueue queue, InterfaceState shared) {
        this.queue = queue;
        settings = shared.settings;
        routes = shared.routes;
        neighbours = shared.neighbours;
        notices = shared.notices;
        inbox = notices.join();
        rate = shared.rate;
        rate.join(this);
        capabilities = capabilities(queue.capabilities(), settings);
        tag = settings.tag();
        headerBytes = EthernetHeader.BYTES + (tag.isSent() ? EthernetHeader.TAG_BYTES : 0);
        control = new ControlFrames(queue, counters, settings.mac(), tag.vlan());
        talk = new NeighbourTalk(settings, routes, neighbours, control, counters);
        reader = new FrameReader(shared, talk, new IcmpTalk(shared, control, counters, inbox), counters);
    }

    private static FrameCapabilities capabilities(FrameCapabilities device, InterfaceSettings settings) {
        // What is said of frames here leaves the tag out, which is nobody's affair but this class's.
        int most = device.maxFrameBytes() - (settings.tag().isSent() ? EthernetHeader.TAG_BYTES : 0);
        int mtu = Math.min(InterfaceState.mtu(settings, device.mtu()), most - EthernetHeader.BYTES);
        return new FrameCapabilities(
                mtu,
                device.segmentation() ? most : mtu + EthernetHeader.BYTES,
                device.tcpChecksum(),
                device.udpChecksum(),
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

    @Override
    public int udpPort() {
        return settings.udpPort();
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
        long at = queue.reserve(headerBytes + bytes);
        if (at == FrameQueue.NO_ROOM) {
            counters.add(PortCounter.NO_ROOM);
            return NO_ROOM;
        }
        source = from;
        ipBytes = IpHeader.headerBytes(!ipv4);
        frameAt = at;
        int type = ipv4 ? EthernetHeader.IPV4 : EthernetHeader.IPV6;
        if (tag.isSent()) {
            EthernetHeader.writeTagged(queue.memory(), at, mac, settings.mac(), 0, tag.vlan(), type);
        } else {
            EthernetHeader.write(queue.memory(), at, mac, settings.mac(), type);
        }
        return at + headerBytes;
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
        if (tag.priority()) {
            MemorySegment memory = queue.memory();
            int trafficClass = IpHeader.trafficClass(memory, frameAt + headerBytes);
            EthernetHeader.setPriority(memory, frameAt, tag.priorityOf(trafficClass));
        }
        queue.commit(headerBytes + bytes, offload, ipBytes, segmentBytes);
        counters.add(PortCounter.HOMA_SENT);
        counters.add(PortCounter.WIRE_BYTES_SENT, wireBytes(bytes, offload, segmentBytes));
    }

    /** What a packet takes on the wire, as those that a device makes of it. */
    private long wireBytes(int bytes, Offload offload, int segmentBytes) {
        int headers = ipBytes + HomaHeader.DATA_BYTES;
        int more = offload == Offload.SEGMENTATION ? Math.max(0, bytes - headers - 1) / segmentBytes : 0;
        return (more + 1L) * (headerBytes + WIRE_BYTES) + bytes + (long) more * headers;
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
            notice.tell(sink);
            notice = inbox.poll();
        }
        int frames = reader.receive(queue, sink, now);
        control.flush();
        sampleBacklog(now);
        rate.look(now);
        return frames;
    }

    @Override
    public boolean isPending() {
        return queue.pending() > 0;
    }

    /** {@inheritDoc} Limited to 1000 per second, and only if {@link InterfaceSettings#refuses}. */
    @Override
    public void refuse(MemorySegment memory, ParsedPacket packet) {
        reader.refuse(memory, packet);
    }

    @Override
    public long sentWireBytes() {
        return counters.get(PortCounter.WIRE_BYTES_SENT);
    }

    @Override
    public long receivedWireBytes() {
        return counters.get(PortCounter.WIRE_BYTES_RECEIVED);
    }

    @Override
    public long fullCount() {
        return queue.fullCount() + counters.get(PortCounter.BACKLOG_SEEN);
    }

    /** A pacer with the right rate keeps what waits in the device far below this. */
    private void sampleBacklog(long now) {
        if (sampled && now - sampleNs < 0) {
            return;
        }
        sampled = true;
        sampleNs = now + SAMPLE_NS;
        if (queue.backlogBytes() > BACKLOG_BYTES) {
            counters.add(PortCounter.BACKLOG_SEEN);
        }
    }

    /** What it and its queue count, under its number. */
    List<TransportMetric> metrics(int number) {
        List<TransportMetric> all = new ArrayList<>(counters.metrics("port." + number + "."));
        all.addAll(queue.metrics("queue." + number + "."));
        return all;
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
        rate.leave(this);
        queue.close();
    }
}
