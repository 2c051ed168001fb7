package dev.remora.homa.engine;

import dev.remora.homa.net.PacketPort;
import dev.remora.homa.protocol.HomaConfig;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.HomaMetrics;
import dev.remora.homa.protocol.RpcError;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.receive.SlabMessageBuffers;
import dev.remora.homa.protocol.wire.Encapsulation;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop that drives one Homa endpoint over one packet port: commands, arrivals, timers, events, departures.
 *
 * <p>One thread at a time drives it: its own, or a caller that has nothing to do but wait ({@link #drive}). On a machine with
 * few CPUs that spares the caller the way through the scheduler, twice per call. While callers drive, the engine's own thread
 * sleeps, and looks now and then whether it is needed.
 */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final VarHandle DRIVER = Fields.handle(MethodHandles.lookup(), "driver", Thread.class);

    /** A caller that has waited so long lets the engine's thread go on: the answer takes its time. */
    private static final long CALLER_PATIENCE_NS = 100_000;
    /** So long after a caller has driven, the engine's thread leaves the next call to callers, too. */
    private static final long CALLERS_DRIVE_NS = 2_000_000;

    private static final long STANDBY_NS = 500_000;
    /** What is due sooner is a pacer's, or as urgent. */
    private static final long PROMPT_NS = 900_000;

    private static final int CLOCK_EVERY = 16;
    /** A quick server on a CPU of its own has answered by then. */
    private static final long LATE_NS = 10_000;

    private static final long FAREWELL_NS = 20_000_000;
    private static final long JOIN_MS = 5_000;

    private final EngineGroup group;
    private final PacketPort port;
    private final IdlePolicy idle;
    private final Thread thread;
    private final HomaEndpoint endpoint;
    private final Arrivals arrivals;
    private final Departures departures;
    private final HandOff handOff = new HandOff();
    private final ReceivedPool receivedPool = new ReceivedPool();
    private final EngineRpcs rpcs;
    private final boolean[] listening = new boolean[65_536];

    private volatile @Nullable Thread driver;
    /** Driving thread only, and the engine's own after it has seen that nobody drives. */
    private @Nullable Thread lastDriver;

    private final Sleep sleep;
    private final CallerTurn turn = new CallerTurn();
    private volatile boolean closing;
    private volatile long callerDroveNs;
    /** The engine's thread has found somebody driving, and waits for its turn. */
    private volatile boolean wanted;
    /** Requests may come at any time: the thread cannot leave it to callers to look. */
    private volatile boolean serves;

    private boolean ended;
    private long nowNs;
    private long lastWorkNs;
    private long deadlineNs;
    private long rounds;
    private long busyRounds;
    private long callerRounds;

    /**
     * One of the engines of an address.
     *
     * @param name of its thread
     * @param config of the protocol
     * @param group all of them
     * @param index which of them this is, and the owner in the ids of its RPCs
     * @param port what it drives; closed with the engine
     * @param encapsulation of what it sends; it takes any
     * @param receiveBytes bound of the memory for arriving messages
     * @param idle of its thread
     * @param requests gets what arrives for the ports listened on
     */
    public Engine(
            String name,
            HomaConfig config,
            EngineGroup group,
            int index,
            PacketPort port,
            Encapsulation encapsulation,
            long receiveBytes,
            IdlePolicy idle,
            RequestSink requests) {
        this.group = group;
        this.port = port;
        this.idle = idle;
        nowNs = System.nanoTime();
        deadlineNs = nowNs;
        lastWorkNs = nowNs;
        callerDroveNs = nowNs - CALLERS_DRIVE_NS;
        endpoint = new HomaEndpoint(config, group.address(), index, SlabMessageBuffers.heap(receiveBytes), nowNs);
        rpcs = new EngineRpcs(this, endpoint, receivedPool, requests);
        arrivals = new Arrivals(endpoint, port, listening, group, index);
        sleep = new Sleep(port.awaitable());
        departures = new Departures(endpoint, port, encapsulation);
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        group.join(index, this);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    // --- driving -----------------------------------------------------------------------------------------------------

    /** Has something done on the engine, soon, and never on the calling thread unless it drives. For any thread. */
    public void post(Command command) {
        if (isDriving()) {
            command.runSafely();
        } else if (handOff.push(command)) {
            wake();
        } else {
            command.refused();
        }
    }

    /** Has something done on the engine, as soon as it can be: here and now if its thread sleeps. For any thread. */
    public void submit(Command command) {
        submit(command, false);
    }

    /**
     * The same for a caller that is going to {@link #drive}: nobody else need be woken. If nobody drives at present it is done
     * before this returns.
     */
    public void submit(Command command, boolean willDrive) {
        if (isDriving()) {
            command.runSafely();
            return;
        }
        if ((willDrive || sleep.isAsleep()) && !closing && acquire()) {
            boolean needed = !willDrive;
            try {
                runHere(command);
                needed = !willDrive && !mayGoOnSleeping();
            } finally {
                letGo(needed);
            }
            return;
        }
        post(command);
    }

    private void runHere(Command command) {
        nowNs = System.nanoTime();
        command.runSafely();
        departures.transmit(nowNs);
        // The command may have set a timer; an idle engine waits for none.
        deadlineNs = Math.min(endpoint.nextDeadlineNs(nowNs), port.nextDeadlineNs(nowNs));
    }

    /** Whether the sleeping thread will be there in time for what a command has left to be done. */
    private boolean mayGoOnSleeping() {
        return isInTime() && sleep.isForPackets() && !departures.isWaiting() && !endpoint.hasEvents();
    }

    private boolean isInTime() {
        return sleep.endsBy(deadlineNs + (deadlineNs - nowNs < PROMPT_NS ? 0 : Sleep.TIMERS_LATE_NS));
    }

    /**
     * Whether a caller that has what it drove for leaves things to do: calls of others, events of the last burst, packets that had
     * no room. Of timers only a server has such as cannot wait; a client's may be late.
     */
    private boolean leavesWork() {
        boolean inTime = serves ? isInTime() : sleep.endsBy(deadlineNs + Sleep.TIMERS_LATE_NS);
        return rpcs.clients() > 0 || endpoint.hasEvents() || departures.isWaiting() || !inTime;
    }

    /** Whether the calling thread is driving the engine now; the methods below need that. */
    public boolean isDriving() {
        return driver == Thread.currentThread();
    }

    /** Whether any thread drives the engine at this moment. */
    public boolean isDriven() {
        return driver != null;
    }

    /**
     * Drives the engine on the calling thread until the waiter's wait is over, or some 100 us have passed without that, unless
     * another caller drives it now, or the thread of an engine that serves. For any thread that has nothing to do but wait.
     *
     * @return false when it would be better to sleep: another thread drives, the engine has ended, or it has lasted too long
     */
    @SuppressWarnings("ThreadPriorityCheck") // the server may wait for this very CPU
    public boolean drive(Waiter waiter) {
        if (closing || !(acquire() || (!serves && driver == thread && turn.await(this) && acquire()))) {
            // What woke the caller while it waited for its turn may have been its answer.
            return waiter.isDone();
        }
        boolean done = false;
        try {
            long start = System.nanoTime();
            callerDroveNs = start;
            long now = start;
            boolean giveWay = true;
            for (int i = 1; !closing; i++) {
                round(now);
                callerRounds++;
                done = waiter.isDone();
                if (done || now - start > CALLER_PATIENCE_NS) {
                    break;
                }
                if (i % CLOCK_EVERY == 0) {
                    now = System.nanoTime();
                }
                if (giveWay && now - start > LATE_NS) {
                    giveWay = false;
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        } finally {
            boolean needed = !done || leavesWork();
            if (needed) {
                // The engine's thread goes on in earnest, not only now and then.
                callerDroveNs = nowNs - CALLERS_DRIVE_NS;
            }
            letGo(needed);
        }
        return done;
    }

    /** The port stays with whoever drove last, until somebody else does. */
    private boolean acquire() {
        Thread me = Thread.currentThread();
        if (driver != null || !DRIVER.compareAndSet(this, null, me)) {
            return false;
        }
        if (ended) {
            driver = null; // its port is closed: commands are refused now
            return false;
        }
        if (lastDriver != me) {
            try {
                port.takeOver();
            } catch (RuntimeException | Error e) {
                driver = null;
                throw e;
            }
            lastDriver = me;
        }
        return true;
    }

    /** @param needed whether the engine's thread has to go on at once */
    private void letGo(boolean needed) {
        driver = null;
        if (closing || needed || wanted || !handOff.isEmpty() || arrivals.isWaiting()) {
            wake();
        }
    }

    /** Its thread looks at what there is, soon. For any thread. */
    void wake() {
        sleep.wake(thread);
    }

    private void run() {
        try {
            while (!closing) {
                boolean standby = !serves && System.nanoTime() - callerDroveNs < CALLERS_DRIVE_NS;
                if (!acquire()) {
                    standBy(standby, false);
                    continue;
                }
                long restNs;
                boolean room;
                try {
                    if (standby) {
                        round(System.nanoTime());
                    } else {
                        spin();
                    }
                    restNs = restNs(standby);
                    if (restNs > 0 && !standby && sleep.arm() && round(System.nanoTime())) {
                        restNs = 0;
                    }
                    room = departures.isWaiting();
                } finally {
                    driver = null;
                }
                if (!standby && turn.grant()) {
                    callerDroveNs = System.nanoTime();
                    standBy(true, true);
                } else {
                    rest(!standby, room, restNs);
                }
                sleep.disarm();
            }
        } catch (RuntimeException | Error e) {
            LOG.error("engine {} ends: this is a defect", thread.getName(), e);
            throw e;
        } finally {
            closing = true;
            end();
        }
    }

    /**
     * Another thread drives, or is about to; unless callers do so most of the time, it tells us when it has done.
     *
     * @param promised whether it is about to
     */
    private void standBy(boolean standby, boolean promised) {
        wanted = !standby;
        sleep.begin(false, System.nanoTime(), STANDBY_NS);
        // Who let go before we said that we sleep has woken nobody, whatever there is to do.
        if (promised || driver != null) {
            sleep.sleep(this, false, STANDBY_NS);
        }
        sleep.end();
        wanted = false;
    }

    /** Goes round while there is work, and as long after it as the policy says. */
    @SuppressWarnings("ThreadPriorityCheck") // to its own process's threads, and once
    private void spin() {
        long now = System.nanoTime();
        boolean giveWay = false;
        for (int i = 1; !closing && !turn.isWanted(); i++) {
            if (round(now)) {
                giveWay = true;
            } else if (now - lastWorkNs >= idle.spinNs()) {
                return;
            } else if (giveWay) {
                giveWay = false;
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            // Empty rounds are short: not each of them needs to know the time.
            if (i % CLOCK_EVERY == 0 || lastWorkNs == now) {
                now = System.nanoTime();
            }
        }
    }

    /** How long to sleep now; 0 = not at all. Driving thread only. */
    private long restNs(boolean standby) {
        long toDeadlineNs = Math.max(1, deadlineNs - nowNs);
        if (standby) {
            return Math.min(STANDBY_NS, toDeadlineNs);
        }
        if (nowNs - lastWorkNs < idle.spinNs() || idle.parkNs() == 0) {
            return 0;
        }
        return Math.min(sleep.longestNs(idle.parkNs(), nowNs - lastWorkNs), toDeadlineNs);
    }

    /** @param forPackets whether packets end it, where the port can do that */
    private void rest(boolean forPackets, boolean room, long ns) {
        if (ns == 0) {
            return;
        }
        sleep.begin(forPackets, System.nanoTime(), ns);
        // Who drove since we did, and let go before we said that we sleep, has woken nobody. Who still drives will see
        // it.
        boolean driven = driver == null && lastDriver != thread;
        if (handOff.isEmpty() && !arrivals.isWaiting() && !closing && !driven) {
            sleep.sleep(this, room, ns);
        }
        sleep.end();
    }

    /** One round of the loop; returns whether there was anything to do. */
    private boolean round(long now) {
        nowNs = now;
        rounds++;
        boolean worked = handOff.runAll();
        receivedPool.drain(endpoint);
        if (arrivals.receive(now) > 0) {
            endpoint.onBurstEnd(now);
            worked = true;
        }
        if (now - deadlineNs >= 0) {
            endpoint.onTick(now);
        }
        worked |= rpcs.deliverEvents();
        worked |= departures.transmit(now);
        if (worked || now - deadlineNs >= 0) {
            deadlineNs = Math.min(endpoint.nextDeadlineNs(now), port.nextDeadlineNs(now));
        }
        if (worked) {
            busyRounds++;
            lastWorkNs = now;
        }
        return worked;
    }

    // --- commands, on the driving thread -----------------------------------------------------------------------------

    /** Packets to this port go to the request sink from now on. Driving thread only. */
    public void listen(int homaPort) {
        checkDriving();
        group.serve(homaPort);
        endpoint.listen(homaPort);
        listening[homaPort] = true;
        serves = true;
    }

    /** And no more: new requests are answered with ICMP port unreachable. Driving thread only. */
    public void unlisten(int homaPort) {
        checkDriving();
        listening[homaPort] = false;
        endpoint.unlisten(homaPort);
    }

    /**
     * Sends a request. Driving thread only.
     *
     * @param lead the first bytes of the length, {@link MemorySegment#NULL} for none
     * @param memory what follows them; both are borrowed until the rpc's onResponse or onFailed
     * @return false when too many RPCs are outstanding; nothing is borrowed then, and no method of rpc is called
     */
    public boolean send(
            ClientRpc rpc,
            long peerHigh,
            long peerLow,
            int serverPort,
            int clientPort,
            MemorySegment lead,
            MemorySegment memory,
            long offset,
            int length) {
        checkDriving();
        return rpcs.send(rpc, peerHigh, peerLow, serverPort, clientPort, lead, memory, offset, length, nowNs);
    }

    /** The id on the wire of an RPC under way, 0 otherwise. Driving thread only. */
    public long rpcId(ClientRpc rpc) {
        checkDriving();
        return rpc.handle == 0 ? 0 : endpoint.rpcId(rpc.handle);
    }

    /**
     * Ends an RPC here, without a word to the server and without another call to {@code rpc}; its request's memory is free on
     * return. Nothing happens when it has ended already. Driving thread only.
     */
    public void abort(ClientRpc rpc) {
        checkDriving();
        rpcs.abort(rpc, nowNs);
    }

    /**
     * Sends a response. Driving thread only.
     *
     * @param lead as above; both are borrowed until {@link ServerRpc#onResponseDone}
     * @return false when the RPC has ended meanwhile; nothing is borrowed then, and nothing is called
     */
    public boolean respond(ServerRpc rpc, MemorySegment lead, MemorySegment memory, long offset, int length) {
        checkDriving();
        return rpcs.respond(rpc, lead, memory, offset, length, nowNs);
    }

    /** Forgets a request that has not been and will not be answered; the client will hear nothing. Driving thread only. */
    public void abort(ServerRpc rpc) {
        checkDriving();
        endpoint.abort(rpc.handle, RpcError.ABORTED, nowNs);
    }

    /** Fails all RPCs with a peer that is known to be gone, as HOST_UNREACHABLE. Driving thread only. */
    public void peerLost(long peerHigh, long peerLow) {
        checkDriving();
        endpoint.onUnreachable(Unreachable.HOST, peerHigh, peerLow, 0, nowNs);
    }

    /** What is under way, for people. Driving thread only. */
    public String describe() {
        checkDriving();
        return endpoint.describe();
    }

    private void checkDriving() {
        if (!isDriving()) {
            throw new IllegalStateException("engine " + thread.getName() + " is driven by "
                    + (driver == null ? "nobody" : driver) + ", not by " + Thread.currentThread()
                    + ": submit a command");
        }
    }

    // --- for any thread ----------------------------------------------------------------------------------------------

    /** What it has counted; may lag. */
    public EngineStats stats() {
        return new EngineStats(
                rounds,
                busyRounds,
                callerRounds,
                arrivals.packets,
                departures.units,
                departures.noRoute,
                departures.stalls,
                departures.dropped,
                arrivals.refused,
                arrivals.passedOn,
                arrivals.notPassedOn,
                arrivals.takenOver,
                sleep.count,
                endpoint.clientRpcs(),
                endpoint.serverRpcs(),
                endpoint.totalIncoming(),
                receivedPool.inUse());
    }

    /** Counters of the protocol; may lag. */
    public HomaMetrics protocolMetrics() {
        return endpoint.metrics();
    }

    void takeBack(Received received) {
        if (isDriving()) {
            receivedPool.giveBack(received, endpoint);
        } else {
            receivedPool.giveBack(received);
        }
    }

    // --- the end -----------------------------------------------------------------------------------------------------

    /**
     * Ends the thread, fails client RPCs with {@link RpcError#ABORTED}, refuses commands, closes the port. Waits a few seconds
     * at most. Idempotent; from any thread, a driving one too, which does not wait.
     */
    @Override
    public void close() {
        closing = true;
        wake();
        if (isDriving() || Thread.currentThread() == thread) {
            return;
        }
        if (thread.getState() == Thread.State.NEW) {
            end();
            return;
        }
        if (!PatientJoin.join(thread, this::wake, JOIN_MS)) {
            LOG.error("engine {} does not end", thread.getName());
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a driving caller leaves within microseconds
    private void end() {
        long startNs = System.nanoTime();
        while (!acquire()) {
            if (driver == null && ended) {
                return;
            }
            if (System.nanoTime() - startNs > JOIN_MS * 1_000_000) {
                LOG.error("engine {}: {} does not stop driving; its port stays open", thread.getName(), driver);
                return;
            }
            Thread.yield();
        }
        try {
            if (!ended) {
                ended = true;
                farewell(startNs);
            }
        } finally {
            driver = null;
        }
    }

    /** Sends what was to be sent, tells everybody, and closes the port. */
    private void farewell(long startNs) {
        try {
            boolean more = true;
            while (more && System.nanoTime() - startNs < FAREWELL_NS) {
                more = round(System.nanoTime()) || departures.isWaiting();
            }
        } catch (RuntimeException | Error e) {
            // Whoever waits for an answer must hear that there will be none, whatever is broken here.
            LOG.error("engine {} cannot say farewell", thread.getName(), e);
        }
        handOff.close();
        rpcs.endAll(nowNs);
        port.close();
    }
}
