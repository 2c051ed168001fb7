package dev.remora.runtime.inprocess;

import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Who listens where in this JVM. */
final class InProcessNames {
    private static final int MAX_PORT = 65_535;
    private static final ConcurrentMap<Endpoint, InProcessServer> SERVERS = new ConcurrentHashMap<>();
    private static final AtomicInteger LAST_PORT = new AtomicInteger();

    private InProcessNames() {}

    static Optional<InProcessServer> find(Endpoint address) {
        return Optional.ofNullable(SERVERS.get(address));
    }

    /** @param wanted port 0 for any that is free; numbers are not used again soon, so that no old client finds a new server */
    static InProcessServer bind(Endpoint wanted, Function<Endpoint, InProcessServer> maker) {
        if (wanted.port() != 0) {
            InProcessServer server = maker.apply(wanted);
            if (SERVERS.putIfAbsent(wanted, server) != null) {
                throw new TransportException(
                        TransportException.Reason.BIND,
                        "in-process address " + wanted
                                + " is in use by another server of this JVM: close that one, or listen elsewhere");
            }
            return server;
        }
        for (int i = 0; i < MAX_PORT; i++) {
            int port = Math.floorMod(LAST_PORT.getAndIncrement(), MAX_PORT) + 1;
            InProcessServer server = maker.apply(new Endpoint(wanted.host(), port));
            if (SERVERS.putIfAbsent(server.localAddress(), server) == null) {
                return server;
            }
        }
        throw new TransportException(
                TransportException.Reason.BIND,
                "every port of in-process name " + wanted.host() + " is in use: close servers you no longer need");
    }

    static void free(InProcessServer server) {
        SERVERS.remove(server.localAddress(), server);
    }
}
