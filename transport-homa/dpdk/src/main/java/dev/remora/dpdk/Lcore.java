package dev.remora.dpdk;

import org.jspecify.annotations.Nullable;

/** Stub. */
public final class Lcore implements AutoCloseable {
    public int id() {
        return 0;
    }

    public static @Nullable Lcore current() {
        return null;
    }

    @Override
    public void close() {}
}
