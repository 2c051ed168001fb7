package dev.remora.dpdk.port;

import java.util.HexFormat;

/**
 * The hash by which NICs spread packets over their receive queues (RSS), computed in software: to find out which queue a
 * flow arrives at, or to choose a port so that it arrives at a given one, or to spread where the NIC cannot.
 *
 * <p>The hash is linear: that of an input is the exclusive or of the hashes of its bytes. So one table holds the hash of
 * each value of each byte, and an IPv4 flow takes 12 look-ups instead of 96 shifts. The rows for IPv4 are the first rows of
 * those for IPv6.
 *
 * <p>Immutable. Allocates nothing per hash.
 */
public final class Toeplitz {
    private static final int IPV4_BYTES = 12;
    private static final int IPV6_BYTES = 36;
    private static final int WINDOW = 4;

    private final int[] table;
    private final boolean hasIpv6;

    /**
     * Computes the tables.
     *
     * @param key at least 16 bytes for IPv4 and 40 for IPv6; only the first 40 matter
     */
    public Toeplitz(byte[] key) {
        if (key.length < IPV4_BYTES + WINDOW) {
            throw new IllegalArgumentException(
                    "a Toeplitz key needs 16 bytes for IPv4 and 40 for IPv6, has " + key.length);
        }
        hasIpv6 = key.length >= IPV6_BYTES + WINDOW;
        int rows = hasIpv6 ? IPV6_BYTES : IPV4_BYTES;
        table = new int[rows * 256];
        for (int row = 0; row < rows; row++) {
            // The 32-bit window starts at the bit of the input; five bytes hold those of all eight bits of a byte.
            long five = 0;
            for (int i = 0; i < 5; i++) {
                int at = row + i;
                five = five << 8 | (at < key.length ? key[at] & 0xff : 0);
            }
            for (int value = 0; value < 256; value++) {
                int hash = 0;
                for (int bit = 0; bit < 8; bit++) {
                    if ((value & 0x80 >> bit) != 0) {
                        hash ^= (int) (five >>> 8 - bit);
                    }
                }
                table[row * 256 + value] = hash;
            }
        }
    }

    /**
     * The key of Microsoft's verification suite, which most drivers of Intel's NICs use, too. Has 40 bytes.
     */
    public static byte[] microsoftKey() {
        return HexFormat.of()
                .parseHex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");
    }

    /**
     * Hash of an IPv4 packet of TCP, UDP or SCTP.
     *
     * @param source address, first byte highest
     * @param destination address
     * @param sourcePort 0 to 65535
     * @param destinationPort 0 to 65535
     */
    public int ipv4(int source, int destination, int sourcePort, int destinationPort) {
        return word(0, source) ^ word(4, destination) ^ word(8, ports(sourcePort, destinationPort));
    }

    /** Hash of an IPv4 packet by its addresses only, as for fragments. */
    public int ipv4(int source, int destination) {
        return word(0, source) ^ word(4, destination);
    }

    /**
     * Hash of an IPv6 packet of TCP, UDP or SCTP. Addresses come as two numbers, first byte highest.
     *
     * @throws IllegalStateException if the key is too short for IPv6
     */
    public int ipv6(
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int sourcePort,
            int destinationPort) {
        return ipv6(sourceHigh, sourceLow, destinationHigh, destinationLow)
                ^ word(32, ports(sourcePort, destinationPort));
    }

    /** Hash of an IPv6 packet by its addresses only. */
    public int ipv6(long sourceHigh, long sourceLow, long destinationHigh, long destinationLow) {
        if (!hasIpv6) {
            throw new IllegalStateException("the key is too short for IPv6: 40 bytes are needed");
        }
        return pair(0, sourceHigh) ^ pair(8, sourceLow) ^ pair(16, destinationHigh) ^ pair(24, destinationLow);
    }

    /**
     * The queue a NIC delivers to: the entry of its table that the low bits of the hash name.
     *
     * @param hash of the packet
     * @param redirectionTable as {@link Port#redirectionTable()} gives it
     */
    public static int queueOf(int hash, int[] redirectionTable) {
        int size = redirectionTable.length;
        if (size == 0) {
            throw new IllegalArgumentException("the redirection table is empty: the port has none");
        }
        // NICs have tables of powers of two and take low bits; the few with others divide.
        return redirectionTable[(size & size - 1) == 0 ? hash & size - 1 : Integer.remainderUnsigned(hash, size)];
    }

    private static int ports(int source, int destination) {
        return source << 16 | destination & 0xffff;
    }

    private int pair(int row, long value) {
        return word(row, (int) (value >>> 32)) ^ word(row + 4, (int) value);
    }

    private int word(int row, int value) {
        int at = row << 8;
        return table[at | value >>> 24]
                ^ table[at + 256 | value >>> 16 & 0xff]
                ^ table[at + 512 | value >>> 8 & 0xff]
                ^ table[at + 768 | value & 0xff];
    }
}
