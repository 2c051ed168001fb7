package dev.remora.homa.protocol.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The Internet's one's-complement checksum, for IPv4 headers and for the field that lies over TCP's checksum.
 *
 * <p>Sums are handed around unfolded in a {@code long}, so that pieces may be added with {@code +}; pieces but the last
 * must have even length. Eight bytes at a time, as two 32-bit halves: carries gather in the upper half of the sum and a
 * packet is far too short to overflow it.
 *
 * <p>The pseudo header says protocol 6 for native packets too, as those of the Homa kernel module do.
 */
public final class Checksum {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final long LOW_HALF = 0xFFFF_FFFFL;

    /** Offset of the checksum in a TCP and a Homa header. */
    private static final int FIELD_AT = 16;

    private Checksum() {}

    /** The unfolded sum of the bytes; an odd one at the end counts as if a zero followed. */
    public static long sum(MemorySegment m, long at, long length) {
        long sum = 0;
        long i = at;
        long end = at + length;
        for (; i + 8 <= end; i += 8) {
            long v = m.get(LONG, i);
            sum += (v >>> 32) + (v & LOW_HALF);
        }
        if (i + 4 <= end) {
            sum += m.get(INT, i) & LOW_HALF;
            i += 4;
        }
        if (i + 2 <= end) {
            sum += m.get(SHORT, i) & 0xFFFF;
            i += 2;
        }
        if (i < end) {
            sum += (m.get(JAVA_BYTE, i) & 0xFF) << 8;
        }
        return sum;
    }

    /** The sum in 16 bits, not complemented. */
    public static int fold(long sum) {
        long s = (sum >>> 32) + (sum & LOW_HALF);
        s = (s >>> 32) + (s & LOW_HALF);
        int t = (int) (s >>> 16) + (int) (s & 0xFFFF);
        t = (t >>> 16) + (t & 0xFFFF);
        return (t >>> 16) + (t & 0xFFFF);
    }

    /** What goes into a checksum field. */
    public static int finish(long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /** Checksum of an IPv4 header, whatever its checksum field holds. */
    public static int ipv4Header(MemorySegment m, long at, int headerBytes) {
        return finish(sum(m, at, 10) + sum(m, at + 12, headerBytes - 12L));
    }

    public static boolean ipv4HeaderIsValid(MemorySegment m, long at, int headerBytes) {
        return fold(sum(m, at, headerBytes)) == 0xFFFF;
    }

    /** Sum of the pseudo header. IPv4 addresses are given as {@code ::ffff:a.b.c.d}. */
    public static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int length) {
        return pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, HomaHeader.PROTOCOL_TCP, length);
    }

    /** The same without the length, which is what DPDK's drivers want to find in a frame they are to cut. */
    public static long pseudoHeaderWithoutLength(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        return pseudoHeader(sourceHigh, sourceLow, destinationHigh, destinationLow, HomaHeader.PROTOCOL_TCP, 0);
    }

    /** The same for another protocol, such as ICMPv6. */
    public static long pseudoHeader(
            long sourceHigh, long sourceLow, long destinationHigh, long destinationLow, int protocol, int length) {
        // A mapped IPv4 address has the constant 0xffff above it, which does not belong into the sum.
        boolean ipv4 = IpHeader.isIpv4(destinationHigh, destinationLow);
        long addresses = ipv4
                ? (sourceLow & LOW_HALF) + (destinationLow & LOW_HALF)
                : halves(sourceHigh) + halves(sourceLow) + halves(destinationHigh) + halves(destinationLow);
        return addresses + protocol + Integer.toUnsignedLong(length);
    }

    /** Checksum of a Homa packet, whatever its checksum field holds. */
    public static int homa(MemorySegment m, long at, int length, long pseudoHeader) {
        long rest = FIELD_AT + 2;
        return finish(pseudoHeader + sum(m, at, FIELD_AT) + sum(m, at + rest, length - rest));
    }

    public static boolean homaIsValid(MemorySegment m, long at, int length, long pseudoHeader) {
        return fold(pseudoHeader + sum(m, at, length)) == 0xFFFF;
    }

    private static long halves(long v) {
        return (v >>> 32) + (v & LOW_HALF);
    }
}
