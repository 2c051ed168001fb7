package dev.remora.homa.protocol.wire;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Reads and writes the fields of Homa packets in place, in the layout of the Homa kernel module.
 *
 * <p>Static methods over a segment and an offset rather than a view object: a packet is read where the NIC put it,
 * without an object per packet. {@code at} is always the offset of the first byte of the Homa header.
 *
 * <p>Nothing is checked here but the bounds of the segment. {@link IpParser} guarantees that a packet is as long as its
 * type demands; the values in the fields are whatever the sender liked and are the caller's to judge.
 */
public final class HomaHeader {
    public static final int COMMON_BYTES = 28;
    public static final int DATA_BYTES = 56;
    public static final int GRANT_BYTES = 33;
    public static final int RESEND_BYTES = 37;
    public static final int CUTOFFS_BYTES = 62;
    public static final int ACK_BYTES = 80;

    /** Entries an ACK has room for; the RPC its common header names is acknowledged besides. */
    public static final int MAX_ACKS = 5;

    /** The longest header any packet type may ever have. */
    public static final int MAX_BYTES = 90;

    /** Part of a DATA header that a NIC copies into each segment of a native frame: all but the segment offset. */
    public static final int NATIVE_REPLICATED_BYTES = 52;

    /** SYN and RST: no TCP sends both, and segmentation copies both into every segment. */
    public static final int FLAGS = 0x06;

    /** The second mark of a Homa packet that travels as TCP. */
    public static final int URGENT = 0xb97d;

    /** In the segment offset of DATA: the offset is in the sequence field. */
    public static final int NO_OFFSET = 0xFFFFFFFF;

    /** In the length of RESEND: everything sent so far. */
    public static final int EVERYTHING = 0xFFFFFFFF;

    public static final int DATA = 0x10;
    public static final int GRANT = 0x11;
    public static final int RESEND = 0x12;
    public static final int RPC_UNKNOWN = 0x13;
    public static final int BUSY = 0x14;
    public static final int CUTOFFS = 0x15;
    public static final int FREEZE = 0x16;
    public static final int NEED_ACK = 0x17;
    public static final int ACK = 0x18;

    /** Data offset of DATA: a NIC takes the whole header for TCP's and replicates it. */
    public static final int DATA_WORDS = 14;

    /** Data offset of DATA in a native frame that is to be cut: the segment offset counts as payload. */
    public static final int NATIVE_SEGMENT_WORDS = 13;

    /** Data offset of all other packets; some NICs drop packets with anything else here. */
    public static final int CONTROL_WORDS = 5;

    public static final int MAX_MESSAGE_BYTES = 1_000_000;

    /** Entries of a CUTOFFS packet. */
    public static final int CUTOFF_LEVELS = 8;

    /** IP protocol of a packet that travels as TCP. */
    public static final int PROTOCOL_TCP = 6;

    /** IP protocol assigned to Homa. */
    public static final int PROTOCOL_HOMA = 146;

    /** IP protocol of a packet that travels behind a {@link UdpHeader}. */
    public static final int PROTOCOL_UDP = 17;

    /** How much of a header holds the ports. */
    static final int PORTS_BYTES = 4;

    /** How much of a header is needed to look for the marks. */
    static final int MARKED_BYTES = 20;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private static final int ACK_ENTRIES_AT = 30;
    private static final int ACK_ENTRY_BYTES = 10;

    private HomaHeader() {}

    // --- common header -----------------------------------------------------------------------------------------------

    public static int sourcePort(MemorySegment m, long at) {
        return m.get(SHORT, at) & 0xFFFF;
    }

    public static int destinationPort(MemorySegment m, long at) {
        return m.get(SHORT, at + 2) & 0xFFFF;
    }

    public static int sequence(MemorySegment m, long at) {
        return m.get(INT, at + 4);
    }

    public static int type(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 11) & 0xFF;
    }

    /** Length of the header in words as TCP reads it. Receivers of Homa ignore it. */
    public static int doffWords(MemorySegment m, long at) {
        return (m.get(JAVA_BYTE, at + 12) & 0xFF) >>> 4;
    }

    public static int flags(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 13) & 0xFF;
    }

    public static int checksum(MemorySegment m, long at) {
        return m.get(SHORT, at + 16) & 0xFFFF;
    }

    public static int urgent(MemorySegment m, long at) {
        return m.get(SHORT, at + 18) & 0xFFFF;
    }

    /** The RPC's id as the sender of the packet uses it; the receiver's is this with bit 0 flipped. */
    public static long senderId(MemorySegment m, long at) {
        return m.get(LONG, at + 20);
    }

    /** Bytes a packet of the type must have; no packet is long enough for a type that does not exist. */
    public static int minimumBytes(int type) {
        return switch (type) {
            case DATA -> DATA_BYTES;
            case GRANT -> GRANT_BYTES;
            case RESEND -> RESEND_BYTES;
            case RPC_UNKNOWN, BUSY, FREEZE, NEED_ACK -> COMMON_BYTES;
            case CUTOFFS -> CUTOFFS_BYTES;
            case ACK -> ACK_BYTES;
            default -> Integer.MAX_VALUE;
        };
    }

    /**
     * Whether a packet of the IP protocol is Homa in the clothes of TCP. Exact equality: a flag more or less, or another
     * urgent pointer, and the packet is TCP's.
     */
    public static boolean isHomaOverTcp(int ipProtocol, MemorySegment m, long at) {
        return ipProtocol == PROTOCOL_TCP && isMarked(m, at);
    }

    /** Whether both marks are there. */
    static boolean isMarked(MemorySegment m, long at) {
        return flags(m, at) == FLAGS && urgent(m, at) == URGENT;
    }

    /** Writes all 28 bytes; the checksum is zero. */
    public static void writeCommon(
            MemorySegment m,
            long at,
            int sourcePort,
            int destPort,
            int sequence,
            int type,
            int doffWords,
            long senderId) {
        m.set(LONG, at, (sourcePort & 0xFFFFL) << 48 | (destPort & 0xFFFFL) << 32 | Integer.toUnsignedLong(sequence));
        m.set(LONG, at + 8, (type & 0xFFL) << 32 | (doffWords & 0xFL) << 28 | (long) FLAGS << 16);
        m.set(INT, at + 16, URGENT);
        m.set(LONG, at + 20, senderId);
    }

    public static void setSequence(MemorySegment m, long at, int sequence) {
        m.set(INT, at + 4, sequence);
    }

    public static void setDoffWords(MemorySegment m, long at, int words) {
        m.set(JAVA_BYTE, at + 12, (byte) (words << 4));
    }

    public static void setChecksum(MemorySegment m, long at, int checksum) {
        m.set(SHORT, at + 16, (short) checksum);
    }

    // --- DATA --------------------------------------------------------------------------------------------------------

    public static int messageLength(MemorySegment m, long at) {
        return m.get(INT, at + 28);
    }

    public static int incoming(MemorySegment m, long at) {
        return m.get(INT, at + 32);
    }

    /** Id on the client of an RPC the server may forget; 0 for none. */
    public static long ackId(MemorySegment m, long at) {
        return m.get(LONG, at + 36);
    }

    public static int ackPort(MemorySegment m, long at) {
        return m.get(SHORT, at + 44) & 0xFFFF;
    }

    /** Takes an acknowledgment out of a DATA header. */
    public static void clearAck(MemorySegment m, long at) {
        m.set(LONG, at + 36, 0);
    }

    public static int cutoffVersion(MemorySegment m, long at) {
        return m.get(SHORT, at + 46) & 0xFFFF;
    }

    public static boolean retransmit(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 48) != 0;
    }

    /** The first pad byte, which the kernel module sends as zero and ignores. */
    public static int extension(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 49) & 0xFF;
    }

    public static int segmentOffset(MemorySegment m, long at) {
        return m.get(INT, at + 52);
    }

    /**
     * Offset in the message of the packet's first data byte. A NIC that cuts a frame as TCP advances the sequence, so
     * that is where the offset is when the segment offset is all ones; everywhere else the sequence may be stale.
     */
    public static int dataOffset(MemorySegment m, long at) {
        int offset = segmentOffset(m, at);
        return offset == NO_OFFSET ? sequence(m, at) : offset;
    }

    /** Writes bytes 28 to 55. */
    public static void writeData(
            MemorySegment m,
            long at,
            int messageLength,
            int incoming,
            long ackId,
            int ackPort,
            int cutoffVersion,
            boolean retransmit,
            int extension,
            int segmentOffset) {
        m.set(INT, at + 28, messageLength);
        m.set(INT, at + 32, incoming);
        m.set(LONG, at + 36, ackId);
        m.set(INT, at + 44, ackPort << 16 | cutoffVersion & 0xFFFF);
        m.set(INT, at + 48, (retransmit ? 1 << 24 : 0) | (extension & 0xFF) << 16);
        m.set(INT, at + 52, segmentOffset);
    }

    public static void setSegmentOffset(MemorySegment m, long at, int offset) {
        m.set(INT, at + 52, offset);
    }

    // --- GRANT -------------------------------------------------------------------------------------------------------

    public static int grantOffset(MemorySegment m, long at) {
        return m.get(INT, at + 28);
    }

    public static int grantPriority(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 32) & 0xFF;
    }

    public static void writeGrant(MemorySegment m, long at, int offset, int priority) {
        m.set(INT, at + 28, offset);
        m.set(JAVA_BYTE, at + 32, (byte) priority);
    }

    // --- RESEND ------------------------------------------------------------------------------------------------------

    public static int resendOffset(MemorySegment m, long at) {
        return m.get(INT, at + 28);
    }

    public static int resendLength(MemorySegment m, long at) {
        return m.get(INT, at + 32);
    }

    public static int resendPriority(MemorySegment m, long at) {
        return m.get(JAVA_BYTE, at + 36) & 0xFF;
    }

    public static void writeResend(MemorySegment m, long at, int offset, int length, int priority) {
        m.set(INT, at + 28, offset);
        m.set(INT, at + 32, length);
        m.set(JAVA_BYTE, at + 36, (byte) priority);
    }

    // --- CUTOFFS -----------------------------------------------------------------------------------------------------

    /** {@code i} in 0 to 7. */
    public static int cutoff(MemorySegment m, long at, int i) {
        return m.get(INT, at + 28 + 4L * i);
    }

    public static int cutoffsVersion(MemorySegment m, long at) {
        return m.get(SHORT, at + 60) & 0xFFFF;
    }

    /** Levels the array does not have are written as 0, which is how the kernel module marks unused ones. */
    public static void writeCutoffs(MemorySegment m, long at, int[] cutoffs, int version) {
        for (int i = 0; i < CUTOFF_LEVELS; i++) {
            m.set(INT, at + 28 + 4L * i, i < cutoffs.length ? cutoffs[i] : 0);
        }
        m.set(SHORT, at + 60, (short) version);
    }

    // --- ACK ---------------------------------------------------------------------------------------------------------

    /** The number as sent, which may exceed {@link #MAX_ACKS}. */
    public static int ackCount(MemorySegment m, long at) {
        return m.get(SHORT, at + 28) & 0xFFFF;
    }

    /** {@code i} in 0 to 4. */
    public static long ackEntryId(MemorySegment m, long at, int i) {
        return m.get(LONG, at + ACK_ENTRIES_AT + (long) ACK_ENTRY_BYTES * i);
    }

    public static int ackEntryPort(MemorySegment m, long at, int i) {
        return m.get(SHORT, at + ACK_ENTRIES_AT + 8 + (long) ACK_ENTRY_BYTES * i) & 0xFFFF;
    }

    /** Also clears the entries beyond the count, so that no old memory goes out; before or after the entries. */
    public static void writeAckCount(MemorySegment m, long at, int count) {
        m.set(SHORT, at + 28, (short) count);
        for (int i = Math.max(0, count); i < MAX_ACKS; i++) {
            writeAckEntry(m, at, i, 0, 0);
        }
    }

    public static void writeAckEntry(MemorySegment m, long at, int i, long id, int port) {
        long entry = at + ACK_ENTRIES_AT + (long) ACK_ENTRY_BYTES * i;
        m.set(LONG, entry, id);
        m.set(SHORT, entry + 8, (short) port);
    }
}
