package dev.remora.dpdk.memory;

/** Stub. */
public final class MbufPool implements AutoCloseable {
    private final PoolConfig config;

    private MbufPool(PoolConfig config) {
        this.config = config;
    }

    public static MbufPool create(PoolConfig config) {
        return new MbufPool(config);
    }

    public String name() {
        return config.name();
    }

    public long address() {
        return 0;
    }

    public int size() {
        return 0;
    }

    public int available() {
        return 0;
    }

    public int inUse() {
        return 0;
    }

    @Override
    public void close() {}
}
