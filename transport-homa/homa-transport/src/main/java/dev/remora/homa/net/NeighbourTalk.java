package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.net.neighbour.Asker;
import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.packet.ArpPacket;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.net.packet.NeighbourMessage;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;

/** ARP (RFC 826) and neighbour discovery (RFC 4861) of one port: asks, answers if that is ours to do, and learns. */
final class NeighbourTalk implements Asker {
    private final InterfaceSettings settings;
    private final Routes routes;
    private final NeighbourTable table;
    private final ControlFrames out;
    private final PortCounters counters;
    private final RateLimit answers = new RateLimit(1000, 100);
    private final NeighbourMessage message = new NeighbourMessage();

    NeighbourTalk(
            InterfaceSettings settings, Routes routes, NeighbourTable table, ControlFrames out, PortCounters counters) {
        this.settings = settings;
        this.routes = routes;
        this.table = table;
        this.out = out;
        this.counters = counters;
    }

    // --- ARP
    // -------------------------------------------------------------------------------------------------------------

    void onArp(MemorySegment m, long at, int bytes, boolean toUs, long nowNs) {
        if (!ArpPacket.isValid(m, at, bytes)) {
            counters.add(PortCounter.BAD_ARP);
            return;
        }
        long senderMac = ArpPacket.senderMac(m, at);
        int senderIp = ArpPacket.senderIp(m, at);
        int targetIp = ArpPacket.targetIp(m, at);
        long sender = IpHeader.mapped(senderIp);
        // Zero as sender is a probe: somebody wants an address and asks whether it is taken (RFC 5227).
        boolean probe = senderIp == 0;
        if (!MacAddress.isUnicast(senderMac)
                || senderMac == settings.mac()
                || (!probe && (!routes.isPeer(0, sender) || !routes.isOnLink(0, sender)))) {
            counters.add(PortCounter.BAD_ARP);
            return;
        }
        counters.add(PortCounter.ARP_RECEIVED);
        boolean forUs = routes.isOwn(0, IpHeader.mapped(targetIp));
        if (ArpPacket.operation(m, at) == ArpPacket.REPLY) {
            if (probe) {
                return;
            }
            if (!forUs || !toUs) {
                table.seen(0, sender, senderMac, nowNs);
                counters.add(PortCounter.ANSWERS_UNASKED);
            } else if (!table.answered(0, sender, senderMac, true, nowNs)) {
                counters.add(PortCounter.ANSWERS_UNASKED);
            }
            return;
        }
        if (!forUs) {
            // An announcement of itself, or a question to somebody else: it may tell that we are out of date.
            if (!probe) {
                table.seen(0, sender, senderMac, nowNs);
            }
            return;
        }
        if (!probe) {
            table.introduced(0, sender, senderMac, nowNs);
        }
        if (settings.answers() && mayAnswer(nowNs)) {
            long to = out.reserve(senderMac, EthernetHeader.ARP, ArpPacket.BYTES);
            if (to != FrameQueue.NO_ROOM) {
                ArpPacket.write(out.memory(), to, ArpPacket.REPLY, settings.mac(), targetIp, senderMac, senderIp);
                out.commit(PortCounter.NEIGHBOURS_ANSWERED);
            }
        }
    }

    // --- neighbour discovery
    // ---------------------------------------------------------------------------------------------

    /**
     * @param packet with the verdict ICMP, for which {@link NeighbourMessage#isOne}
     * @param frameSource MAC address it came from
     */
    void onNeighbourMessage(MemorySegment m, ParsedPacket packet, long frameSource, long nowNs) {
        long sourceHigh = packet.sourceHigh();
        long sourceLow = packet.sourceLow();
        boolean noSource = (sourceHigh | sourceLow) == 0;
        if (!message.parse(m, packet)
                || (!noSource && (!routes.isPeer(sourceHigh, sourceLow) || IpHeader.isIpv4(sourceHigh, sourceLow)))) {
            counters.add(PortCounter.BAD_ND);
            return;
        }
        counters.add(PortCounter.ND_RECEIVED);
        if (message.type() == NeighbourMessage.ADVERTISEMENT) {
            onAdvertisement(packet, nowNs);
        } else if (routes.isOwn(message.targetHigh(), message.targetLow())) {
            onSolicitation(packet, noSource, frameSource, nowNs);
        }
    }

    private void onAdvertisement(ParsedPacket packet, long nowNs) {
        long high = message.targetHigh();
        long low = message.targetLow();
        if (!routes.isPeer(high, low) || !routes.isOnLink(high, low)) {
            return;
        }
        if (!message.isSolicited() || !routes.isOwn(packet.destinationHigh(), packet.destinationLow())) {
            if (message.mac() != 0) {
                table.seen(high, low, message.mac(), nowNs);
            }
            counters.add(PortCounter.ANSWERS_UNASKED);
        } else if (!table.answered(high, low, message.mac(), message.isOverride(), nowNs)) {
            counters.add(PortCounter.ANSWERS_UNASKED);
        }
    }

    private void onSolicitation(ParsedPacket packet, boolean noSource, long frameSource, long nowNs) {
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        if (message.mac() != 0 && routes.isOnLink(high, low)) {
            table.introduced(high, low, message.mac(), nowNs);
        }
        if (!settings.answers() || !mayAnswer(nowNs)) {
            return;
        }
        // One without source asks whether our address is free (RFC 4862): all must hear that it is not.
        long mac = noSource
                ? MacAddress.ofIpv6Group(NeighbourMessage.ALL_NODES_LOW)
                : message.mac() != 0 ? message.mac() : frameSource;
        long to = out.reserve(mac, EthernetHeader.IPV6, NeighbourMessage.BYTES);
        if (to != FrameQueue.NO_ROOM) {
            NeighbourMessage.writeAdvertisement(
                    out.memory(),
                    to,
                    message.targetHigh(),
                    message.targetLow(),
                    noSource ? NeighbourMessage.LINK_GROUP_HIGH : high,
                    noSource ? NeighbourMessage.ALL_NODES_LOW : low,
                    !noSource,
                    settings.mac());
            out.commit(PortCounter.NEIGHBOURS_ANSWERED);
        }
    }

    private boolean mayAnswer(long nowNs) {
        if (answers.tryTake(nowNs)) {
            return true;
        }
        counters.add(PortCounter.ANSWERS_LIMITED);
        return false;
    }

    // --- questions
    // -------------------------------------------------------------------------------------------------------

    @Override
    public boolean ask(long high, long low, long mac) {
        int source = routes.sourceFor(high, low);
        if (source == Routes.NONE) {
            return true;
        }
        return IpHeader.isIpv4(high, low) ? askArp(source, low, mac) : solicit(source, high, low, mac);
    }

    private boolean askArp(int source, long low, long mac) {
        long to = out.reserve(mac == 0 ? MacAddress.BROADCAST : mac, EthernetHeader.ARP, ArpPacket.BYTES);
        if (to == FrameQueue.NO_ROOM) {
            return false;
        }
        int own = (int) routes.sourceLow(source);
        ArpPacket.write(out.memory(), to, ArpPacket.REQUEST, settings.mac(), own, 0, (int) low);
        out.commit(PortCounter.NEIGHBOURS_ASKED);
        return true;
    }

    private boolean solicit(int source, long high, long low, long mac) {
        long group = NeighbourMessage.solicitedNodeLow(low);
        long to = out.reserve(
                mac == 0 ? MacAddress.ofIpv6Group(group) : mac, EthernetHeader.IPV6, NeighbourMessage.BYTES);
        if (to == FrameQueue.NO_ROOM) {
            return false;
        }
        NeighbourMessage.writeSolicitation(
                out.memory(),
                to,
                routes.sourceHigh(source),
                routes.sourceLow(source),
                mac == 0 ? NeighbourMessage.LINK_GROUP_HIGH : high,
                mac == 0 ? group : low,
                high,
                low,
                settings.mac());
        out.commit(PortCounter.NEIGHBOURS_ASKED);
        return true;
    }

    /** Has the gateways known before the first packet for them. */
    void wantGateways() {
        for (boolean ipv4 : new boolean[] {true, false}) {
            IpAddress gateway = routes.gateway(ipv4);
            if (gateway != null) {
                table.want(gateway.high(), gateway.low(), false);
            }
        }
    }
}
