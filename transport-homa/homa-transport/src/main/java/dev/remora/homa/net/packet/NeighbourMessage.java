package dev.remora.homa.net.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.remora.homa.protocol.wire.Checksum;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Neighbour solicitations and advertisements of IPv6 (RFC 4861, 4.3, 4.4 and 7.1).
 *
 * <p>An instance holds the outcome of the last {@link #parse}; it is reused.
 */
public final class NeighbourMessage {
    /** With one link-layer address option, from the IP header on. */
    public static final int BYTES = IpHeader.IPV6_BYTES + 32;

    public static final int SOLICITATION = 135;
    public static final int ADVERTISEMENT = 136;
    /** ff02::1, and the upper half of all groups of the link. */
    public static final long LINK_GROUP_HIGH = 0xFF02L << 48;

    public static final long ALL_NODES_LOW = 1;

    private static final int ICMPV6 = 58;
    private static final int HOP_LIMIT = 255;
    private static final int FIXED_BYTES = 24;
    private static final int SOURCE_MAC = 1;
    private static final int TARGET_MAC = 2;
    private static final int SOLICITED = 0x40;
    private static final int OVERRIDE = 0x20;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private int type;
    private int flags;
    private long targetHigh;
    private long targetLow;
    private long mac;

    /** Whether a packet with the verdict ICMP claims to be one of these; nothing else is looked at. */
    public static boolean isOne(MemorySegment m, ParsedPacket packet) {
        if (!packet.ipv6() || packet.homaLength() < 1) {
            return false;
        }
        int type = m.get(JAVA_BYTE, packet.homaOffset()) & 0xFF;
        return type == SOLICITATION || type == ADVERTISEMENT;
    }

    /** Reads one for which {@link #isOne} is true. False if a rule of RFC 4861 is broken: to be ignored. */
    public boolean parse(MemorySegment m, ParsedPacket packet) {
        long at = packet.homaOffset();
        int length = packet.homaLength();
        // Packets with another hop limit came over a router: nobody on the link sent them.
        if (length < FIXED_BYTES
                || (m.get(JAVA_BYTE, at - IpHeader.IPV6_BYTES + 7) & 0xFF) != HOP_LIMIT
                || m.get(JAVA_BYTE, at + 1) != 0
                || !EchoMessage.checksumIsValid(m, packet)) {
            return false;
        }
        type = m.get(JAVA_BYTE, at) & 0xFF;
        flags = m.get(JAVA_BYTE, at + 4) & 0xFF;
        targetHigh = m.get(LONG, at + 8);
        targetLow = m.get(LONG, at + 16);
        if (isGroup(targetHigh) || !options(m, at + FIXED_BYTES, at + length)) {
            return false;
        }
        boolean noSource = (packet.sourceHigh() | packet.sourceLow()) == 0;
        if (type == SOLICITATION) {
            return !noSource || (mac == 0 && isSolicitedNode(packet.destinationHigh(), packet.destinationLow()));
        }
        return !noSource && !(isGroup(packet.destinationHigh()) && isSolicited());
    }

    private boolean options(MemorySegment m, long from, long end) {
        int wanted = type == SOLICITATION ? SOURCE_MAC : TARGET_MAC;
        mac = 0;
        long at = from;
        while (end - at >= 2) {
            int bytes = (m.get(JAVA_BYTE, at + 1) & 0xFF) * 8;
            if (bytes == 0 || bytes > end - at) {
                return false;
            }
            if ((m.get(JAVA_BYTE, at) & 0xFF) == wanted) {
                long address = MacAddress.read(m, at + 2);
                if (!MacAddress.isUnicast(address)) {
                    return false;
                }
                mac = address;
            }
            at += bytes;
        }
        return at == end;
    }

    public int type() {
        return type;
    }

    /** Of an advertisement: it answers a question. */
    public boolean isSolicited() {
        return (flags & SOLICITED) != 0;
    }

    /** Of an advertisement: it wants to replace what is known. */
    public boolean isOverride() {
        return (flags & OVERRIDE) != 0;
    }

    public long targetHigh() {
        return targetHigh;
    }

    public long targetLow() {
        return targetLow;
    }

    /** The sender's MAC address as the option for it says, 0 if there is none. */
    public long mac() {
        return mac;
    }

    // --- writing -----------------------------------------------------------------------------------------------------

    /** The group that is asked for an address: ff02::1:ffXX:XXXX; its lower half. */
    public static long solicitedNodeLow(long targetLow) {
        return 0x0000_0001_FF00_0000L | (targetLow & 0xFF_FFFFL);
    }

    /** Writes {@link #BYTES} from the IP header on. */
    public static void writeSolicitation(
            MemorySegment m,
            long at,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            long targetHigh,
            long targetLow,
            long mac) {
        ip(m, at, sourceHigh, sourceLow, destinationHigh, destinationLow);
        message(m, at + IpHeader.IPV6_BYTES, SOLICITATION, 0, targetHigh, targetLow, SOURCE_MAC, mac);
        checksum(m, at, sourceHigh, sourceLow, destinationHigh, destinationLow);
    }

    /** Writes {@link #BYTES} from the IP header on: we, a host, have the target address. */
    public static void writeAdvertisement(
            MemorySegment m,
            long at,
            long targetHigh,
            long targetLow,
            long destinationHigh,
            long destinationLow,
            boolean solicited,
            long mac) {
        ip(m, at, targetHigh, targetLow, destinationHigh, destinationLow);
        int flags = OVERRIDE | (solicited ? SOLICITED : 0);
        message(m, at + IpHeader.IPV6_BYTES, ADVERTISEMENT, flags, targetHigh, targetLow, TARGET_MAC, mac);
        checksum(m, at, targetHigh, targetLow, destinationHigh, destinationLow);
    }

    private static void ip(
            MemorySegment m, long at, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        int payload = BYTES - IpHeader.IPV6_BYTES;
        IpHeader.writeIpv6(m, at, 0, 0, payload, ICMPV6, sourceHigh, sourceLow, destinationHigh, destinationLow);
        m.set(JAVA_BYTE, at + 7, (byte) HOP_LIMIT);
    }

    private static void message(
            MemorySegment m, long icmp, int type, int flags, long targetHigh, long targetLow, int option, long mac) {
        m.set(INT, icmp, type << 24);
        m.set(INT, icmp + 4, flags << 24);
        m.set(LONG, icmp + 8, targetHigh);
        m.set(LONG, icmp + 16, targetLow);
        m.set(JAVA_BYTE, icmp + 24, (byte) option);
        m.set(JAVA_BYTE, icmp + 25, (byte) 1);
        MacAddress.write(m, icmp + 26, mac);
    }

    private static void checksum(
            MemorySegment m, long at, long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        int length = BYTES - IpHeader.IPV6_BYTES;
        long icmp = at + IpHeader.IPV6_BYTES;
        long pseudoHeader =
                Checksum.pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, ICMPV6, length);
        m.set(SHORT, icmp + 2, (short) Checksum.finish(pseudoHeader + Checksum.sum(m, icmp, length)));
    }

    private static boolean isGroup(long high) {
        return high >>> 56 == 0xFF;
    }

    private static boolean isSolicitedNode(long high, long low) {
        return high == LINK_GROUP_HIGH && (low & 0xFFFF_FFFF_FF00_0000L) == 0x0000_0001_FF00_0000L;
    }
}
