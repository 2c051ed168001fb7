package dev.remora.dpdk.memory;

import static dev.remora.dpdk.memory.Offsets.BUF_ADDR;
import static dev.remora.dpdk.memory.Offsets.BUF_LEN;
import static dev.remora.dpdk.memory.Offsets.DATA_LEN;
import static dev.remora.dpdk.memory.Offsets.DATA_OFF;
import static dev.remora.dpdk.memory.Offsets.NB_SEGS;
import static dev.remora.dpdk.memory.Offsets.NEXT;
import static dev.remora.dpdk.memory.Offsets.OL_FLAGS;
import static dev.remora.dpdk.memory.Offsets.PACKET_TYPE;
import static dev.remora.dpdk.memory.Offsets.PKT_LEN;
import static dev.remora.dpdk.memory.Offsets.PORT;
import static dev.remora.dpdk.memory.Offsets.REFCNT;
import static dev.remora.dpdk.memory.Offsets.RSS;
import static dev.remora.dpdk.memory.Offsets.TX_OFFLOAD;

import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.foreign.MemorySegment;

/**
 * Access to an mbuf's fields by its address. Data is read and written through {@link #memory()} at {@link #dataAddress}:
 *
 * <pre>{@code
 * long mbuf = cache.allocate();
 * Mbuf.length(mbuf, 60);
 * Mbuf.memory().set(JAVA_BYTE, Mbuf.dataAddress(mbuf), (byte) 1);
 * }</pre>
 *
 * <p>Nothing checks that an address is that of an mbuf, nor that the caller holds it; lengths are checked against the
 * mbuf's buffer, because devices trust them.
 */
public final class Mbuf {
    /** A valid {@link #rssHash}. */
    public static final long RX_RSS_HASH = 1L << 1;

    /** The receiving device merged several TCP segments into the packet. */
    public static final long RX_LRO = 1L << 16;

    /** Cut the packet into TCP segments. */
    public static final long TX_TCP_SEGMENTATION = 1L << 50;

    /** Compute the TCP checksum. */
    public static final long TX_TCP_CHECKSUM = 1L << 52;

    /** Compute the UDP checksum. */
    public static final long TX_UDP_CHECKSUM = 3L << 52;

    /** Compute the checksum of the IPv4 header. */
    public static final long TX_IPV4_CHECKSUM = 1L << 54;

    /** The packet is IPv4. */
    public static final long TX_IPV4 = 1L << 55;

    /** The packet is IPv6. */
    public static final long TX_IPV6 = 1L << 56;

    private static final long TX_L4_MASK = 3L << 52;
    private static final long TX_REQUESTS = TX_TCP_SEGMENTATION | TX_L4_MASK | TX_IPV4_CHECKSUM | TX_IPV4 | TX_IPV6;
    private static final long RX_L4_BAD = 1L << 3;
    private static final long RX_L4_GOOD = 1L << 8;
    private static final long RX_L4_MASK = RX_L4_BAD | RX_L4_GOOD;
    private static final long RX_IP_BAD = 1L << 4;
    private static final long RX_IP_GOOD = 1L << 7;
    private static final long RX_IP_MASK = RX_IP_BAD | RX_IP_GOOD;

    // tx_offload from its lowest bit: 7 bits of l2_len, 9 of l3_len, 8 of l4_len, 16 of tso_segsz.
    private static final int L2_MOST = 0x7f;
    private static final int L3_SHIFT = 7;
    private static final int L3_MOST = 0x1ff;
    private static final int L4_SHIFT = 16;
    private static final int L4_MOST = 0xff;
    private static final int SEGMENT_SHIFT = 24;
    private static final int SEGMENT_MOST = 0xffff;

    private Mbuf() {}

    /** The process's memory, in which {@link #dataAddress} is an offset. Bounds are not checked. */
    public static MemorySegment memory() {
        return Memory.ALL;
    }

    /** Address of the first byte of data in this segment. */
    public static long dataAddress(long mbuf) {
        return Memory.getLong(mbuf + BUF_ADDR) + Memory.getShort(mbuf + DATA_OFF);
    }

    /** Bytes of data in this segment. */
    public static int dataLength(long mbuf) {
        return Memory.getShort(mbuf + DATA_LEN);
    }

    /** Bytes of data in the whole packet; valid in the first segment. */
    public static int packetLength(long mbuf) {
        return Memory.getInt(mbuf + PKT_LEN);
    }

    /** Next segment of the packet, 0 in the last. It cannot be freed or sent by itself: the packet is held by its head. */
    public static long next(long mbuf) {
        return Memory.getLong(mbuf + NEXT);
    }

    /** How many segments the packet has; valid in the first. */
    public static int segments(long mbuf) {
        return Memory.getShort(mbuf + NB_SEGS);
    }

    /** Port the packet came from, 65,535 if from none. */
    public static int port(long mbuf) {
        return Memory.getShort(mbuf + PORT);
    }

    /** Hash the device computed; valid if {@link #flags} has {@link #RX_RSS_HASH}. */
    public static int rssHash(long mbuf) {
        return Memory.getInt(mbuf + RSS);
    }

    /** DPDK's {@code ol_flags}. */
    public static long flags(long mbuf) {
        return Memory.getLong(mbuf + OL_FLAGS);
    }

    /** DPDK's {@code packet_type}: what the device found the headers to be. */
    public static int packetType(long mbuf) {
        return Memory.getInt(mbuf + PACKET_TYPE);
    }

    /** How many refer to the mbuf. */
    public static int references(long mbuf) {
        return Memory.getShortAcquire(mbuf + REFCNT);
    }

    /** Whether the caller (that is, some Java code) holds it: it was allocated or received, and not freed or sent since. */
    public static boolean isHeld(long mbuf) {
        return Ownership.isHeld(mbuf);
    }

    /** Free bytes before the data of this segment. */
    public static int headroom(long mbuf) {
        return Memory.getShort(mbuf + DATA_OFF);
    }

    /** Free bytes behind the data of this segment. */
    public static int tailroom(long mbuf) {
        return Memory.getShort(mbuf + BUF_LEN) - Memory.getShort(mbuf + DATA_OFF) - Memory.getShort(mbuf + DATA_LEN);
    }

    /** Sets the length of the only segment and of the packet. */
    public static void length(long mbuf, int bytes) {
        dataLength(mbuf, bytes);
        Memory.putInt(mbuf + PKT_LEN, bytes);
    }

    /** Sets the bytes of data in this segment; the packet's length is to be set, too. */
    public static void dataLength(long mbuf, int bytes) {
        int room = Memory.getShort(mbuf + BUF_LEN) - Memory.getShort(mbuf + DATA_OFF);
        if (bytes < 0 || bytes > room) {
            throw outOf("length", bytes, room);
        }
        Memory.putShort(mbuf + DATA_LEN, bytes);
    }

    /** Sets the bytes of data in the whole packet: the sum over its segments. */
    public static void packetLength(long mbuf, int bytes) {
        if (bytes < 0) {
            throw outOf("packet length", bytes, Integer.MAX_VALUE);
        }
        Memory.putInt(mbuf + PKT_LEN, bytes);
    }

    /** Moves the begin of the data, counted from the begin of the buffer; its length stays. */
    public static void dataOffset(long mbuf, int bytes) {
        int most = Memory.getShort(mbuf + BUF_LEN) - Memory.getShort(mbuf + DATA_LEN);
        if (bytes < 0 || bytes > most) {
            throw outOf("data offset", bytes, most);
        }
        Memory.putShort(mbuf + DATA_OFF, bytes);
    }

    /** Puts bytes in front of the packet's data; returns the address of the first. */
    public static long prepend(long mbuf, int bytes) {
        int offset = Memory.getShort(mbuf + DATA_OFF);
        if (bytes < 0 || bytes > offset) {
            throw outOf("bytes in front", bytes, offset);
        }
        Memory.putShort(mbuf + DATA_OFF, offset - bytes);
        Memory.putShort(mbuf + DATA_LEN, Memory.getShort(mbuf + DATA_LEN) + bytes);
        Memory.putInt(mbuf + PKT_LEN, Memory.getInt(mbuf + PKT_LEN) + bytes);
        return dataAddress(mbuf);
    }

    /** Takes bytes away from the begin of the packet's first segment; returns the address of what comes first then. */
    public static long removeFirst(long mbuf, int bytes) {
        int length = Memory.getShort(mbuf + DATA_LEN);
        if (bytes < 0 || bytes > length) {
            throw outOf("bytes to remove", bytes, length);
        }
        Memory.putShort(mbuf + DATA_OFF, Memory.getShort(mbuf + DATA_OFF) + bytes);
        Memory.putShort(mbuf + DATA_LEN, length - bytes);
        Memory.putInt(mbuf + PKT_LEN, Memory.getInt(mbuf + PKT_LEN) - bytes);
        return dataAddress(mbuf);
    }

    /**
     * Asks the device to cut the packet into TCP segments, each with the packet's headers adapted. For IPv4 most devices
     * want {@link #requestIpv4Checksum}, too; virtio and vmxnet3 refuse that.
     *
     * @param l2Bytes length of the Ethernet header, up to 127
     * @param l3Bytes length of the IP header, up to 511
     * @param l4Bytes length of the TCP header, up to 255
     * @param segmentBytes payload per segment
     * @param ipv4 IPv4, else IPv6
     */
    public static void requestTso(long mbuf, int l2Bytes, int l3Bytes, int l4Bytes, int segmentBytes, boolean ipv4) {
        if (l4Bytes < 0 || l4Bytes > L4_MOST) {
            throw outOf("TCP header", l4Bytes, L4_MOST);
        }
        if (segmentBytes < 1 || segmentBytes > SEGMENT_MOST) {
            throw outOf("segment", segmentBytes, SEGMENT_MOST);
        }
        long lengths = headers(l2Bytes, l3Bytes) | (long) l4Bytes << L4_SHIFT | (long) segmentBytes << SEGMENT_SHIFT;
        request(mbuf, lengths, TX_TCP_SEGMENTATION | TX_TCP_CHECKSUM | (ipv4 ? TX_IPV4 : TX_IPV6));
    }

    /** Asks the device for the TCP checksum. The packet must hold the pseudo-header's sum unless tx_prepare runs. */
    public static void requestTcpChecksum(long mbuf, int l2Bytes, int l3Bytes, boolean ipv4) {
        request(mbuf, headers(l2Bytes, l3Bytes), TX_TCP_CHECKSUM | (ipv4 ? TX_IPV4 : TX_IPV6));
    }

    /** Asks the device for the UDP checksum. */
    public static void requestUdpChecksum(long mbuf, int l2Bytes, int l3Bytes, boolean ipv4) {
        request(mbuf, headers(l2Bytes, l3Bytes), TX_UDP_CHECKSUM | (ipv4 ? TX_IPV4 : TX_IPV6));
    }

    /** Asks the device for the IPv4 header's checksum, in addition to what else was asked before. */
    public static void requestIpv4Checksum(long mbuf, int l2Bytes, int l3Bytes) {
        long rest = Memory.getLong(mbuf + TX_OFFLOAD) >>> L4_SHIFT << L4_SHIFT;
        Memory.putLong(mbuf + TX_OFFLOAD, rest | headers(l2Bytes, l3Bytes));
        Memory.putLong(mbuf + OL_FLAGS, Memory.getLong(mbuf + OL_FLAGS) | TX_IPV4_CHECKSUM | TX_IPV4);
    }

    /** Withdraws all such requests, as before sending a received packet on. */
    public static void requestNothing(long mbuf) {
        request(mbuf, 0, 0);
    }

    /** Whether the device checked the TCP or UDP checksum and found it right. */
    public static boolean isTcpChecksumGood(long mbuf) {
        return (Memory.getLong(mbuf + OL_FLAGS) & RX_L4_MASK) == RX_L4_GOOD;
    }

    /** Whether the device checked the TCP or UDP checksum and found it wrong. Not good and not bad: not checked. */
    public static boolean isTcpChecksumBad(long mbuf) {
        return (Memory.getLong(mbuf + OL_FLAGS) & RX_L4_MASK) == RX_L4_BAD;
    }

    /** Whether the packet came from this machine and has no TCP checksum yet, but is intact. */
    public static boolean isTcpChecksumOmitted(long mbuf) {
        return (Memory.getLong(mbuf + OL_FLAGS) & RX_L4_MASK) == RX_L4_MASK;
    }

    /** Whether the device found the IPv4 header's checksum wrong. */
    public static boolean isIpv4ChecksumBad(long mbuf) {
        return (Memory.getLong(mbuf + OL_FLAGS) & RX_IP_MASK) == RX_IP_BAD;
    }

    /** Whether the device merged several TCP segments into this packet. */
    public static boolean isLro(long mbuf) {
        return (Memory.getLong(mbuf + OL_FLAGS) & RX_LRO) != 0;
    }

    /** Payload per TCP segment: as asked for, or in a packet with {@link #isLro} as it came. */
    public static int tsoSegmentBytes(long mbuf) {
        return (int) (Memory.getLong(mbuf + TX_OFFLOAD) >>> SEGMENT_SHIFT) & SEGMENT_MOST;
    }

    /**
     * Adds a reference to each segment, so that a packet can be sent and kept, for another transmission: each of the two
     * is freed or sent once. The data must not change meanwhile, and the packet cannot be appended to another.
     *
     * @throws IllegalStateException if the caller does not hold it
     */
    public static void retain(long mbuf) {
        if (!Ownership.isHeld(mbuf)) {
            throw Ownership.notHeld(mbuf);
        }
        for (long segment = mbuf; segment != 0; segment = next(segment)) {
            Memory.addShortAtomically(segment + REFCNT, 1);
        }
        Ownership.retain(mbuf);
    }

    /**
     * Makes the packet empty again, without flags, as after an allocation; only for one with a single segment that has its
     * own buffer.
     */
    public static void reset(long mbuf) {
        if (next(mbuf) != 0 || references(mbuf) != 1 || (flags(mbuf) >>> 61 & 3) != 0) {
            throw new IllegalStateException("a chain, shared or attached mbuf cannot be reset; free it");
        }
        MbufCache.reset(mbuf, MbufCache.rearm(Memory.getShort(mbuf + BUF_LEN)));
    }

    private static void request(long mbuf, long lengths, long requests) {
        Memory.putLong(mbuf + TX_OFFLOAD, lengths);
        Memory.putLong(mbuf + OL_FLAGS, (Memory.getLong(mbuf + OL_FLAGS) & ~TX_REQUESTS) | requests);
    }

    private static long headers(int l2Bytes, int l3Bytes) {
        if (l2Bytes < 0 || l2Bytes > L2_MOST) {
            throw outOf("link header", l2Bytes, L2_MOST);
        }
        if (l3Bytes < 0 || l3Bytes > L3_MOST) {
            throw outOf("IP header", l3Bytes, L3_MOST);
        }
        return l2Bytes | (long) l3Bytes << L3_SHIFT;
    }

    private static IllegalArgumentException outOf(String what, int bytes, int most) {
        return new IllegalArgumentException(what + " must be at most " + most + " bytes, is " + bytes);
    }
}
