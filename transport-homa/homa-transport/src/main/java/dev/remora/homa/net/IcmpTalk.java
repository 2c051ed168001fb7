package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.net.packet.EchoMessage;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.UnreachablePacket;
import java.lang.foreign.MemorySegment;

/** ICMP of one port: echo, errors about our packets, and our own "nobody listens there". */
final class IcmpTalk {
    private final InterfaceSettings settings;
    private final Routes routes;
    private final PortNotices notices;
    private final PortNotices.Inbox inbox;
    private final ControlFrames out;
    private final PortCounters counters;
    private final int mtu;
    private final RateLimit echoes = new RateLimit(1000, 100);
    private final RateLimit refusals = new RateLimit(1000, 100);
    private final UnreachablePacket error = new UnreachablePacket();

    IcmpTalk(InterfaceState shared, ControlFrames out, PortCounters counters, PortNotices.Inbox inbox) {
        settings = shared.settings;
        routes = shared.routes;
        notices = shared.notices;
        this.inbox = inbox;
        this.out = out;
        this.counters = counters;
        mtu = shared.mtu;
        error.acceptUdp(settings.udpPort());
    }

    /**
     * @param packet with the verdict ICMP, in one piece
     * @param frameSource MAC address it came from: a reply goes back the same way
     */
    void onIcmp(MemorySegment m, ParsedPacket packet, long frameSource, PacketSink sink, long nowNs) {
        if (!routes.isOwn(packet.destinationHigh(), packet.destinationLow())
                || !routes.isPeer(packet.sourceHigh(), packet.sourceLow())
                || (packet.ipv6() && IpHeader.isIpv4(packet.sourceHigh(), packet.sourceLow()))) {
            counters.add(PortCounter.ICMP_IGNORED);
        } else if (EchoMessage.isRequest(m, packet)) {
            onEcho(m, packet, frameSource, nowNs);
        } else if (error.parse(m, packet)) {
            counters.add(PortCounter.ICMP_RECEIVED);
            onError(sink);
        } else {
            counters.add(PortCounter.ICMP_IGNORED);
        }
    }

    private void onEcho(MemorySegment m, ParsedPacket packet, long frameSource, long nowNs) {
        int bytes = EchoMessage.replyBytes(packet);
        if (!settings.answers() || bytes > mtu || !EchoMessage.checksumIsValid(m, packet)) {
            counters.add(PortCounter.ICMP_IGNORED);
            return;
        }
        counters.add(PortCounter.ICMP_RECEIVED);
        if (!echoes.tryTake(nowNs)) {
            counters.add(PortCounter.ANSWERS_LIMITED);
            return;
        }
        long to = out.reserve(frameSource, type(packet), bytes);
        if (to != FrameQueue.NO_ROOM) {
            EchoMessage.writeReply(m, packet, out.nextIpId(), out.memory(), to);
            out.commit(PortCounter.ECHOES_ANSWERED);
        }
    }

    private void onError(PacketSink sink) {
        long high = error.remoteHigh();
        long low = error.remoteLow();
        switch (error.kind()) {
            case FRAGMENTATION_NEEDED -> {
                counters.add(PortCounter.PATH_MTU_TOLD);
                int told = error.mtu();
                tell(each -> each.onPathMtu(high, low, told), sink);
            }
            case PORT -> tell(Unreachable.PORT, high, low, sink);
            case PROTOCOL -> tell(Unreachable.PROTOCOL, high, low, sink);
            case HOST -> tell(Unreachable.HOST, high, low, sink);
        }
    }

    private void tell(Unreachable kind, long high, long low, PacketSink sink) {
        int port = error.destinationPort();
        tell(each -> each.onUnreachable(kind, high, low, port), sink);
    }

    private void tell(PortNotices.Notice notice, PacketSink sink) {
        notice.tell(sink);
        for (int lost = notices.tellOthers(inbox, notice); lost > 0; lost--) {
            counters.add(PortCounter.NOTICES_LOST);
        }
    }

    /** @param contiguous bytes of the Homa packet that may be quoted */
    void refuse(MemorySegment m, ParsedPacket packet, int contiguous, long frameSource, long nowNs) {
        if (!settings.refuses()) {
            counters.add(PortCounter.NOT_REFUSED);
            return;
        }
        if (!refusals.tryTake(nowNs)) {
            counters.add(PortCounter.ANSWERS_LIMITED);
            return;
        }
        int bytes = UnreachablePacket.bytes(packet, contiguous);
        long to = out.reserve(frameSource, type(packet), bytes);
        if (to != FrameQueue.NO_ROOM) {
            UnreachablePacket.write(m, packet, contiguous, out.nextIpId(), out.memory(), to);
            out.commit(PortCounter.REFUSED);
        }
    }

    private static int type(ParsedPacket packet) {
        return packet.ipv6() ? EthernetHeader.IPV6 : EthernetHeader.IPV4;
    }
}
