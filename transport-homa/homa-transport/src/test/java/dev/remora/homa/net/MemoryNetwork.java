package dev.remora.homa.net;

import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
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
            return attach(1, true);
        }

        /**
         * A new host.
         *
         * @param ports one for each engine
         * @param steered packets come to the port that the client's port in them says, else to any
         */
        public MemoryNetwork attach(int ports, boolean steered) {
            return new MemoryNetwork(this, IpHeader.mapped(0x0a00_0000 + nextHost.getAndIncrement()), ports, steered);
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
    private final List<MemoryPort> ports = new ArrayList<>();
    private final boolean steered;
    private final AtomicInteger turns = new AtomicInteger();
    private final List<Consumer<PeerAddress>> listeners = new ArrayList<>();

    private MemoryNetwork(Hub hub, long low, int count, boolean steered) {
        this.hub = hub;
        this.low = low;
        this.steered = steered;
        FrameCapabilities capabilities = new FrameCapabilities(
                1_500,
                hub.segmentation ? 65_549 : 1_514,
                false,
                false,
                hub.segmentation,
                ChecksumSeed.COMPLETE,
                ChecksumSeed.COMPLETE,
                0);
        for (int i = 0; i < count; i++) {
            ports.add(new MemoryPort(hub, low, capabilities));
        }
        hub.networks.put(low, this);
    }

    List<MemoryPort> memoryPorts() {
        return ports;
    }

    /** The port that a packet comes to. */
    MemoryPort portFor(byte[] packet) {
        if (ports.size() == 1) {
            return ports.get(0);
        }
        if (!steered) {
            return ports.get(Math.floorMod(turns.getAndIncrement() / 3, ports.size()));
        }
        MemorySegment memory = MemorySegment.ofArray(packet);
        boolean toServer = (HomaHeader.senderId(memory, IpHeader.IPV4_BYTES) & 1) == 0;
        int clientPort = toServer
                ? HomaHeader.sourcePort(memory, IpHeader.IPV4_BYTES)
                : HomaHeader.destinationPort(memory, IpHeader.IPV4_BYTES);
        return ports.get(ClientPorts.engineOf(clientPort, ports.size()));
    }

    public PeerAddress address() {
        return new PeerAddress(0, low, 0);
    }

    @Override
    public List<PacketPort> ports() {
        return List.copyOf(ports);
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
    public int[][] clientPorts(PeerAddress server, int most) {
        int count = ports.size();
        int first = 40_000 - 40_000 % count;
        return IntStream.range(0, count)
                .mapToObj(engine -> IntStream.range(0, most)
                        .map(i -> first + engine + i * count)
                        .toArray())
                .toArray(int[][]::new);
    }

    @Override
    public boolean steersFlows() {
        return steered;
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
