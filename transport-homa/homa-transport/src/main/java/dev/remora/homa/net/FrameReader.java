package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.FrameSink;
import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import dev.remora.homa.net.packet.NeighbourMessage;
import dev.remora.homa.protocol.wire.Checksum;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.IpParser;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Decides what each received frame is and who gets it. */
final class FrameReader implements FrameSink {
    private static final PortCounter[] BY_VERDICT = {
        PortCounter.HOMA_RECEIVED,
        PortCounter.ICMP_RECEIVED,
        PortCounter.NOT_HOMA,
        PortCounter.NOT_IP,
        PortCounter.NOT_OURS,
        PortCounter.BAD_LENGTH,
        PortCounter.BAD_HEADER_CHECKSUM,
        PortCounter.FRAGMENT,
        PortCounter.IP_OPTIONS,
        PortCounter.BAD_ADDRESS,
        PortCounter.BAD_TYPE,
        PortCounter.SHORT_PACKET,
        PortCounter.BAD_HOMA_CHECKSUM,
        PortCounter.BEYOND_MESSAGE
    };

    private final InterfaceSettings settings;
    private final Routes routes;
    private final NeighbourTable neighbours;
    private final NeighbourTalk talk;
    private final IcmpTalk icmp;
    private final PortCounters counters;
    private final IpParser verifying;
    private final IpParser trusting;
    private final ParsedPacket packet = new ParsedPacket();
    private final FramePieces pieces = new FramePieces();

    private @Nullable PacketSink sink;
    private long nowNs;
    /** MAC address the packet being handed on came from; 0 when there is none. */
    private long frameSource;

    private int contiguous;
    private final boolean untaggedIsOurs;

    FrameReader(InterfaceState shared, NeighbourTalk talk, IcmpTalk icmp, PortCounters counters) {
        settings = shared.settings;
        routes = shared.routes;
        neighbours = shared.neighbours;
        this.talk = talk;
        this.icmp = icmp;
        this.counters = counters;
        untaggedIsOurs = settings.tag().vlan() == 0 || shared.takesTagsOff;
        verifying = parser(settings, settings.verifiesChecksums());
        trusting = parser(settings, false);
    }

    private static IpParser parser(InterfaceSettings settings, boolean verifyHomaChecksum) {
        IpParser parser = new IpParser(true, verifyHomaChecksum, IpHeader.defaultPriorityMap());
        for (OwnAddress own : settings.addresses()) {
            parser.addOwnAddress(own.address().high(), own.address().low());
        }
        parser.acceptUdp(settings.udpPort());
        return parser;
    }

    int receive(FrameQueue queue, PacketSink receiver, long now) {
        sink = receiver;
        nowNs = now;
        try {
            return queue.receive(this);
        } finally {
            sink = null;
            pieces.clear();
        }
    }

    void refuse(MemorySegment memory, ParsedPacket refused) {
        if (frameSource == 0) {
            throw new IllegalStateException("a packet can only be refused during onHoma: its memory may be gone");
        }
        icmp.refuse(memory, refused, contiguous, frameSource, nowNs);
    }

    // --- frames and their pieces
    // -----------------------------------------------------------------------------------------

    @Override
    public void onFrame(MemorySegment memory, long at, int bytes, int frameBytes, boolean checksumKnownGood) {
        dropUnfinished();
        counters.add(PortCounter.FRAMES_RECEIVED);
        counters.add(PortCounter.WIRE_BYTES_RECEIVED, frameBytes + EthernetPort.WIRE_BYTES);
        if (bytes < frameBytes) {
            pieces.begin(memory, at, bytes, frameBytes, checksumKnownGood);
        } else {
            frame(memory, at, bytes, bytes, checksumKnownGood);
        }
    }

    @Override
    public void onMore(MemorySegment memory, long at, int bytes) {
        if (!pieces.isOpen()) {
            return;
        }
        pieces.add(memory, at, bytes);
        if (!pieces.isWhole()) {
            return;
        }
        if (pieces.isTooMany()) {
            counters.add(PortCounter.TOO_MANY_PIECES);
        } else {
            frame(pieces.memory(0), pieces.at(0), pieces.bytes(0), pieces.frameBytes(), pieces.isKnownGood());
        }
        pieces.clear();
    }

    @Override
    public void onBurstEnd() {
        dropUnfinished();
        PacketSink receiver = sink;
        if (receiver != null) {
            receiver.onBurstEnd();
        }
    }

    private void dropUnfinished() {
        if (pieces.isOpen()) {
            counters.add(PortCounter.CUT_SHORT);
            pieces.clear();
        }
    }

    // --- what it is
    // ------------------------------------------------------------------------------------------------------

    private void frame(MemorySegment m, long at, int piece, int bytes, boolean knownGood) {
        if (piece < EthernetHeader.BYTES) {
            counters.add(PortCounter.SHORT_FRAME);
            return;
        }
        long destination = EthernetHeader.destination(m, at);
        long from = EthernetHeader.source(m, at);
        boolean toUs = destination == settings.mac();
        if (!toUs && MacAddress.isUnicast(destination)) {
            counters.add(PortCounter.FOREIGN_FRAME);
            return;
        }
        if (!MacAddress.isUnicast(from) || from == settings.mac()) {
            counters.add(PortCounter.BAD_SOURCE_MAC);
            return;
        }
        int type = EthernetHeader.type(m, at);
        int header = EthernetHeader.BYTES;
        if (type == EthernetHeader.TAG) {
            header += EthernetHeader.TAG_BYTES;
            if (piece < header) {
                counters.add(PortCounter.SHORT_FRAME);
                return;
            }
            if (EthernetHeader.vlan(m, at) != settings.tag().vlan()) {
                counters.add(PortCounter.OTHER_VLAN);
                return;
            }
            type = EthernetHeader.typeBehindTag(m, at);
        } else if (!untaggedIsOurs) {
            counters.add(PortCounter.OTHER_VLAN);
            return;
        }
        if (type == EthernetHeader.ARP) {
            talk.onArp(m, at + header, piece - header, toUs, nowNs);
        } else if (type == EthernetHeader.IPV4 || type == EthernetHeader.IPV6) {
            ip(m, at, header, piece, bytes, type == EthernetHeader.IPV6, toUs, from, knownGood);
        } else {
            counters.add(PortCounter.NOT_IP);
        }
    }

    private void ip(
            MemorySegment m,
            long at,
            int header,
            int piece,
            int bytes,
            boolean ipv6,
            boolean toUs,
            long from,
            boolean knownGood) {
        boolean whole = piece == bytes;
        IpParser parser = whole && !knownGood ? verifying : trusting;
        if (piece <= header || IpHeader.version(m, at + header) != (ipv6 ? 6 : 4)) {
            counters.add(PortCounter.BAD_LENGTH);
            return;
        }
        ParsedPacket.Verdict verdict = parser.parse(m, at + header, piece - header, bytes - header, packet);
        PacketSink receiver = sink;
        if (receiver == null) {
            return;
        }
        if (verdict == ParsedPacket.Verdict.HOMA) {
            homa(m, at, piece, toUs, from, whole || knownGood, receiver);
        } else if (verdict != ParsedPacket.Verdict.ICMP) {
            counters.add(BY_VERDICT[verdict.ordinal()]);
        } else if (!whole) {
            counters.add(PortCounter.ICMP_IGNORED);
        } else if (NeighbourMessage.isOne(m, packet)) {
            talk.onNeighbourMessage(m, packet, from, nowNs);
        } else if (toUs) {
            icmp.onIcmp(m, packet, from, receiver, nowNs);
        } else {
            counters.add(PortCounter.ICMP_IGNORED);
        }
    }

    private void homa(
            MemorySegment m, long at, int piece, boolean toUs, long from, boolean verified, PacketSink receiver) {
        if (!toUs) {
            counters.add(PortCounter.FOREIGN_FRAME);
            return;
        }
        // The parser lets through what no host of this link can have, such as its broadcast address.
        if (!routes.isPeer(packet.sourceHigh(), packet.sourceLow())) {
            counters.add(PortCounter.BAD_ADDRESS);
            return;
        }
        int homaAt = (int) (packet.homaOffset() - at);
        int length = packet.homaLength();
        if (!verified && settings.verifiesChecksums() && packet.hasChecksum() && !piecesAreValid(m, at)) {
            counters.add(PortCounter.BAD_HOMA_CHECKSUM);
            return;
        }
        learn(from);
        counters.add(PortCounter.HOMA_RECEIVED);
        int first = Math.min(length, piece - homaAt);
        frameSource = from;
        contiguous = first;
        try {
            receiver.onHoma(packet, m, first);
        } finally {
            frameSource = 0;
        }
        int left = length - first;
        for (int i = 1; i < pieces.count() && left > 0; i++) {
            int n = Math.min(left, pieces.bytes(i));
            if (n > 0) {
                receiver.onMore(pieces.memory(i), pieces.at(i), n);
                left -= n;
            }
        }
    }

    private boolean piecesAreValid(MemorySegment m, long at) {
        long sum = pieces.sum((int) (packet.payloadOffset() - at), packet.payloadLength());
        return !packet.lacksChecksum(m) && Checksum.fold(packet.pseudoHeader() + sum) == 0xFFFF;
    }

    /**
     * A peer on the link is where its packets come from. Not if that is a router: then the packet came from elsewhere, under
     * the name of a neighbour.
     */
    private void learn(long from) {
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        if (routes.isOnLink(high, low) && !isRouter(from, high, low)) {
            neighbours.heard(high, low, from, nowNs);
        }
    }

    private boolean isRouter(long mac, long high, long low) {
        IpAddress gateway = routes.gateway(!packet.ipv6());
        return gateway != null
                && !(gateway.low() == low && gateway.high() == high)
                && neighbours.knownMac(gateway.high(), gateway.low()) == mac;
    }
}
