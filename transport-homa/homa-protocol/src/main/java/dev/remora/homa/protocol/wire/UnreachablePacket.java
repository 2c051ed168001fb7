package dev.remora.homa.protocol.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * ICMP errors about Homa packets: "nobody listens there", which spares a client the timeout.
 *
 * <p>A kernel host gives an ICMP error to Homa only if the packet quoted in it has protocol 146, since that is what its
 * receive path makes of a hijacked packet before anything else sees it. So that is what is quoted, whatever was on the
 * wire. Routers quote what was on the wire, so both are understood on receipt. Packets behind UDP headers, which no kernel
 * knows, are quoted as they are: firewalls let errors pass that quote what they have seen.
 *
 * <p>An instance holds the outcome of the last {@link #parse}; it is reused.
 */
public final class UnreachablePacket {
    /** What is unreachable. */
    public enum Kind {
        /** Nobody listens on the port: RPCs to that port of that host fail. */
        PORT,
        /** The host does not speak Homa, or not in this form: all RPCs to it fail. */
        PROTOCOL,
        /** The host cannot be reached: all RPCs to it fail. */
        HOST,
        /** The path has a smaller MTU; no RPC fails. */
        FRAGMENTATION_NEEDED
    }

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int ICMP_HEADER_BYTES = 8;

    /** IPv4 errors are at most 576 bytes long, those of IPv6 fit into the smallest MTU. */
    private static final int MAX_IPV4_BYTES = 576;

    private static final int MAX_IPV6_BYTES = 1280;

    /** Least a quote must hold behind the IP header: RFC 792. Includes the ports. */
    private static final int MIN_QUOTE_BYTES = 8;

    /** Class selector 6, internetwork control, as routers and Linux send errors. */
    private static final int CONTROL_TOS = 0xC0;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Kind kind = Kind.HOST;
    private int destinationPort;
    private int mtu;
    private long remoteHigh;
    private long remoteLow;
    private int udpPort;

    /** Most bytes {@link #write} produces. */
    public static int maxBytes() {
        return MAX_IPV6_BYTES;
    }

    /**
     * Writes the answer to a packet for a port nobody listens on, from the IP header on, and returns its length.
     *
     * @param offending what the parser made of the packet in {@code frame}; its verdict must have been HOMA
     */
    public static int write(MemorySegment frame, ParsedPacket offending, int ipId, MemorySegment target, long at) {
        return write(frame, offending, offending.homaLength(), ipId, target, at);
    }

    /** What {@link #write} will produce of a packet whose first bytes, so many from the Homa header on, may be quoted. */
    public static int bytes(ParsedPacket offending, int contiguous) {
        boolean ipv6 = offending.ipv6();
        int ip = IpHeader.headerBytes(ipv6);
        int most = ipv6 ? MAX_IPV6_BYTES : MAX_IPV4_BYTES;
        int outer = offending.encapsulation().outerBytes();
        return Math.min(ip + ICMP_HEADER_BYTES + ip + outer + Math.min(contiguous, offending.homaLength()), most);
    }

    /**
     * The same for a packet that lies in several pieces: only the first one is quoted.
     *
     * @param contiguous bytes that follow each other from {@link ParsedPacket#homaOffset} on
     */
    public static int write(
            MemorySegment frame, ParsedPacket offending, int contiguous, int ipId, MemorySegment target, long at) {
        boolean ipv6 = offending.ipv6();
        int ip = IpHeader.headerBytes(ipv6);
        int quote = bytes(offending, contiguous) - ip - ICMP_HEADER_BYTES;
        int length = ICMP_HEADER_BYTES + quote;
        IpHeader.write(
                target,
                at,
                ipv6 ? 0 : CONTROL_TOS,
                length,
                ipId,
                ipv6 ? ICMPV6 : ICMP,
                offending.destinationHigh(),
                offending.destinationLow(),
                offending.sourceHigh(),
                offending.sourceLow());
        long icmp = at + ip;
        target.set(SHORT, icmp, (short) (ipv6 ? 0x0104 : 0x0303));
        target.set(SHORT, icmp + 2, (short) 0);
        target.set(INT, icmp + 4, 0);
        long quoteAt = icmp + ICMP_HEADER_BYTES;
        MemorySegment.copy(frame, offending.payloadOffset() - ip, target, quoteAt, quote);
        if (offending.encapsulation() == Encapsulation.TCP_HEADER) {
            IpHeader.setProtocol(target, quoteAt, HomaHeader.PROTOCOL_HOMA);
        }
        long pseudoHeader = ipv6
                ? Checksum.pseudoHeader(
                        offending.destinationHigh(),
                        offending.destinationLow(),
                        offending.sourceHigh(),
                        offending.sourceLow(),
                        ICMPV6,
                        length)
                : 0;
        int checksum = Checksum.finish(pseudoHeader + Checksum.sum(target, icmp, length));
        target.set(SHORT, icmp + 2, (short) checksum);
        return ip + length;
    }

    /** Understands errors about packets behind UDP headers for this port; before that, and with 0, those are not ours. */
    public void acceptUdp(int port) {
        udpPort = port;
    }

    /**
     * Reads a packet with the verdict ICMP. False if it is no error about a Homa packet sent from here, or broken; the
     * other methods then tell nothing.
     */
    public boolean parse(MemorySegment frame, ParsedPacket packet) {
        long icmp = packet.homaOffset();
        int length = packet.homaLength();
        boolean ipv6 = packet.ipv6();
        int ip = IpHeader.headerBytes(ipv6);
        if (length < ICMP_HEADER_BYTES + ip + MIN_QUOTE_BYTES || !checksumIsValid(frame, packet)) {
            return false;
        }
        int type = frame.get(JAVA_BYTE, icmp) & 0xFF;
        int code = frame.get(JAVA_BYTE, icmp + 1) & 0xFF;
        if (!(ipv6 ? kindOfIpv6(type, code) : kindOfIpv4(type, code))) {
            return false;
        }
        mtu = ipv6 ? frame.get(INT, icmp + 4) : frame.get(SHORT, icmp + 6) & 0xFFFF;
        long quote = icmp + ICMP_HEADER_BYTES;
        return (ipv6 ? quotedIpv6(frame, quote, packet) : quotedIpv4(frame, quote, packet))
                && quotedHoma(frame, quote, ip, length - ICMP_HEADER_BYTES - ip);
    }

    private static boolean checksumIsValid(MemorySegment frame, ParsedPacket packet) {
        long pseudoHeader = packet.ipv6()
                ? Checksum.pseudoHeader(
                        packet.sourceHigh(),
                        packet.sourceLow(),
                        packet.destinationHigh(),
                        packet.destinationLow(),
                        ICMPV6,
                        packet.homaLength())
                : 0;
        return Checksum.fold(pseudoHeader + Checksum.sum(frame, packet.homaOffset(), packet.homaLength())) == 0xFFFF;
    }

    private boolean kindOfIpv4(int type, int code) {
        if (type != 3) {
            return false;
        }
        kind = switch (code) {
            case 2 -> Kind.PROTOCOL;
            case 3 -> Kind.PORT;
            case 4 -> Kind.FRAGMENTATION_NEEDED;
            default -> Kind.HOST;
        };
        return true;
    }

    private boolean kindOfIpv6(int type, int code) {
        switch (type) {
            case 1 -> kind = code == 4 ? Kind.PORT : Kind.HOST;
            case 2 -> kind = Kind.FRAGMENTATION_NEEDED;
            case 4 -> {
                kind = Kind.PROTOCOL;
                return code == 1;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    /** The quoted header's checksum and length are not looked at: what lies on the way may have changed either. */
    private boolean quotedIpv4(MemorySegment frame, long quote, ParsedPacket packet) {
        remoteHigh = 0;
        remoteLow = IpHeader.mapped(IpHeader.ipv4Destination(frame, quote));
        return IpHeader.version(frame, quote) == 4
                && IpHeader.ipv4HeaderBytes(frame, quote) == IpHeader.IPV4_BYTES
                && !IpHeader.ipv4IsFragment(frame, quote)
                && IpHeader.mapped(IpHeader.ipv4Source(frame, quote)) == packet.destinationLow();
    }

    private boolean quotedIpv6(MemorySegment frame, long quote, ParsedPacket packet) {
        remoteHigh = IpHeader.ipv6DestinationHigh(frame, quote);
        remoteLow = IpHeader.ipv6DestinationLow(frame, quote);
        return IpHeader.version(frame, quote) == 6
                && IpHeader.ipv6SourceHigh(frame, quote) == packet.destinationHigh()
                && IpHeader.ipv6SourceLow(frame, quote) == packet.destinationLow()
                && !IpHeader.isIpv4(remoteHigh, remoteLow);
    }

    /** A quote of TCP or UDP may be of somebody else's; the marks tell, if the quote reaches that far. */
    private boolean quotedHoma(MemorySegment frame, long quote, int ip, int quotedBytes) {
        long homa = quote + ip;
        destinationPort = HomaHeader.destinationPort(frame, homa);
        return switch (IpHeader.protocol(frame, quote)) {
            case HomaHeader.PROTOCOL_HOMA -> true;
            case HomaHeader.PROTOCOL_TCP ->
                quotedBytes < HomaHeader.MARKED_BYTES || HomaHeader.isHomaOverTcp(HomaHeader.PROTOCOL_TCP, frame, homa);
            case HomaHeader.PROTOCOL_UDP -> quotedUdp(frame, homa, quotedBytes);
            default -> false;
        };
    }

    /**
     * Our UDP port is closed where no process of the host takes Homa in this form. So an error of the host's kernel and one
     * of a Homa process say the same of the port in the Homa header; without that header it is said of the whole host.
     */
    private boolean quotedUdp(MemorySegment frame, long udp, int quotedBytes) {
        if (udpPort == 0 || UdpHeader.destinationPort(frame, udp) != udpPort) {
            return false;
        }
        long homa = udp + UdpHeader.BYTES;
        int homaBytes = quotedBytes - UdpHeader.BYTES;
        if (homaBytes < HomaHeader.PORTS_BYTES) {
            destinationPort = 0;
            kind = kind == Kind.PORT ? Kind.PROTOCOL : kind;
            return true;
        }
        destinationPort = HomaHeader.destinationPort(frame, homa);
        boolean ours = UdpHeader.sourcePort(frame, udp)
                == UdpHeader.sourcePortFor(HomaHeader.sourcePort(frame, homa), destinationPort);
        return ours && (homaBytes < HomaHeader.MARKED_BYTES || HomaHeader.isMarked(frame, homa));
    }

    public Kind kind() {
        return kind;
    }

    /** The Homa port the packet quoted was sent to; 0 if the quote does not reach that far. */
    public int destinationPort() {
        return destinationPort;
    }

    /** What the next hop can carry, if {@link Kind#FRAGMENTATION_NEEDED}: as told, to be judged; 0 from old routers. */
    public int mtu() {
        return mtu;
    }

    /** Upper half of the address the packet quoted was sent to. */
    public long remoteHigh() {
        return remoteHigh;
    }

    public long remoteLow() {
        return remoteLow;
    }
}
