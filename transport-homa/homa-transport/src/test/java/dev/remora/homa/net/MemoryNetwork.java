package dev.remora.homa.net;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Networks that meet in a hub in memory: packets go from port to port as copies, through bounded queues. */
public final class MemoryNetwork implements Network {
    private static final int FIRST_FREE_PORT = 20_000;

    /** Where networks meet. */
    public static final class Hub {
        private final Map<Long, MemoryNetwork> networks = new ConcurrentHashMap<>();
        private final Map<Integer, MemoryNetwork> servers = new ConcurrentHashMap<>();
        private final AtomicInteger nextHost = new AtomicInteger(1);
        private final AtomicInteger nextPort = new AtomicInteger(FIRST_FREE_PORT);
        private final boolean segmentation;
        private final Loss loss;

        public Hub() {
            this(false, (packet, bytes) -> false);
        }

        /**
         * @param segmentation packets longer than the MTU are carried whole, in pieces
         * @param loss decides about each packet
         */
        public Hub(boolean segmentation, Loss loss) {
            this.segmentation = segmentation;
            this.loss = loss;
        }

        /** A new host with one port. */
        public MemoryNetwork attach() {
            return new MemoryNetwork(this, IpHeader.mapped(0x0a00_0000 + nextHost.getAndIncrement()));
        }

        @Nullable
        MemoryNetwork at(long low) {
            return networks.get(low);
        }

        boolean loses(byte[] packet) {
            return loss.loses(packet, packet.length);
        }
    }

    /** Which packets get lost. Called by several threads. */
    @FunctionalInterface
    public interface Loss {
        boolean loses(byte[] packet, int bytes);
    }

    private final Hub hub;
    private final long low;
    private final MemoryPort port;
    private final List<Consumer<PeerAddress>> listeners = new ArrayList<>();

    private MemoryNetwork(Hub hub, long low) {
        this.hub = hub;
        this.low = low;
        FrameCapabilities capabilities = new FrameCapabilities(
                1_500,
                hub.segmentation ? 65_549 : 1_514,
                false,
                hub.segmentation,
                ChecksumSeed.COMPLETE,
                ChecksumSeed.COMPLETE,
                0);
        port = new MemoryPort(hub, low, capabilities);
        hub.networks.put(low, this);
    }

    MemoryPort port() {
        return port;
    }

    public PeerAddress address() {
        return new PeerAddress(0, low, 0);
    }

    @Override
    public List<PacketPort> ports() {
        return List.of(port);
    }

    @Override
    public void resolve(Endpoint server, Resolution outcome) {
        MemoryNetwork there = hub.servers.get(server.port());
        if (there == null) {
            outcome.notFound("nobody listens on " + server);
        } else {
            outcome.found(new PeerAddress(0, there.low, server.port()));
        }
    }

    @Override
    public Listening listen(Endpoint local) {
        int number = local.port() == 0 ? hub.nextPort.getAndIncrement() : local.port();
        if (hub.servers.putIfAbsent(number, this) != null) {
            throw new TransportException(TransportException.Reason.BIND, "port " + number + " is in use");
        }
        Endpoint address = new Endpoint(local.host(), number);
        return new Listening() {
            @Override
            public Endpoint address() {
                return address;
            }

            @Override
            public void close() {
                hub.servers.remove(number, MemoryNetwork.this);
            }
        };
    }

    @Override
    public synchronized void onPeerLost(Consumer<PeerAddress> listener) {
        listeners.add(listener);
    }

    private synchronized List<Consumer<PeerAddress>> listeners() {
        return List.copyOf(listeners);
    }

    @Override
    public int clientPort(int engine, PeerAddress server) {
        return 40_000;
    }

    @Override
    public boolean noticesPeerLoss() {
        return true;
    }

    @Override
    public boolean freshAddress() {
        return true;
    }

    @Override
    public boolean crossesHosts() {
        return false;
    }

    @Override
    public void close() {
        if (hub.networks.remove(low, this)) {
            hub.servers.values().removeIf(network -> network == this);
            for (MemoryNetwork other : hub.networks.values()) {
                other.listeners().forEach(listener -> listener.accept(address()));
            }
        }
    }
}
