package dev.remora.homa.net;

import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.net.neighbour.NeighbourTable;
import dev.remora.homa.net.neighbour.NeighbourTimes;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportMetric;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network interface: other machines, by Ethernet and IP.
 *
 * <p>Its table of ports is that of this process. Another process on the same interface cannot be seen: two servers on one port
 * would both take each other's packets, and {@link InterfaceSettings#refuses} must be off in both.
 */
public final class InterfaceNetwork implements Network {
    /** Look-ups of names and neighbours under way at one time. */
    static final int MAX_RESOLVING = 1024;
    /** Of a host's addresses so many are tried. */
    private static final int MAX_ADDRESSES_TRIED = 3;

    /** Longer than neighbours are asked for; only reached when no engine serves the ports. */
    private static final long LONGEST_WAIT_NS = 2_000_000_000L;

    private static final Logger log = LoggerFactory.getLogger(InterfaceNetwork.class);

    private final InterfaceDevice device;
    private final Routes routes;
    private final NeighbourTable neighbours;
    private final List<EthernetPort> ports;
    private final RateWatch rate;
    private final HomaPorts homaPorts = new HomaPorts();
    private final ClientPorts clientPorts;
    private final Semaphore resolving = new Semaphore(MAX_RESOLVING);
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Takes the device over, whatever happens. */
    public InterfaceNetwork(InterfaceDevice device, InterfaceSettings settings) {
        this(device, settings, NeighbourTimes.USUAL);
    }

    InterfaceNetwork(InterfaceDevice device, InterfaceSettings settings, NeighbourTimes times) {
        this.device = device;
        List<FrameQueue> queues = List.copyOf(device.queues());
        try {
            InterfaceState shared = new InterfaceState(
                    settings,
                    times,
                    mtu(queues),
                    queues.getFirst().capabilities().linkMbps(),
                    device.takesTagsOff());
            rate = shared.rate;
            routes = shared.routes;
            neighbours = shared.neighbours;
            ports = queues.stream()
                    .map(queue -> new EthernetPort(queue, shared))
                    .toList();
            clientPorts = new ClientPorts(queues.size(), routes, homaPorts, settings.udpPort(), device.spread());
        } catch (RuntimeException e) {
            queues.forEach(FrameQueue::close);
            device.close();
            throw e;
        }
    }

    private static int mtu(List<FrameQueue> queues) {
        return queues.stream()
                .mapToInt(queue -> queue.capabilities().mtu())
                .min()
                .orElseThrow(
                        () -> new IllegalArgumentException("the device has no queue: open it with one per engine"));
    }

    @Override
    public List<PacketPort> ports() {
        return List.copyOf(ports);
    }

    // --- finding servers
    // -------------------------------------------------------------------------------------------------

    @Override
    public void resolve(Endpoint server, Resolution outcome) {
        if (server.port() == 0) {
            throw new IllegalArgumentException(server + " has no port: a server listens on 1 to 65535");
        }
        if (closed.get()) {
            outcome.notFound(server + ": the network is closed");
            return;
        }
        if (!resolving.tryAcquire()) {
            outcome.notFound(
                    server + ": more than " + MAX_RESOLVING + " servers are being looked for; try again later");
            return;
        }
        Thread.ofVirtual().name("homa-resolve-" + server.host()).start(() -> {
            try {
                find(server, outcome);
            } finally {
                resolving.release();
            }
        });
    }

    private void find(Endpoint server, Resolution outcome) {
        String problem;
        try {
            PeerAddress found = null;
            StringBuilder problems = new StringBuilder();
            int tried = 0;
            for (IpAddress address : addresses(server.host())) {
                if (found != null || tried == MAX_ADDRESSES_TRIED) {
                    break;
                }
                tried++;
                String obstacle = reach(address);
                if (obstacle == null) {
                    found = new PeerAddress(address.high(), address.low(), server.port());
                } else {
                    problems.append(problems.isEmpty() ? "" : "; ").append(obstacle);
                }
            }
            if (found != null) {
                outcome.found(found);
                return;
            }
            problem = problems.toString();
        } catch (UnknownHostException e) {
            problem = "the name is not known: check its spelling, DNS and /etc/hosts";
            log.debug("no address for {}", server, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            problem = "the search was interrupted";
        }
        outcome.notFound(server + ": " + problem);
    }

    private static List<IpAddress> addresses(String host) throws UnknownHostException {
        try {
            return List.of(IpAddress.parse(host));
        } catch (IllegalArgumentException e) {
            log.trace("{} is a name", host, e);
        }
        List<IpAddress> found = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            found.add(IpAddress.of(address));
        }
        return found;
    }

    /** Returns what stands in the way, or null when packets can be sent there. */
    private @Nullable String reach(IpAddress peer) throws InterruptedException {
        String obstacle = routes.obstacle(peer);
        if (obstacle != null) {
            return obstacle;
        }
        IpAddress gateway = routes.isOnLink(peer.high(), peer.low()) ? null : routes.gateway(peer.isIpv4());
        IpAddress hop = gateway == null ? peer : gateway;
        neighbours.want(hop.high(), hop.low(), true);
        if (neighbours.await(hop.high(), hop.low(), LONGEST_WAIT_NS)) {
            return null;
        }
        String asked = hop.isIpv4() ? "ARP" : "neighbour discovery";
        return gateway == null
                ? peer + " does not answer to " + asked + ": is the host up and on the same network as this interface?"
                : "the gateway " + gateway + " on the way to " + peer + " does not answer to " + asked
                        + ": check the gateway's address";
    }

    // --- listening
    // -------------------------------------------------------------------------------------------------------

    /**
     * {@inheritDoc} The host may be one of our addresses, a name for one, or 0.0.0.0, :: or * for all; the port is taken for
     * all addresses in any case.
     */
    @Override
    public Listening listen(Endpoint local) {
        String host = ownHost(local);
        int port = homaPorts.listen(local.port());
        Endpoint address = new Endpoint(host, port);
        AtomicBoolean open = new AtomicBoolean(true);
        return new Listening() {
            @Override
            public Endpoint address() {
                return address;
            }

            @Override
            public void close() {
                if (open.getAndSet(false)) {
                    homaPorts.unlisten(port);
                }
            }
        };
    }

    private String ownHost(Endpoint local) {
        String host = local.host();
        if (host.equals("*") || host.equals("0.0.0.0") || host.equals("::")) {
            return routes.first().toString();
        }
        try {
            for (IpAddress address : addresses(host)) {
                if (routes.isOwn(address.high(), address.low())) {
                    return address.toString();
                }
            }
        } catch (UnknownHostException e) {
            throw new TransportException(
                    TransportException.Reason.BIND,
                    "cannot listen on " + local + ": the name is not known; write an address of the interface, or *",
                    e);
        }
        throw new TransportException(
                TransportException.Reason.BIND,
                "cannot listen on " + local + ": it is not an address of this interface, which has "
                        + routes.addresses() + "; write one of these, or *");
    }

    // --- the rest
    // --------------------------------------------------------------------------------------------------------

    /** {@inheritDoc} Never called here: a host that is gone is only silent. */
    @Override
    public void onPeerLost(Consumer<PeerAddress> listener) {
        log.trace("{} will hear nothing: an interface does not notice that peers go", listener);
    }

    @Override
    public int[][] clientPorts(PeerAddress server, int most) {
        return clientPorts.choose(server, most);
    }

    @Override
    public boolean steersFlows() {
        return device.steersFlows();
    }

    @Override
    public List<TransportMetric> metrics() {
        List<TransportMetric> metrics = new ArrayList<>(rate.metrics());
        for (int i = 0; i < ports.size(); i++) {
            metrics.addAll(ports.get(i).metrics(i));
        }
        return List.copyOf(metrics);
    }

    @Override
    public boolean noticesPeerLoss() {
        return false;
    }

    @Override
    public boolean crossesHosts() {
        return true;
    }

    @Override
    public void close() {
        if (!closed.getAndSet(true)) {
            device.close();
        }
    }
}
