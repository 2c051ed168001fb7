package dev.remora.dpdk.memory;

/** Stub. */
public record PoolConfig(String name, int mbufs, int dataRoomBytes, int cacheSize) {
    public static PoolConfig of(String name, int mbufs) {
        return new PoolConfig(name, mbufs, 2176, 256);
    }
}
