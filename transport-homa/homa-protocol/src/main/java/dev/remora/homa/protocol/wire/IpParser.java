package dev.remora.homa.protocol.wire;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import java.lang.foreign.MemorySegment;

/**
 * Decides what a received packet is and where the Homa packet in it lies. Trusts nothing: whatever the bytes are, the
 * outcome is a verdict, and after {@link Verdict#HOMA} every field of the header of the packet's type may be read.
 *
 * <p>The order of the tests matters where the NIC is shared: a packet of another protocol, or of TCP without both marks,
 * is {@link Verdict#NOT_HOMA} whatever else is wrong with it, so that it reaches the stack it belongs to.
 */
public final class IpParser {
    /** Addresses one parser can call its own. */
    public static final int MAX_OWN_ADDRESSES = 16;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int IPV6_FRAGMENT = 44;

    /** What the first piece of a packet in several pieces must hold; behind a UDP header, that too. */
    private static final int LONGEST_HEADERS = IpHeader.IPV6_BYTES + HomaHeader.MAX_BYTES;

    private final boolean verifyIpChecksum;
    private final boolean verifyHomaChecksum;
    private final byte[] levelOfClass = new byte[IpHeader.LEVELS];
    private final long[] ownHigh = new long[MAX_OWN_ADDRESSES];
    private final long[] ownLow = new long[MAX_OWN_ADDRESSES];
    private int ownCount;
    private int udpPort;

    /**
     * @param verifyIpChecksum false where the NIC verifies it
     * @param verifyHomaChecksum of packets that come as TCP or UDP; false where the NIC verifies it, and for peers whose kernel
     *     module is from before March 2026, which sent wrong ones. Those of native packets are never looked at
     * @param priorityMap class selector per level, as peers send it
     */
    public IpParser(boolean verifyIpChecksum, boolean verifyHomaChecksum, byte[] priorityMap) {
        this.verifyIpChecksum = verifyIpChecksum;
        this.verifyHomaChecksum = verifyHomaChecksum;
        for (int level = 0; level < priorityMap.length && level < IpHeader.LEVELS; level++) {
            levelOfClass[priorityMap[level] & 7] = (byte) level;
        }
    }

    /** From the first address on, only packets to own addresses are taken, and none from them. */
    public void addOwnAddress(long high, long low) {
        if (ownCount == MAX_OWN_ADDRESSES) {
            throw new IllegalStateException("more than " + MAX_OWN_ADDRESSES + " own addresses");
        }
        ownHigh[ownCount] = high;
        ownLow[ownCount] = low;
        ownCount++;
    }

    /** Takes Homa behind UDP headers for this port, too; before that, and with 0, all UDP is somebody else's. */
    public void acceptUdp(int port) {
        udpPort = port;
    }

    /**
     * @param at where the IP header should be
     * @param available bytes received from there on, padding included
     */
    public Verdict parse(MemorySegment frame, long at, int available, ParsedPacket packet) {
        return parse(frame, at, available, available, packet);
    }

    /**
     * The same for a packet that lies in several pieces. Only headers are read then, all from the first piece: a parser that
     * verifies checksums of Homa is not for such packets.
     *
     * @param piece bytes that follow each other from {@code at} on
     * @param available bytes received in all pieces, padding included
     */
    public Verdict parse(MemorySegment frame, long at, int piece, int available, ParsedPacket packet) {
        Verdict verdict = verdict(frame, at, piece, available, packet);
        packet.verdict = verdict;
        return verdict;
    }

    private Verdict verdict(MemorySegment frame, long at, int piece, int available, ParsedPacket packet) {
        if (at < 0 || piece < 1 || piece > available || at > frame.byteSize() - piece) {
            return Verdict.BAD_LENGTH;
        }
        int longest = LONGEST_HEADERS + (udpPort == 0 ? 0 : UdpHeader.BYTES);
        if (piece < available && (verifyHomaChecksum || piece < longest)) {
            return Verdict.BAD_LENGTH;
        }
        return switch (IpHeader.version(frame, at)) {
            case 4 -> ipv4(frame, at, available, packet);
            case 6 -> ipv6(frame, at, available, packet);
            default -> Verdict.NOT_IP;
        };
    }

    private Verdict ipv4(MemorySegment frame, long at, int available, ParsedPacket packet) {
        if (available < IpHeader.IPV4_BYTES) {
            return Verdict.BAD_LENGTH;
        }
        int protocol = IpHeader.protocol(frame, at);
        if (!mayBeHoma(protocol) && protocol != ICMP) {
            return Verdict.NOT_HOMA;
        }
        int headerBytes = IpHeader.ipv4HeaderBytes(frame, at);
        int totalLength = IpHeader.ipv4TotalLength(frame, at);
        if (headerBytes < IpHeader.IPV4_BYTES || totalLength < headerBytes || totalLength > available) {
            return Verdict.BAD_LENGTH;
        }
        if (verifyIpChecksum && !Checksum.ipv4HeaderIsValid(frame, at, headerBytes)) {
            return Verdict.BAD_HEADER_CHECKSUM;
        }
        if (IpHeader.ipv4IsFragment(frame, at)) {
            return Verdict.FRAGMENT;
        }
        if (headerBytes != IpHeader.IPV4_BYTES) {
            return Verdict.OPTIONS;
        }
        packet.ipv6 = false;
        packet.sourceHigh = 0;
        packet.sourceLow = IpHeader.mapped(IpHeader.ipv4Source(frame, at));
        packet.destinationHigh = 0;
        packet.destinationLow = IpHeader.mapped(IpHeader.ipv4Destination(frame, at));
        locate(frame, at, headerBytes, totalLength - headerBytes, packet);
        return protocol == ICMP ? Verdict.ICMP : transport(frame, protocol, packet);
    }

    private Verdict ipv6(MemorySegment frame, long at, int available, ParsedPacket packet) {
        if (available < IpHeader.IPV6_BYTES) {
            return Verdict.BAD_LENGTH;
        }
        int next = IpHeader.protocol(frame, at);
        if (next == IPV6_FRAGMENT) {
            return Verdict.FRAGMENT;
        }
        if (isExtension(next)) {
            return Verdict.OPTIONS;
        }
        if (!mayBeHoma(next) && next != ICMPV6) {
            return Verdict.NOT_HOMA;
        }
        int length = IpHeader.ipv6PayloadLength(frame, at);
        if (length > available - IpHeader.IPV6_BYTES) {
            return Verdict.BAD_LENGTH;
        }
        packet.ipv6 = true;
        packet.sourceHigh = IpHeader.ipv6SourceHigh(frame, at);
        packet.sourceLow = IpHeader.ipv6SourceLow(frame, at);
        packet.destinationHigh = IpHeader.ipv6DestinationHigh(frame, at);
        packet.destinationLow = IpHeader.ipv6DestinationLow(frame, at);
        locate(frame, at, IpHeader.IPV6_BYTES, length, packet);
        return next == ICMPV6 ? Verdict.ICMP : transport(frame, next, packet);
    }

    private boolean mayBeHoma(int protocol) {
        return protocol == HomaHeader.PROTOCOL_TCP
                || protocol == HomaHeader.PROTOCOL_HOMA
                || (protocol == HomaHeader.PROTOCOL_UDP && udpPort != 0);
    }

    private void locate(MemorySegment frame, long at, int headerBytes, int length, ParsedPacket packet) {
        packet.homaOffset = at + headerBytes;
        packet.homaLength = length;
        packet.level = levelOfClass[IpHeader.trafficClass(frame, at) >>> 5];
        packet.encapsulation = Encapsulation.HOMA;
    }

    private Verdict transport(MemorySegment frame, int protocol, ParsedPacket packet) {
        if (protocol == HomaHeader.PROTOCOL_TCP) {
            if (packet.homaLength < HomaHeader.MARKED_BYTES
                    || !HomaHeader.isHomaOverTcp(protocol, frame, packet.homaOffset)) {
                return Verdict.NOT_HOMA;
            }
            packet.encapsulation = Encapsulation.TCP_HEADER;
        } else if (protocol == HomaHeader.PROTOCOL_UDP) {
            if (!UdpHeader.isHoma(frame, packet.homaOffset, packet.homaLength, udpPort)) {
                return Verdict.NOT_HOMA;
            }
            if (!UdpHeader.isWhole(frame, packet.homaOffset, packet.homaLength)) {
                return Verdict.BAD_LENGTH;
            }
            packet.encapsulation = Encapsulation.UDP;
            packet.homaOffset += UdpHeader.BYTES;
            packet.homaLength -= UdpHeader.BYTES;
        }
        return homa(frame, packet);
    }

    private Verdict homa(MemorySegment frame, ParsedPacket packet) {
        long homa = packet.homaOffset;
        int length = packet.homaLength;
        if (length < HomaHeader.COMMON_BYTES) {
            return Verdict.SHORT;
        }
        int type = HomaHeader.type(frame, homa);
        if (type < HomaHeader.DATA || type > HomaHeader.ACK) {
            return Verdict.BAD_TYPE;
        }
        if (length < HomaHeader.minimumBytes(type)) {
            return Verdict.SHORT;
        }
        Verdict addresses = addresses(packet);
        if (addresses != Verdict.HOMA) {
            return addresses;
        }
        if (verifyHomaChecksum && packet.hasChecksum() && !checksumIsValid(frame, packet)) {
            return Verdict.BAD_HOMA_CHECKSUM;
        }
        if (type == HomaHeader.DATA && isBeyondMessage(frame, homa, length)) {
            return Verdict.BEYOND_MESSAGE;
        }
        return Verdict.HOMA;
    }

    private static boolean checksumIsValid(MemorySegment frame, ParsedPacket packet) {
        return packet.encapsulation == Encapsulation.UDP
                ? UdpHeader.checksumIsValid(
                        frame, packet.payloadOffset(), packet.payloadLength(), packet.pseudoHeader())
                : Checksum.homaIsValid(frame, packet.homaOffset, packet.homaLength, packet.pseudoHeader());
    }

    /** A message length that is wrong in itself is let through: the RPC it is for has to be failed. */
    private static boolean isBeyondMessage(MemorySegment frame, long homa, int length) {
        int messageLength = HomaHeader.messageLength(frame, homa);
        if (messageLength < 1 || messageLength > HomaHeader.MAX_MESSAGE_BYTES) {
            return false;
        }
        int offset = HomaHeader.dataOffset(frame, homa);
        int dataBytes = length - HomaHeader.DATA_BYTES;
        return offset < 0 || offset >= messageLength || dataBytes > messageLength - offset;
    }

    private Verdict addresses(ParsedPacket packet) {
        if (isUnusable(packet.ipv6, packet.sourceHigh, packet.sourceLow)
                || isUnusable(packet.ipv6, packet.destinationHigh, packet.destinationLow)) {
            return Verdict.BAD_ADDRESS;
        }
        if (ownCount == 0) {
            return Verdict.HOMA;
        }
        if (isOwn(packet.sourceHigh, packet.sourceLow)) {
            return Verdict.BAD_ADDRESS;
        }
        return isOwn(packet.destinationHigh, packet.destinationLow) ? Verdict.HOMA : Verdict.NOT_OURS;
    }

    private boolean isOwn(long high, long low) {
        for (int i = 0; i < ownCount; i++) {
            if (ownHigh[i] == high && ownLow[i] == low) {
                return true;
            }
        }
        return false;
    }

    /** An IPv6 packet with a mapped IPv4 address would pass for one of an IPv4 peer. */
    private static boolean isUnusable(boolean ipv6, long high, long low) {
        if (ipv6) {
            return high >>> 56 == 0xFF || (high == 0 && low == 0) || IpHeader.isIpv4(high, low);
        }
        int address = (int) low;
        return address == 0 || address == -1 || address >>> 28 == 0xE;
    }

    /** Hop-by-hop, routing, authentication, destination, mobility, host identity, shim: all end up before a payload. */
    private static boolean isExtension(int nextHeader) {
        return switch (nextHeader) {
            case 0, 43, 51, 60, 135, 139, 140 -> true;
            default -> false;
        };
    }
}
