package dev.remora.runtime.balance;

/** 64-bit hashes that are the same in every process and version, since clients must agree on them. */
final class StableHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private StableHash() {}

    /** FNV-1a over the text's UTF-16 units, then mixed. */
    static long of(CharSequence text) {
        long h = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            h = (h ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(h);
    }

    static long of(byte[] bytes) {
        long h = FNV_OFFSET;
        for (byte b : bytes) {
            h = (h ^ (b & 0xff)) * FNV_PRIME;
        }
        return mix(h);
    }

    /** Of two hashes, in this order. */
    static long of(long a, long b) {
        return mix(a ^ (b * 0x9e3779b97f4a7c15L));
    }

    /** A bijection in which each bit of the input changes half of the output's (the finalizer of SplitMix64). */
    static long mix(long x) {
        long z = x;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Evenly from above 0 to below 1. */
    static double toUnit(long hash) {
        return ((hash >>> 11) + 0.5) * 0x1p-53;
    }
}
