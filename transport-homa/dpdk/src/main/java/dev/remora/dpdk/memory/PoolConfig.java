package dev.remora.dpdk.memory;

/**
 * What a pool of mbufs is made of. Immutable; a wrong value is reported when the record is made.
 *
 * @param name unique in the process, 1 to 25 characters
 * @param mbufs how many; must cover all receive and transmit descriptors of the queues that use the pool, what the
 *     program keeps, and a cache per thread. One less than a power of two wastes no memory
 * @param dataRoomBytes bytes of data per mbuf including {@value #HEADROOM} of headroom
 * @param cacheSize mbufs that each thread keeps for itself beside the common ring; up to 1.5 times as many can be in
 *     the cache of a thread, where others do not get at them. 0 for none, which is slow
 */
public record PoolConfig(String name, int mbufs, int dataRoomBytes, int cacheSize) {
    /** Bytes before the data that headers can be put into later. */
    public static final int HEADROOM = 128;

    /** Room for a frame of 2048 bytes behind the headroom. */
    public static final int DEFAULT_DATA_ROOM = HEADROOM + 2_048;

    private static final int DEFAULT_CACHE = 256;
    private static final int MAX_CACHE = 512;
    private static final int MAX_NAME = 25;
    private static final int MAX_DATA_ROOM = 65_535;

    public PoolConfig {
        if (name.isEmpty() || name.length() > MAX_NAME || !name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "name must be 1 to " + MAX_NAME + " ASCII characters without blanks, is \"" + name + "\"");
        }
        if (mbufs < 1) {
            throw new IllegalArgumentException("mbufs must be at least 1, is " + mbufs);
        }
        if (dataRoomBytes <= HEADROOM || dataRoomBytes > MAX_DATA_ROOM) {
            throw new IllegalArgumentException("dataRoomBytes must be " + (HEADROOM + 1) + " to " + MAX_DATA_ROOM
                    + ", of which " + HEADROOM + " are headroom, is " + dataRoomBytes);
        }
        if (cacheSize < 0 || cacheSize > MAX_CACHE) {
            throw new IllegalArgumentException("cacheSize must be 0 to " + MAX_CACHE + ", is " + cacheSize);
        }
        int fullCache = cacheSize + cacheSize / 2;
        if (fullCache > mbufs) {
            throw new IllegalArgumentException("mbufs must be at least " + fullCache + ", what one thread's cache of "
                    + cacheSize + " can hold, better that for each thread; is " + mbufs);
        }
    }

    /** A pool for ordinary frames. Caches hold {@value #DEFAULT_CACHE} mbufs, in small pools a quarter of all. */
    public static PoolConfig of(String name, int mbufs) {
        return new PoolConfig(name, mbufs, DEFAULT_DATA_ROOM, Math.clamp(mbufs / 4, 0, DEFAULT_CACHE));
    }

    /** The same with another size of data. */
    public PoolConfig withDataRoomBytes(int bytes) {
        return new PoolConfig(name, mbufs, bytes, cacheSize);
    }

    /** The same with another size of the caches. */
    public PoolConfig withCacheSize(int size) {
        return new PoolConfig(name, mbufs, dataRoomBytes, size);
    }

    /** Memory the pool needs, about. */
    public long memoryBytes() {
        long element = (64L + 128 + dataRoomBytes + 63) / 64 * 64;
        long ring = 8L * Integer.highestOneBit(Math.max(mbufs, 1)) * 2;
        // One cache for each of DPDK's 128 logical cores, used or not.
        return mbufs * element + ring + 128L * 8_256;
    }
}
