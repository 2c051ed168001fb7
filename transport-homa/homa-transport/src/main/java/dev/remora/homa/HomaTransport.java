package dev.remora.homa;

import dev.remora.homa.engine.Command;
import dev.remora.homa.engine.Engine;
import dev.remora.homa.engine.EngineGroup;
import dev.remora.homa.net.Network;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCapabilities;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import dev.remora.spi.TransportMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Homa over a network: its engines, and the clients and servers that share them. For any thread.
 *
 * <p>Handlers run on the thread that drives an engine: the engine's own, or a caller's that waits for its response.
 */
public final class HomaTransport implements Transport {
    private static final AtomicInteger TRANSPORTS = new AtomicInteger();
    private static final long WAIT_S = 5;
    /** So long a transport that is being closed goes on sending what its peers should know. */
    private static final long FAREWELL_NS = 200_000_000;

    private static final long FAREWELL_POLL_NS = 100_000;

    private final Network network;
    private final Context context;
    private final List<Shard> shards = new ArrayList<>();
    private final Set<HomaClient> clients = ConcurrentHashMap.newKeySet();
    private final Set<HomaServer> servers = ConcurrentHashMap.newKeySet();
    private final TransportCapabilities capabilities;
    private volatile boolean closed;

    /** @param network is closed with the transport, and if there is none */
    HomaTransport(Network network, SettingValues values) {
        this.network = network;
        List<PacketPort> ports = network.ports();
        try {
            HomaOptions options = HomaOptions.of(values);
            HomaOptions.tooManyEngines(values, Runtime.getRuntime().availableProcessors())
                    .ifPresent(Context.LOG::warn);
            context = Context.of(options);
            capabilities = new TransportCapabilities(
                    options.maxMessageBytes(), true, false, network.crossesHosts(), network.noticesPeerLoss());
            start(options, values, ports);
        } catch (RuntimeException | Error e) {
            shards.forEach(shard -> shard.engine().close());
            ports.subList(shards.size(), ports.size()).forEach(PacketPort::close);
            network.close();
            throw e;
        }
    }

    private void start(HomaOptions options, SettingValues values, List<PacketPort> ports) {
        String name = "remora-homa-" + TRANSPORTS.incrementAndGet();
        EngineGroup group = new EngineGroup(
                options.protocol(values, ports.get(0).capabilities(), 0, network.freshAddress()),
                ports.size(),
                network.steersFlows());
        for (int i = 0; i < ports.size(); i++) {
            PacketPort port = ports.get(i);
            int index = i;
            shards.add(new Shard(
                    index,
                    context,
                    sink -> new Engine(
                            name + "-" + index,
                            options.protocol(values, port.capabilities(), index, network.freshAddress()),
                            group,
                            index,
                            port,
                            options.encapsulation(),
                            options.receiveBytes() / ports.size(),
                            options.idle(),
                            sink)));
        }
        network.onPeerLost(this::onPeerLost);
        shards.forEach(shard -> shard.engine().start());
    }

    @Override
    public String name() {
        return HomaTransportProvider.NAME;
    }

    @Override
    public TransportCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<TransportMetric> metrics() {
        List<TransportMetric> all =
                new ArrayList<>(MetricList.of(shards.stream().map(Shard::engine).toList()));
        all.addAll(network.metrics());
        return List.copyOf(all);
    }

    @Override
    public ClientTransport connect(Endpoint peer) {
        if (peer.port() == 0) {
            throw new IllegalArgumentException("cannot call " + peer + ": port 0 is only for listening");
        }
        checkOpen();
        HomaClient client = new HomaClient(this, context, peer);
        clients.add(client);
        if (closed) {
            client.close();
        }
        return client;
    }

    @Override
    public ServerTransport listen(Endpoint local, RequestHandler handler) {
        checkOpen();
        Network.Listening listening;
        try {
            listening = network.listen(local);
        } catch (TransportException e) {
            if (e.getMessage() != null && e.getMessage().contains(local.toString())) {
                throw e;
            }
            throw new TransportException(e.reason(), "cannot listen on " + local + ": " + e.getMessage(), e);
        }
        HomaServer server = new HomaServer(this, context, listening, handler);
        servers.add(server);
        server.open();
        if (closed) {
            server.close();
        }
        return server;
    }

    private void checkOpen() {
        if (closed) {
            throw new TransportException(Reason.CLOSED, "this homa transport was closed: make a new one");
        }
    }

    private void onPeerLost(PeerAddress peer) {
        clients.forEach(client -> client.onPeerLost(peer));
        context.kept().onPeerLost(peer.high(), peer.low());
        List<Joins.Join> dropped = context.joins()
                .dropIf(join ->
                        join.key().peerHigh() == peer.high() && join.key().peerLow() == peer.low());
        dropped.forEach(join -> Sweeper.answer(join, MessageKind.ABORTED));
        for (Shard shard : shards) {
            shard.engine().post(new Command() {
                @Override
                protected void run() {
                    shard.requests.onPeerLost(peer.high(), peer.low());
                    shard.engine().peerLost(peer.high(), peer.low());
                }

                @Override
                protected void refused() {}
            });
        }
    }

    Network network() {
        return network;
    }

    List<Shard> shards() {
        return shards;
    }

    /** The shard that the calling thread drives, if any. */
    @Nullable
    Shard drivenShard() {
        for (int i = 0; i < shards.size(); i++) {
            if (shards.get(i).engine().isDriving()) {
                return shards.get(i);
            }
        }
        return null;
    }

    /** A way to a server that was found. */
    Path path(PeerAddress server) {
        return new Path(server, network.clientPorts(server, context.options().clientPorts()));
    }

    void forget(HomaClient client) {
        clients.remove(client);
    }

    void forget(HomaServer server) {
        servers.remove(server);
    }

    /** Waits until the engines have done something, unless this thread drives one: it cannot wait for itself. */
    void await(CountDownLatch done, String what) {
        if (drivenShard() != null) {
            return;
        }
        try {
            if (!done.await(WAIT_S, TimeUnit.SECONDS)) {
                Context.LOG.warn("{} is not over after {} s: a handler blocks an engine", what, WAIT_S);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Messages that the application or the protocol holds: 0 when all is over, or someone leaks. */
    long buffersInUse() {
        long received = 0;
        for (Shard shard : shards) {
            received += shard.engine().stats().receivedInUse();
        }
        return context.pool().inUse() + received + (context.joining().used() > 0 ? 1 : 0);
    }

    Context context() {
        return context;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List.copyOf(clients).forEach(HomaClient::close);
        List.copyOf(servers).forEach(HomaServer::close);
        context.sweeper().close();
        if (drivenShard() == null) {
            farewell();
        }
        shards.forEach(shard -> shard.engine().close());
        network.close();
        context.joins().dropIf(join -> true);
        context.kept().clear();
    }

    /** Lets cancellations and losses reach the peers, which would wait for their time-outs otherwise. */
    private void farewell() {
        long startNs = System.nanoTime();
        while (!shards.stream().allMatch(Shard::isQuiet) && System.nanoTime() - startNs < FAREWELL_NS) {
            LockSupport.parkNanos(FAREWELL_POLL_NS);
        }
    }
}
