package dev.remora.homa.protocol.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * IPv4 headers of 20 bytes and IPv6 headers of 40 bytes, the only ones Homa packets are sent with.
 *
 * <p>Addresses are two longs in the form of IPv6, with IPv4 mapped to {@code ::ffff:a.b.c.d}: one key for both families
 * in every table, and no object.
 */
public final class IpHeader {
    public static final int IPV4_BYTES = 20;
    public static final int IPV6_BYTES = 40;

    /** Priority levels a traffic class can tell apart. */
    public static final int LEVELS = 8;

    private static final int HOP_LIMIT = 64;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final long MAPPED = 0xFFFFL << 32;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private IpHeader() {}

    // --- addresses and levels ----------------------------------------------------------------------------------------

    public static boolean isIpv4(long high, long low) {
        return high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == MAPPED;
    }

    /** Lower half of the mapped form; the upper one is 0. */
    public static long mapped(int ipv4) {
        return MAPPED | Integer.toUnsignedLong(ipv4);
    }

    public static int headerBytes(boolean ipv6) {
        return ipv6 ? IPV6_BYTES : IPV4_BYTES;
    }

    /** The map of the Homa kernel module: class selector 7 is the most urgent. */
    public static byte[] defaultPriorityMap() {
        return new byte[] {0, 1, 2, 3, 4, 5, 6, 7};
    }

    /** IPv4's TOS and IPv6's traffic class: three bits of class selector; no ECN. */
    public static int trafficClass(byte[] priorityMap, int level) {
        int last = priorityMap.length - 1;
        return (priorityMap[level < 0 ? 0 : Math.min(level, last)] & 7) << 5;
    }

    // --- writing -----------------------------------------------------------------------------------------------------

    /** Writes the header of the destination's family and returns its length. IPv6 has no id. */
    public static int write(
            MemorySegment m,
            long at,
            int trafficClass,
            int payloadLength,
            int id,
            int protocol,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        if (isIpv4(destinationHigh, destinationLow)) {
            writeIpv4(m, at, trafficClass, IPV4_BYTES + payloadLength, id, protocol, (int) sourceLow, (int)
                    destinationLow);
            return IPV4_BYTES;
        }
        writeIpv6(
                m,
                at,
                trafficClass,
                0,
                payloadLength,
                protocol,
                sourceHigh,
                sourceLow,
                destinationHigh,
                destinationLow);
        return IPV6_BYTES;
    }

    /** DF set, TTL 64, checksum computed. */
    public static void writeIpv4(
            MemorySegment m, long at, int tos, int totalLength, int id, int protocol, int source, int destination) {
        m.set(INT, at, 0x4500_0000 | (tos & 0xFF) << 16 | totalLength & 0xFFFF);
        m.set(INT, at + 4, id << 16 | DONT_FRAGMENT);
        m.set(INT, at + 8, HOP_LIMIT << 24 | (protocol & 0xFF) << 16);
        m.set(INT, at + 12, source);
        m.set(INT, at + 16, destination);
        m.set(SHORT, at + 10, (short) Checksum.finish(Checksum.sum(m, at, IPV4_BYTES)));
    }

    public static void writeIpv6(
            MemorySegment m,
            long at,
            int trafficClass,
            int flowLabel,
            int payloadLength,
            int nextHeader,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow) {
        m.set(INT, at, 6 << 28 | (trafficClass & 0xFF) << 20 | flowLabel & 0xF_FFFF);
        m.set(INT, at + 4, payloadLength << 16 | (nextHeader & 0xFF) << 8 | HOP_LIMIT);
        m.set(LONG, at + 8, sourceHigh);
        m.set(LONG, at + 16, sourceLow);
        m.set(LONG, at + 24, destinationHigh);
        m.set(LONG, at + 32, destinationLow);
    }

    /** Changes the protocol or next header and mends IPv4's checksum. */
    public static void setProtocol(MemorySegment m, long at, int protocol) {
        if (version(m, at) == 4) {
            m.set(JAVA_BYTE, at + 9, (byte) protocol);
            m.set(SHORT, at + 10, (short) Checksum.ipv4Header(m, at, ipv4HeaderBytes(m, at)));
        } else {
            m.set(JAVA_BYTE, at + 6, (byte) protocol);
        }
    }

    /** Changes length and, for IPv4, id and checksum: what segmentation does to the header. */
    static void setLength(MemorySegment m, long at, int payloadLength, int id) {
        if (version(m, at) == 4) {
            int headerBytes = ipv4HeaderBytes(m, at);
            m.set(SHORT, at + 2, (short) (headerBytes + payloadLength));
            m.set(SHORT, at + 4, (short) id);
            m.set(SHORT, at + 10, (short) Checksum.ipv4Header(m, at, headerBytes));
        } else {
            m.set(SHORT, at + 4, (short) payloadLength);
        }
    }

    // --- reading -----------------------------------------------------------------------------------------------------

    public static int version(MemorySegment m, long at) {
        return (m.get(JAVA_BYTE, at) & 0xFF) >>> 4;
    }

    /** TOS or traffic class. */
    public static int trafficClass(MemorySegment m, long at) {
        return version(m, at) == 4 ? m.get(JAVA_BYTE, at + 1) & 0xFF : m.get(SHORT, at) >>> 4 & 0xFF;
    }

    public static int protocol(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, version(m, at) == 4 ? at + 9 : at + 6) & 0xFF;
    }

    public static int ipv4HeaderBytes(MemorySegment m, long at) {
        return (m.get(JAVA_BYTE, at) & 0x0F) * 4;
    }

    public static int ipv4TotalLength(MemorySegment m, long at) {
        return m.get(SHORT, at + 2) & 0xFFFF;
    }

    public static int ipv4Id(MemorySegment m, long at) {
        return m.get(SHORT, at + 4) & 0xFFFF;
    }

    /** Whether the packet is a piece of a larger one, the first one included. */
    public static boolean ipv4IsFragment(MemorySegment m, long at) {
        return (m.get(SHORT, at + 6) & 0x3FFF) != 0;
    }

    public static int ipv4Source(MemorySegment m, long at) {
        return m.get(INT, at + 12);
    }

    public static int ipv4Destination(MemorySegment m, long at) {
        return m.get(INT, at + 16);
    }

    public static int ipv6FlowLabel(MemorySegment m, long at) {
        return m.get(INT, at) & 0xF_FFFF;
    }

    public static int ipv6PayloadLength(MemorySegment m, long at) {
        return m.get(SHORT, at + 4) & 0xFFFF;
    }

    public static long ipv6SourceHigh(MemorySegment m, long at) {
        return m.get(LONG, at + 8);
    }

    public static long ipv6SourceLow(MemorySegment m, long at) {
        return m.get(LONG, at + 16);
    }

    public static long ipv6DestinationHigh(MemorySegment m, long at) {
        return m.get(LONG, at + 24);
    }

    public static long ipv6DestinationLow(MemorySegment m, long at) {
        return m.get(LONG, at + 32);
    }
}
