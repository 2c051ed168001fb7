package dev.remora.bench.ab.side;

/** A running server. */
public interface SideServer extends Traffic, AutoCloseable {
    int port();

    @Override
    void close();
}
