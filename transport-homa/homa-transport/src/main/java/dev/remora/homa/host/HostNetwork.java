package dev.remora.homa.host;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.EalConfig;
import dev.remora.homa.host.Pair.State;
import dev.remora.homa.host.Pair.Waiter;
import dev.remora.homa.link.FrameCapabilities;
import dev.remora.homa.link.SharedEal;
import dev.remora.homa.net.Network;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PeerAddress;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transports of one host, in the same process or others: shared memory between each two that talk, found through a
 * folder. Needs neither root nor hugepages nor a network card. At most 31 peers or so at a time, since DPDK allows 32 ports
 * in a process.
 *
 * <p>Each instance is a host to the protocol, with an address that is its alone. A process that ends in any way is noticed,
 * as the kernel ends its connections.
 *
 * <p>The first call to a peer takes some 60 ms, in which both open a device; the first of all in a process some tenths of a
 * second more, as Java loads the code for that. Servers that must answer the first call sooner are called once beforehand.
 */
public final class HostNetwork implements Network {
    /** What the names of its threads begin with. */
    static final String THREADS = "remora-host-";

    /** Free Homa ports are looked for here; what clients send from lies behind. */
    private static final int FIRST_FREE_PORT = 32_768;

    /** Of the first engine; the others follow. */
    private static final int CLIENT_PORT = 61_000;

    private static final int MAX_CONNECTIONS = 128;
    private static final int MAX_WAITING = 10_000;
    private static final long CLOSE_LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final long LOOP_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Logger log = LoggerFactory.getLogger(HostNetwork.class);

    private final HostSettings settings;
    private final HostFolder folder;
    private final Eal eal;
    private final int id;
    private final ServerSocketChannel listener;
    private final HostPorts ports;
    private final Thread acceptor;
    private final ThreadPoolExecutor resolver;
    private volatile @Nullable Thread resolverThread;
    private final AtomicInteger threadNumber = new AtomicInteger();

    private final Object lock = new Object();
    private final Map<Integer, Pair> pairs = new HashMap<>();
    /** All with a thread, also those that are not in the map yet or no more. */
    private final Map<Pair, Thread> running = new HashMap<>();

    private final Set<Integer> listening = new HashSet<>();
    private int nextFreePort = FIRST_FREE_PORT;
    private boolean loops;
    private boolean closed;
    private volatile Consumer<PeerAddress> lostListener = peer -> {};

    private HostNetwork(HostSettings settings, HostFolder folder, Eal eal, HostFolder.Claim claim, Bells bells) {
        this.settings = settings;
        this.folder = folder;
        this.eal = eal;
        id = claim.id();
        listener = claim.listener();
        ports = new HostPorts(settings.engines(), capabilities(settings), bells);
        resolver = new ThreadPoolExecutor(1, 1, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
            Thread thread =
                    Thread.ofPlatform().daemon().name(threadName("resolve")).unstarted(task);
            resolverThread = thread;
            return thread;
        });
        resolver.allowCoreThreadTimeOut(true);
        acceptor = Thread.ofPlatform().daemon().name(threadName("accept")).unstarted(this::accept);
    }

    /**
     * Makes one, which other processes find from then on.
     *
     * @throws TransportException UNSUPPORTED if the folder cannot be used, or DPDK does not start
     */
    public static HostNetwork open(HostSettings settings) {
        if (!Futex.isAvailable()) {
            throw new TransportException(
                    Reason.UNSUPPORTED,
                    "the network between processes of a host is for amd64 and aarch64, this machine is "
                            + System.getProperty("os.arch")
                            + "; use network = interface with link = packet-socket, or tcp");
        }
        HostFolder folder = HostFolder.open(settings.folder());
        Eal eal;
        try {
            eal = SharedEal.get(EalConfig.builder()
                    .memoryMb(settings.memoryMb())
                    .hugepages(settings.hugepages())
                    .build());
        } catch (DpdkException e) {
            throw new TransportException(
                    Reason.UNSUPPORTED,
                    "DPDK, which carries Homa between processes, does not start: " + e.getMessage(),
                    e);
        }
        HostFolder.Claim claim = folder.claim(new SecureRandom());
        try {
            Bells bells = Bells.make(folder.bellsOf(claim.id()));
            HostNetwork network = new HostNetwork(settings, folder, eal, claim, bells);
            network.acceptor.start();
            return network;
        } catch (IOException e) {
            folder.giveUp(claim);
            throw new TransportException(
                    Reason.UNSUPPORTED,
                    "no file can be made in the folder " + folder.path() + ": " + e
                            + "; check its rights and the disk's space",
                    e);
        } catch (RuntimeException | Error e) {
            folder.giveUp(claim);
            throw e;
        }
    }

    private static FrameCapabilities capabilities(HostSettings settings) {
        return new FrameCapabilities(
                settings.mtu(),
                HostDevice.maxFrameBytes(),
                true,
                false,
                true,
                ChecksumSeed.PSEUDO_HEADER,
                ChecksumSeed.PSEUDO_HEADER_WITHOUT_LENGTH,
                settings.linkMbps());
    }

    private String threadName(String what) {
        return THREADS + what + "-" + HostFolder.name(id) + "-" + threadNumber.incrementAndGet();
    }

    HostSettings settings() {
        return settings;
    }

    HostFolder folder() {
        return folder;
    }

    Eal eal() {
        return eal;
    }

    int id() {
        return id;
    }

    HostPorts hostPorts() {
        return ports;
    }

    // --- Network -----------------------------------------------------------------------------------------------------

    @Override
    public List<PacketPort> ports() {
        return List.copyOf(ports.all());
    }

    @Override
    public void onPeerLost(Consumer<PeerAddress> gone) {
        lostListener = gone;
    }

    @Override
    public int[][] clientPorts(PeerAddress server, int most) {
        Pair pair;
        synchronized (lock) {
            pair = server.low() == HostAddress.lowOfSelf(id) ? null : pairs.get(HostAddress.id(server.low()));
        }
        // If the peer has gone meanwhile, calls to it have to fail, which they do on any engine.
        Lanes lanes = pair == null ? null : pair.lanes;
        int[][] ports = new int[settings.engines()][];
        for (int i = 0; i < ports.length; i++) {
            ports[i] = lanes == null || lanes.leadFrom(i) ? new int[] {CLIENT_PORT + i} : new int[0];
        }
        return ports;
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
    public Listening listen(Endpoint local) {
        if (!LocalNames.isHere(local.host())) {
            throw new TransportException(
                    Reason.BIND,
                    local + " cannot be listened on: " + local.host()
                            + " is not this machine, and processes of one host are all that this network connects; use"
                            + " localhost");
        }
        synchronized (lock) {
            if (closed) {
                throw new TransportException(Reason.CLOSED, "the transport was closed");
            }
            int taken = local.port() == 0 ? takeFree(local) : local.port();
            if (local.port() != 0 && !PortFiles.take(folder, taken, id)) {
                throw new TransportException(
                        Reason.BIND,
                        local + " cannot be listened on: port " + taken
                                + " is in use by another transport of this host (folder " + folder.path()
                                + "); choose another port, or stop the other");
            }
            listening.add(taken);
            return new PortTaken(new Endpoint(local.host(), taken));
        }
    }

    private int takeFree(Endpoint local) {
        int count = CLIENT_PORT - FIRST_FREE_PORT;
        for (int i = 0; i < count; i++) {
            int candidate = nextFreePort;
            nextFreePort = candidate + 1 == CLIENT_PORT ? FIRST_FREE_PORT : candidate + 1;
            if (PortFiles.take(folder, candidate, id)) {
                return candidate;
            }
        }
        throw new TransportException(
                Reason.BIND,
                local + ": all ports from " + FIRST_FREE_PORT + " to " + (CLIENT_PORT - 1) + " are in use");
    }

    private final class PortTaken implements Listening {
        private final Endpoint address;
        private boolean given;

        PortTaken(Endpoint address) {
            this.address = address;
        }

        @Override
        public Endpoint address() {
            return address;
        }

        @Override
        public void close() {
            synchronized (lock) {
                if (!given && listening.remove(address.port())) {
                    PortFiles.give(folder, address.port());
                }
                given = true;
            }
        }
    }

    @Override
    public void resolve(Endpoint server, Resolution outcome) {
        InetAddress literal = LocalNames.literal(server.host());
        if (literal != null && !LocalNames.isHere(literal)) {
            throw new IllegalArgumentException(
                    server + " is not on this machine, and processes of one host are all that"
                            + " this network connects; use localhost, or another network");
        }
        try {
            resolver.execute(new Search(server, outcome));
        } catch (RejectedExecutionException e) {
            outcome.notFound(nobody(server, "the transport was closed, or is asked for too many servers at once"));
        }
    }

    private final class Search implements Runnable {
        private final Endpoint server;
        private final Resolution outcome;

        Search(Endpoint server, Resolution outcome) {
            this.server = server;
            this.outcome = outcome;
        }

        @Override
        public void run() {
            find(server, outcome);
        }
    }

    private static String nobody(Endpoint server, String why) {
        return "nobody listens on " + server + ": " + why;
    }

    private void find(Endpoint server, Resolution outcome) {
        try {
            if (!LocalNames.isHere(server.host())) {
                outcome.notFound(nobody(server, server.host() + " is not known to be this machine; use localhost"));
                return;
            }
            OptionalInt serving = PortFiles.find(folder, server.port());
            if (serving.isEmpty()) {
                outcome.notFound(nobody(
                        server,
                        "no transport serves port " + server.port() + " in the folder " + folder.path()
                                + "; is the server running, with the same transport and folder?"));
                return;
            }
            if (serving.getAsInt() == id) {
                findSelf(server, outcome);
            } else {
                findPeer(serving.getAsInt(), new Waiter(server, outcome));
            }
        } catch (IOException | TransportException e) {
            outcome.notFound(nobody(server, String.valueOf(e.getMessage())));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.notFound(nobody(server, "the transport was closed"));
        } catch (RuntimeException | OutOfMemoryError e) {
            log.error("looking for {} failed", server, e);
            outcome.notFound(nobody(server, String.valueOf(e)));
        }
    }

    /** Resolver thread only. */
    private void findSelf(Endpoint server, Resolution outcome) throws InterruptedException {
        if (!loops) {
            loops = openLoops();
        }
        if (loops) {
            outcome.found(new PeerAddress(0, HostAddress.lowOfSelf(id), server.port()));
        } else {
            outcome.notFound(nobody(server, "this transport's engine does not run"));
        }
    }

    /** All ports get theirs, or none: what was half done would be there twice the next time. */
    private boolean openLoops() throws InterruptedException {
        Map<Way, HostPort> opened = new LinkedHashMap<>();
        boolean all = false;
        try {
            for (HostPort port : ports.all()) {
                OwnLoop loop = new OwnLoop(port.capabilities());
                Way asServer = new Way(HostAddress.lowOfSelf(id), HostAddress.low(id), loop, true, port.bell());
                Way asClient = new Way(HostAddress.low(id), HostAddress.lowOfSelf(id), loop, false, port.bell());
                opened.put(asServer, port);
                opened.put(asClient, port);
                if (!port.add(asServer, LOOP_NS) || !port.add(asClient, LOOP_NS)) {
                    return false;
                }
            }
            all = true;
        } finally {
            if (!all) {
                opened.forEach((way, port) -> port.giveUp(way));
            }
        }
        return true;
    }

    private void findPeer(int peer, Waiter waiter) {
        synchronized (lock) {
            Pair pair = pairs.get(peer);
            if (closed || (pair != null && pair.waiters.size() >= MAX_WAITING)) {
                throw new TransportException(Reason.CLOSED, "the transport was closed, or too many wait");
            }
            if (pair == null) {
                pair = Pair.to(this, peer);
                start(pair);
                pairs.put(peer, pair);
            }
            if (pair.state != State.UP) {
                pair.waiters.add(waiter);
                return;
            }
        }
        waiter.outcome().found(HostAddress.address(peer, waiter.server().port()));
    }

    /** Under the lock. There may be no memory for another thread: then there is no such pair. */
    private void start(Pair pair) {
        Thread thread = Thread.ofPlatform().daemon().name(threadName("pair")).unstarted(pair);
        running.put(pair, thread);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            running.remove(pair);
            pair.end();
            throw e;
        }
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel channel = listener.accept();
                synchronized (lock) {
                    if (closed || running.size() >= MAX_CONNECTIONS) {
                        log.warn("a connection is refused: there are {}", running.size());
                        channel.close();
                    } else {
                        start(Pair.from(this, channel));
                    }
                }
            } catch (IOException | OutOfMemoryError e) {
                if (!listener.isOpen()) {
                    return;
                }
                log.warn("accepting a connection failed: {}", e.toString());
                // Such as too many open files: trying again at once would only fill the log.
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    // --- for pairs ---------------------------------------------------------------------------------------------------

    /** Whether an incoming pair may go on; if so, it is the one with that peer. */
    boolean admit(Pair incoming, int peer) {
        synchronized (lock) {
            Pair present = pairs.get(peer);
            if (closed) {
                return false;
            }
            if (present != null) {
                if (!present.outgoing || present.state != State.CONNECTING || peer > id) {
                    return false;
                }
                present.superseded = true;
                incoming.waiters.addAll(present.waiters);
                present.waiters.clear();
            }
            pairs.put(peer, incoming);
            return true;
        }
    }

    /** False if another pair with this peer has taken its place, or all is to end. */
    boolean up(Pair pair) {
        List<Waiter> found;
        synchronized (lock) {
            if (closed || pairs.get(pair.peer) != pair) {
                return false;
            }
            pair.state = State.UP;
            pair.wasUp = true;
            found = List.copyOf(pair.waiters);
            pair.waiters.clear();
        }
        for (Waiter waiter : found) {
            waiter.outcome()
                    .found(HostAddress.address(pair.peer, waiter.server().port()));
        }
        return true;
    }

    void gone(Pair pair) {
        boolean lost;
        synchronized (lock) {
            lost = pair.state == State.UP && !closed;
            pair.state = State.GONE;
        }
        if (lost) {
            try {
                lostListener.accept(HostAddress.address(pair.peer, 0));
            } catch (RuntimeException e) {
                log.error("the listener for lost peers failed", e);
            }
        }
    }

    /** The pair's device is closed. */
    void ended(Pair pair, String problem) {
        List<Waiter> waiting;
        boolean again;
        synchronized (lock) {
            pairs.remove(pair.peer, pair);
            running.remove(pair);
            waiting = List.copyOf(pair.waiters);
            pair.waiters.clear();
            again = pair.wasUp && !closed;
        }
        for (Waiter waiter : waiting) {
            if (again) {
                resolve(waiter.server(), waiter.outcome());
            } else {
                waiter.outcome().notFound(nobody(waiter.server(), problem));
            }
        }
    }

    @Override
    public void close() {
        List<Thread> threads;
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            listening.forEach(taken -> PortFiles.give(folder, taken));
            listening.clear();
            running.keySet().forEach(Pair::end);
            threads = new ArrayList<>(running.values());
        }
        threads.add(acceptor);
        Thread resolving = resolverThread;
        if (resolving != null) {
            threads.add(resolving);
        }
        for (Runnable never : resolver.shutdownNow()) {
            if (never instanceof Search search) {
                search.outcome.notFound(nobody(search.server, "the transport was closed"));
            }
        }
        folder.giveUp(new HostFolder.Claim(id, listener));
        awaitEnd(threads);
    }

    /** Pairs end when the engine has given up their devices; if the caller is the engine, that is to be done here. */
    private void awaitEnd(List<Thread> threads) {
        long end = System.nanoTime() + CLOSE_LIMIT_NS;
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive() && thread != Thread.currentThread()) {
                ports.seeToChanges();
                if (System.nanoTime() - end > 0) {
                    log.error("{} does not end", thread.getName());
                    break;
                }
                try {
                    thread.join(2);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
