package dev.remora.homa.net;

import dev.remora.dpdk.port.Toeplitz;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.UdpHeader;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Client ports such that responses arrive at the queue of the engine that asked. For any thread.
 *
 * <p>A device that tells how it spreads packets is computed: the same port may lead different servers' responses to different
 * queues. For one that does not tell, each engine has every n-th port, so that rules on ports can steer: see {@link #engineOf}. With one engine the same few ports do for all servers. All begin at a random place, so that processes that
 * share an interface are unlikely to meet.
 */
public final class ClientPorts {
    private final int engines;
    private final Routes routes;
    private final HomaPorts ports;
    private final int @Nullable [] table;
    private final @Nullable Toeplitz hash;
    private final int udpPort;
    private final int start;
    /** Per engine: ports given so far. */
    private final AtomicIntegerArray turns;

    /** @param udpPort destination of packets behind UDP headers; 0 if ours have none */
    ClientPorts(int engines, Routes routes, HomaPorts ports, int udpPort, InterfaceDevice.@Nullable Spread spread) {
        this.udpPort = udpPort;
        this.engines = engines;
        this.routes = routes;
        this.ports = ports;
        hash = spread == null ? null : new Toeplitz(spread.key());
        table = spread == null ? null : spread.table().clone();
        start = RandomGenerator.getDefault().nextInt(HomaPorts.CLIENTS);
        turns = new AtomicIntegerArray(engines);
    }

    /**
     * The engine a client port belongs to, for devices that steer by ports; the packet sockets' spread by client port does.
     *
     * @param engines all of them
     */
    public static int engineOf(int port, int engines) {
        return port % engines;
    }

    /** As {@link Network#clientPorts}. */
    int[][] choose(PeerAddress server, int most) {
        int[][] all = new int[engines][];
        for (int engine = 0; engine < engines; engine++) {
            all[engine] = choose(engine, server, most);
        }
        return all;
    }

    /**
     * Several ports of an engine, as far apart as those of the engines are.
     *
     * @param most so many are wanted
     * @return at least one
     * @throws IllegalStateException if no port is left, or none leads to this engine
     */
    private int[] choose(int engine, PeerAddress server, int most) {
        int[] chosen = new int[most];
        int count = 0;
        // Where the device decides by addresses the same ports do for each server; where ports decide, use many.
        int from = engines == 1 || hash != null ? start : start + turns.getAndAdd(engine, most) * engines;
        for (int i = 0; i < HomaPorts.CLIENTS && count < most; i++) {
            int port = HomaPorts.FIRST_CLIENT + Math.floorMod(from + i, HomaPorts.CLIENTS);
            if (leadsTo(engine, port, server) && ports.useForClients(port)) {
                chosen[count++] = port;
            }
        }
        if (count == 0) {
            throw new IllegalStateException(
                    "no client port from " + HomaPorts.FIRST_CLIENT + " to " + HomaPorts.LAST_CLIENT
                            + " leads responses to engine " + engine
                            + ": either all are listened on, or the device spreads packets over fewer queues than there are engines");
        }
        return Arrays.copyOf(chosen, count);
    }

    /** Responses come from the server's address and port. */
    private boolean leadsTo(int engine, int port, PeerAddress server) {
        Toeplitz toeplitz = hash;
        int[] queues = table;
        int source = routes.sourceFor(server.high(), server.low());
        if (engines == 1) {
            return true;
        }
        if (toeplitz == null || queues == null || source == Routes.NONE) {
            return engineOf(port, engines) == engine;
        }
        long low = routes.sourceLow(source);
        int from = udpPort == 0 ? server.port() : UdpHeader.sourcePortFor(server.port(), port);
        int to = udpPort == 0 ? port : udpPort;
        int value = IpHeader.isIpv4(server.high(), server.low())
                ? toeplitz.ipv4((int) server.low(), (int) low, from, to)
                : toeplitz.ipv6(server.high(), server.low(), routes.sourceHigh(source), low, from, to);
        return Toeplitz.queueOf(value, queues) == engine;
    }
}
