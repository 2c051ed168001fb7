package dev.remora.homa.protocol.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The UDP header in front of a Homa packet. The Linux kernel module has no such form, so this one is ours:
 *
 * <pre>
 * 0   source port       0xC000 + the lower 14 bits of (Homa source port xor Homa destination port)
 * 2   destination port  the same for all Homa, in both directions: {@link #DEFAULT_PORT} unless configured
 * 4   length            of UDP header and Homa packet
 * 6   checksum          always there, over all of it
 * 8   Homa packet       the bytes of the other forms, with the marks (flags, urgent pointer); but bytes 16 and 17, which are
 *                       TCP's checksum there, hold the length of the Homa packet
 * </pre>
 *
 * <p>The source port is for whoever spreads packets by ports, NICs and switches: packets of one pair of Homa ports stay
 * together, those of others go elsewhere. It is the same in both directions, so a client can compute it for the response.
 *
 * <p>The length in bytes 16 and 17 is what a receiver trusts: a kernel may join UDP datagrams that it forwards (GRO), and the
 * header of the result says the length of all. Taken for one packet, the second header would become message data.
 */
public final class UdpHeader {
    public static final int BYTES = 8;

    /** Ends in the number of Homa's IP protocol; below the ports that systems give to clients. */
    public static final int DEFAULT_PORT = 14_146;

    private static final int FIRST_SOURCE_PORT = 0xC000;
    private static final int SOURCE_PORT_BITS = 0x3FFF;
    private static final int CHECKSUM_AT = 6;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private UdpHeader() {}

    /** UDP source port of the packets between two Homa ports. */
    public static int sourcePortFor(int homaSource, int homaDestination) {
        return FIRST_SOURCE_PORT | (homaSource ^ homaDestination) & SOURCE_PORT_BITS;
    }

    public static int sourcePort(MemorySegment m, long at) {
        return m.get(SHORT, at) & 0xFFFF;
    }

    public static int destinationPort(MemorySegment m, long at) {
        return m.get(SHORT, at + 2) & 0xFFFF;
    }

    public static int length(MemorySegment m, long at) {
        return m.get(SHORT, at + 4) & 0xFFFF;
    }

    public static int checksum(MemorySegment m, long at) {
        return m.get(SHORT, at + CHECKSUM_AT) & 0xFFFF;
    }

    /**
     * Writes the header in front of a Homa packet that is complete but for its bytes 16 and 17, which are set, too.
     *
     * @param at of the UDP header; the Homa packet lies right behind it
     * @param pseudoHeader sum of the pseudo header of {@link HomaHeader#PROTOCOL_UDP}, with the length
     * @param seed the checksum, or what a device needs to compute it
     */
    static void write(
            MemorySegment m, long at, int destinationPort, int homaLength, long pseudoHeader, ChecksumSeed seed) {
        long homa = at + BYTES;
        HomaHeader.setChecksum(m, homa, homaLength);
        long source = sourcePortFor(HomaHeader.sourcePort(m, homa), HomaHeader.destinationPort(m, homa));
        long length = (long) BYTES + homaLength;
        m.set(LONG, at, source << 48 | (long) destinationPort << 32 | length << 16);
        int sum = seed == ChecksumSeed.COMPLETE
                ? Checksum.finish(pseudoHeader + Checksum.sum(m, at, length))
                : Checksum.fold(pseudoHeader);
        // Zero means that there is none.
        m.set(SHORT, at + CHECKSUM_AT, (short) (sum == 0 ? 0xFFFF : sum));
    }

    /** Whether the destination is the port given, and a Homa packet with both marks lies behind it. */
    static boolean isHoma(MemorySegment m, long at, int available, int port) {
        return available >= BYTES + HomaHeader.MARKED_BYTES
                && destinationPort(m, at) == port
                && HomaHeader.isMarked(m, at + BYTES);
    }

    /** Whether all lengths say the same: a datagram that is one packet as it was sent. */
    static boolean isWhole(MemorySegment m, long at, int datagramBytes) {
        return length(m, at) == datagramBytes && HomaHeader.checksum(m, at + BYTES) == datagramBytes - BYTES;
    }

    /** @param pseudoHeader as for {@link #write} */
    public static boolean checksumIsValid(MemorySegment m, long at, long datagramBytes, long pseudoHeader) {
        return checksum(m, at) != 0 && Checksum.fold(pseudoHeader + Checksum.sum(m, at, datagramBytes)) == 0xFFFF;
    }
}
