package dev.remora.homa.protocol.table;

/**
 * Hash of keys that strangers choose.
 *
 * <p>Addresses, ports and ids come from the wire; with a hash known to everybody a sender could aim all its keys at
 * one slot and make each lookup a search. The seed, different in each process, is part of each product, so the
 * slots cannot be foretold. The multiplication to 128 bits is the one of wyhash: one instruction or two per 16 bytes.
 */
public final class SeededHash {
    private final long k0;
    private final long k1;
    private final long k2;
    private final long k3;

    public SeededHash(long seed) {
        k0 = spread(seed + 0x9e3779b97f4a7c15L);
        k1 = spread(k0 + 0x9e3779b97f4a7c15L);
        k2 = spread(k1 + 0x9e3779b97f4a7c15L);
        k3 = spread(k2 + 0x9e3779b97f4a7c15L);
    }

    /** Hash of one number. */
    public int of(long a) {
        return fold(product(a ^ k0, k1 ^ Long.rotateLeft(a, 32)));
    }

    /** Hash of two numbers. */
    public int of(long a, long b) {
        return fold(product(product(a ^ k0, b ^ k1) ^ k2, k3));
    }

    /** Hash of four numbers. */
    public int of(long a, long b, long c, long d) {
        return fold(product(product(a ^ k0, b ^ k1) ^ c ^ k2, d ^ k3));
    }

    private static long product(long x, long y) {
        return (x * y) ^ Math.unsignedMultiplyHigh(x, y);
    }

    private static int fold(long h) {
        return (int) (h ^ (h >>> 32));
    }

    /** Steele, Lea and Flood's SplitMix64. */
    private static long spread(long z) {
        long x = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }

    /** Slots for a table of linear probing: a power of two, at most two thirds of them full. */
    static int slotsFor(int maxSize) {
        if (maxSize < 1 || maxSize > 1 << 28) {
            throw new IllegalArgumentException("a table of at most " + maxSize + " entries");
        }
        return Math.max(4, Integer.highestOneBit(maxSize + maxSize / 2) * 2);
    }
}
