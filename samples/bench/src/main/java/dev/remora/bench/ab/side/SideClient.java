package dev.remora.bench.ab.side;

import dev.remora.bench.load.Call;

/** Calls to the servers of one side; targets are counted in the order the servers were given. */
public interface SideClient extends Call, Traffic, AutoCloseable {
    @Override
    void close();
}
