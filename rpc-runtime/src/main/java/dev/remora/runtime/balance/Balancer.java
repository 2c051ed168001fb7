package dev.remora.runtime.balance;

import dev.remora.api.CallOptions;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.time.TimeSource;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of one channel and the choice among them. For use by any thread.
 *
 * <p>A pick reads one immutable {@link PeerChoice} and counts the call at the peer. Everything else (new addresses, peers that
 * fail or are well again, marks) is noted where it happens and asks for an update: one that runs soon, on a thread of its
 * own, works out what all that is new means and puts another choice in place.
 */
public final class Balancer implements PeerHealth, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Balancer.class);
    private static final int MAX_PEERS_IN_MESSAGE = 5;

    private final String name;
    private final TimeSource clock;
    private final Executor executor;
    private final RandomGenerator random;
    private final BalancePolicy policy;
    private final Subset subset;
    private final PeerTable table;
    private final Setbacks setbacks;
    private final WaitingCalls waiting;
    private final boolean waitForReady;
    private final List<Runnable> peerListeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean updateWanted = new AtomicBoolean();
    private final LongAdder failedPicks = new LongAdder();
    private final LongAdder resolutions = new LongAdder();
    private final LongAdder failedResolutions = new LongAdder();

    private volatile PeerChoice choice = PeerChoice.unresolved();
    private volatile boolean closed;
    private volatile @Nullable NameResolver resolver;

    // News from the resolver, until the next update.
    private final AtomicReference<@Nullable List<ServerAddress>> newAddresses = new AtomicReference<>();
    private volatile @Nullable String resolveTrouble;

    private volatile boolean timerPending;

    // Under the lock of update.
    private TimeSource.@Nullable Timer timer;
    private long timerAtNs;

    /**
     * One that knows nobody until {@link #start}.
     *
     * @param name of the channel, for logs and messages
     * @param values of {@link BalanceSettings}
     * @param policy instead of the configured one, if not null
     */
    public Balancer(
            String name, Transport transport, SettingValues values, @Nullable BalancePolicy policy, TimeSource clock) {
        this(
                name,
                transport::connect,
                values,
                policy,
                clock,
                task -> Thread.ofVirtual().name("remora-balancer " + name).start(task),
                SharedRandom.RANDOM);
    }

    /** One whose time, threads and chance are told. */
    Balancer(
            String name,
            Connector connector,
            SettingValues values,
            @Nullable BalancePolicy policy,
            TimeSource clock,
            Executor executor,
            RandomGenerator random) {
        this.name = name;
        this.clock = clock;
        this.executor = executor;
        this.random = random;
        this.policy = policy == null ? BalancePolicies.of(values) : policy;
        String key = values.get(BalanceSettings.SUBSET_KEY);
        subset = new Subset(
                values.getInt(BalanceSettings.SUBSET_SIZE),
                values.getInt(BalanceSettings.SUBSET_CLIENT),
                key.isEmpty() ? random.nextLong() : StableHash.of(key));
        int failuresToEject = values.getInt(BalanceSettings.EJECT_FAILURES);
        table = new PeerTable(
                name,
                address -> new Peer(
                        address,
                        connector.connect(address.endpoint()),
                        clock,
                        failuresToEject,
                        this.policy.needsLatency(),
                        this::wantUpdate),
                values.get(BalanceSettings.DRAIN_TIMEOUT));
        setbacks = new Setbacks(name, values, random, clock.nowNs());
        waiting = new WaitingCalls(values.getInt(BalanceSettings.MAX_WAITING));
        waitForReady = values.get(BalanceSettings.WAIT_FOR_READY);
    }

    /** Makes the client of a peer, as {@link Transport#connect} does. */
    @FunctionalInterface
    interface Connector {
        ClientTransport connect(Endpoint peer);
    }

    /**
     * Begins to look for servers. The balancer owns the resolver from now on.
     *
     * @throws RuntimeException the transport's, if all addresses are known at once and it refuses every one
     */
    public void start(NameResolver newResolver) {
        resolver = newResolver;
        newResolver.start(new NameResolver.Listener() {
            @Override
            public void onAddresses(List<ServerAddress> addresses) {
                resolutions.increment();
                newAddresses.set(List.copyOf(addresses));
                resolveTrouble = null;
                wantUpdate();
            }

            @Override
            public void onFailure(String what, @Nullable Throwable cause) {
                resolutions.increment();
                failedResolutions.increment();
                LOG.debug("{}: {}", name, what, cause);
                resolveTrouble = what;
                wantUpdate();
            }
        });
        if (resolutions.sum() > 0) {
            update(); // who is known at once can be called at once
            RuntimeException refusal;
            synchronized (table) {
                refusal = table.refusal();
            }
            if (refusal != null && !choice.hasPeers()) {
                close();
                throw refusal;
            }
        }
    }

    /** Finds a peer for a call, now or, if it may wait, later. */
    public void pick(PickRequest request) {
        pick(request, false);
    }

    private void pick(PickRequest request, boolean waited) {
        while (true) {
            PeerChoice now = choice;
            CallOptions options = request.options();
            Endpoint wanted = options.get(PickOptions.PEER);
            boolean patient = isPatient(options);
            TriedPeers tried = request.tried();
            Peer peer = wanted == null ? begin(now, request, tried, patient) : beginAt(now, wanted);
            if (peer != null) {
                if (tried != null) {
                    tried.add(peer);
                }
                request.onPeer(peer, waited);
                return;
            }
            if (now != choice) {
                continue; // something has changed meanwhile
            }
            if (closed || (now.isResolved() && (!patient || wanted != null))) {
                failedPicks.increment();
                request.onNoPeer(unavailable(now, wanted));
                return;
            }
            if (!waiting.add(request)) {
                failedPicks.increment();
                request.onNoPeer(Status.of(
                        StatusCode.UNAVAILABLE,
                        "too many calls wait for a server of " + name + " (balance.max-waiting): " + describe()));
                return;
            }
            if (request.isOver()) {
                waiting.remove(request); // its end came before it could be forgotten
            } else if (now != choice) {
                wakeWaiting(); // the change may have missed this one
            }
            return;
        }
    }

    /** A patient call waits where an impatient one is sent to a peer that is hardly there, which tells the caller why. */
    private static @Nullable Peer begin(
            PeerChoice now, PickRequest request, @Nullable TriedPeers tried, boolean patient) {
        Peer peer = now.isUsable() ? now.begin(request, tried, false) : null;
        return peer == null && !patient ? now.begin(request, tried, true) : peer;
    }

    private static @Nullable Peer beginAt(PeerChoice now, Endpoint wanted) {
        for (Peer peer : now.peers()) {
            if (peer.endpoint().equals(wanted) && peer.begin(true)) {
                return peer;
            }
        }
        return null;
    }

    /** Whether a call with these options waits for a server. */
    public boolean isPatient(CallOptions options) {
        Boolean asked = options.get(CallOptions.WAIT_FOR_READY);
        return asked == null ? waitForReady : asked;
    }

    /** Whether a further attempt of a call could go to a server that takes calls and that no other attempt went to. */
    public boolean hasOthers(TriedPeers tried) {
        return choice.hasOthers(tried);
    }

    /** Its call has ended while it waited. {@link PickRequest#onPeer} may still come if it is on its way. */
    public void forget(PickRequest request) {
        waiting.remove(request);
    }

    private Status unavailable(PeerChoice now, @Nullable Endpoint wanted) {
        if (closed) {
            return Status.of(StatusCode.UNAVAILABLE, "the channel to " + name + " is closed");
        }
        if (wanted != null) {
            return Status.of(
                    StatusCode.UNAVAILABLE, wanted + " is not among the servers of " + name + ": " + describe(now));
        }
        return Status.of(StatusCode.UNAVAILABLE, "no server to call: " + describe(now));
    }

    /** Who there is to call and how they fare, in a line for people. */
    public String describe() {
        return describe(choice);
    }

    private String describe(PeerChoice now) {
        if (!now.hasPeers()) {
            return "none of " + name + " is known, " + now.trouble();
        }
        StringBuilder text = new StringBuilder(name).append(" has ").append(now.peers().length);
        int usable = 0;
        List<String> troubles = new ArrayList<>();
        for (Peer peer : now.peers()) {
            PeerState state = peer.state();
            if (state.condition() == PeerState.Condition.USABLE) {
                usable++;
            } else if (troubles.size() < MAX_PEERS_IN_MESSAGE) {
                troubles.add(peer + " " + state.condition() + " (" + state.reason() + ")");
            }
        }
        text.append(" servers, of which ").append(usable).append(" usable");
        return troubles.isEmpty()
                ? text.toString()
                : text.append("; ").append(String.join(", ", troubles)).toString();
    }

    /** Something has changed; cheap, and any number of times. */
    private void wantUpdate() {
        if (!closed && updateWanted.compareAndSet(false, true)) {
            executor.execute(this::update);
        }
    }

    private void update() {
        updateWanted.set(false);
        boolean peersChanged;
        boolean lost;
        List<ClientTransport> toClose;
        synchronized (table) {
            if (closed) {
                return;
            }
            long nowNs = clock.nowNs();
            peersChanged = takeNews(nowNs);
            lost = setbacks.update(table.current(), nowNs);
            toClose = table.takeDrained(nowNs);
            choice = newChoice();
            scheduleNext(nowNs);
        }
        // Closing may wait for a transport's threads, one of which this may be.
        toClose.forEach(client -> Thread.ofVirtual().start(client::close));
        NameResolver r = resolver;
        if (lost && r != null) {
            r.refresh();
        }
        if (peersChanged) {
            peerListeners.forEach(Runnable::run);
        }
        wakeWaiting();
    }

    private boolean takeNews(long nowNs) {
        List<ServerAddress> addresses = newAddresses.getAndSet(null);
        if (addresses == null) {
            return false;
        }
        return table.replace(subset.of(addresses), nowNs);
    }

    private PeerChoice newChoice() {
        if (!table.current().isEmpty()) {
            return PeerChoice.of(table.current(), table.retired(), policy, random);
        }
        String trouble = resolveTrouble;
        RuntimeException refusal = table.refusal();
        if (trouble == null && refusal != null) {
            trouble = "the transport refuses its addresses: " + refusal.getMessage();
        } else if (trouble == null && resolutions.sum() > 0) {
            trouble = "its registry names none at present";
        }
        return trouble == null
                ? PeerChoice.unresolved()
                : PeerChoice.nobody(
                        table.retired(),
                        trouble + " (" + failedResolutions.sum() + " of " + resolutions.sum() + " look-ups failed)");
    }

    private void scheduleNext(long nowNs) {
        long nextNs = Math.min(setbacks.nextNs(table.current(), nowNs), table.nextNs(nowNs));
        if (nextNs == Long.MAX_VALUE) {
            return;
        }
        long atNs = nowNs + nextNs;
        if (timerPending && timerAtNs - atNs <= 0) {
            return; // it comes early enough, and looks again
        }
        if (timer != null) {
            timer.cancel();
        }
        timerAtNs = atNs;
        timerPending = true;
        timer = clock.after(nextNs, this::onTimer);
    }

    private void onTimer() {
        // First: the update that this asks for may be quicker than the timer's own end.
        timerPending = false;
        wantUpdate();
    }

    private void wakeWaiting() {
        if (waiting.size() > 0) {
            waiting.takeAll().forEach(this::pickAtLast);
        }
    }

    /** Whatever goes wrong with one call, the others must not be forgotten. */
    private void pickAtLast(PickRequest request) {
        try {
            pick(request, true);
        } catch (RuntimeException | Error e) {
            LOG.error("a server of {} cannot be picked for a call", name, e);
            request.onNoPeer(Status.of(StatusCode.INTERNAL, "a server of " + name + " cannot be picked")
                    .withCause(e));
        }
    }

    @Override
    public List<Endpoint> peers() {
        return Arrays.stream(choice.peers()).map(Peer::endpoint).toList();
    }

    /** How the peers fare, also those that drain. */
    public List<PeerState> states() {
        PeerChoice now = choice;
        List<PeerState> states = new ArrayList<>();
        for (Peer peer : now.peers()) {
            states.add(peer.state());
        }
        for (Peer peer : now.retired()) {
            states.add(peer.state());
        }
        return states;
    }

    @Override
    public void mark(Endpoint endpoint, Mark mark) {
        synchronized (table) {
            Peer peer = table.find(endpoint);
            if (peer == null || peer.record.mark == mark) {
                return;
            }
            peer.record.mark = mark;
            if (mark == Mark.SERVING && peer.phase() == Peer.ASIDE) {
                peer.record.asideUntilNs = clock.nowNs();
            }
        }
        wantUpdate();
    }

    @Override
    public void onPeersChanged(Runnable action) {
        peerListeners.add(action);
    }

    /** Calls in progress, and those that wait; those for which a server is looked for just now may be left out. */
    public int outstanding() {
        PeerChoice now = choice;
        int sum = waiting.size();
        for (Peer peer : now.peers()) {
            sum += peer.outstanding();
        }
        for (Peer peer : now.retired()) {
            sum += peer.outstanding();
        }
        return sum;
    }

    /** What it has counted and how things are. */
    public BalancerFigures figures() {
        PeerChoice now;
        long picks;
        synchronized (table) { // or a peer that is closed meanwhile would be missing, and a count would go back
            now = choice;
            picks = table.picks();
        }
        int[] conditions = new int[PeerState.Condition.values().length];
        for (Peer peer : now.peers()) {
            conditions[peer.record.condition(peer.phase()).ordinal()]++;
        }
        return new BalancerFigures(
                picks,
                failedPicks.sum(),
                waiting.size(),
                now.peers().length,
                conditions[PeerState.Condition.USABLE.ordinal()] + conditions[PeerState.Condition.PROBATION.ordinal()],
                conditions[PeerState.Condition.EJECTED.ordinal()],
                conditions[PeerState.Condition.UNREACHABLE.ordinal()],
                now.retired().length,
                setbacks.ejections(),
                resolutions.sum(),
                failedResolutions.sum());
    }

    /** Ends the clients of all peers, whose calls fail, and fails the calls that wait. Idempotent. */
    @Override
    public void close() {
        NameResolver r = resolver;
        if (r != null) {
            r.close();
        }
        List<ClientTransport> clients;
        synchronized (table) {
            closed = true;
            if (timer != null) {
                timer.cancel();
            }
            clients = table.takeAll();
            choice = PeerChoice.nobody(List.of(), "the channel is closed");
        }
        clients.forEach(ClientTransport::close);
        waiting.close().forEach(request -> request.onNoPeer(unavailable(choice, null)));
    }
}
