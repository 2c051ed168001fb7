package dev.remora.bench.hedge;

import dev.remora.bench.process.ChildFailure;
import dev.remora.bench.work.WorkServer;
import dev.remora.spi.Endpoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Servers that stall one after the other, never together. */
final class HedgeServers implements AutoCloseable {
    private static final int HEAP_MB = 128;

    private final List<WorkServer> children = new ArrayList<>();
    private final List<Endpoint> addresses = new ArrayList<>();

    /** Starts so many and waits until they serve. */
    static HedgeServers start(int count, double meanMs, long stallMs, long everyMs)
            throws IOException, ChildFailure, InterruptedException {
        HedgeServers servers = new HedgeServers();
        try {
            for (int i = 0; i < count; i++) {
                servers.children.add(WorkServer.start(
                        "server " + i,
                        HEAP_MB,
                        HedgeChild.class,
                        List.of(
                                Integer.toString(i),
                                Double.toString(meanMs),
                                Long.toString(stallMs),
                                Long.toString(everyMs),
                                Long.toString(i * everyMs / count))));
            }
            for (WorkServer child : servers.children) {
                servers.addresses.add(child.address());
            }
            return servers;
        } catch (IOException | ChildFailure | InterruptedException e) {
            servers.close();
            throw e;
        }
    }

    List<Endpoint> addresses() {
        return addresses;
    }

    @Override
    public void close() {
        children.forEach(WorkServer::close);
    }
}
