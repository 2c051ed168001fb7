package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.MessageBuffers;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One end of the Homa protocol: client and server in one, without clock, thread or I/O. One thread drives it. Times are
 * arguments, in ns of any clock that does not go backwards (if it does, time stands still here).
 *
 * <p>The order of a round: {@link #onPacket} for each packet of a burst, {@link #onBurstEnd}, {@link #onTick}; then
 * {@link #pollEvent} and {@link #pollTransmit} until they return false. Nothing is allocated per packet once the tables have
 * grown to what the load needs.
 *
 * <p>Requests run at most once: a server remembers an RPC until the client has acknowledged the response and for
 * {@link Tunable#TOMBSTONE_NS} after that, and drops retransmitted requests for {@link Tunable#QUARANTINE_NS} after its
 * start. After any error the client does not know whether the request ran.
 *
 * <p>Messages have 1 to 1,000,000 bytes; longer ones are split by the layer above.
 */
public final class HomaEndpoint {
    /** How often a shard without budget looks whether others have given some up. */
    private static final long BUDGET_POLL_NS = 20_000;

    private final Core core;
    private final RpcTimers timers;
    private final PacketReceiver receiver;
    private final int incastThreshold;
    private final int incastUnscheduled;

    /**
     * @param config knobs; its seed must differ between two lives of one process
     * @param buffers where arriving messages go
     * @param startNs the time now
     */
    public HomaEndpoint(HomaConfig config, MessageBuffers buffers, long startNs) {
        this(new Core(config, null, 0, buffers, startNs));
    }

    /**
     * One of several endpoints of an address.
     *
     * @param config knobs, the same for all of them but for the seed and {@link Tunable#OWNER}, which must differ
     * @param address what they share
     * @param shard which of them this is, from 0
     * @param buffers where arriving messages go
     * @param startNs the time now
     */
    public HomaEndpoint(HomaConfig config, AddressState address, int shard, MessageBuffers buffers, long startNs) {
        this(new Core(
                config,
                address.shards() == 1 ? null : address,
                Objects.checkIndex(shard, address.shards()),
                buffers,
                startNs));
    }

    private HomaEndpoint(Core core) {
        this.core = core;
        HomaConfig config = core.config;
        timers = new RpcTimers(core);
        core.timersOfRpcs = timers;
        receiver = new PacketReceiver(core, timers);
        incastThreshold = config.getInt(Tunable.INCAST_THRESHOLD);
        incastUnscheduled = config.getInt(Tunable.INCAST_UNSCHED_BYTES);
    }

    /**
     * Takes requests on a Homa port from now on.
     *
     * @throws IllegalArgumentException when the port is not 1..65535
     */
    public void listen(int port) {
        receiver.listen(checkPort(port), true);
    }

    /** Takes no new requests on a port; those that have begun go on. */
    public void unlisten(int port) {
        receiver.listen(checkPort(port), false);
    }

    /**
     * Sends a request.
     *
     * @param memory holds the request at {@code offset}; it is borrowed, and must not change, until the RESPONSE or FAILED
     *     event of this RPC has been polled
     * @param cookie any value; comes back with the event
     * @return a handle, or 0 when {@link Tunable#MAX_CLIENT_RPCS} are outstanding or no peer more can be known
     * @throws IllegalArgumentException when the length is not 1..1,000,000, the ports not 1..65535
     * @throws IndexOutOfBoundsException when the memory does not hold the request
     */
    public long sendRequest(
            long peerHigh,
            long peerLow,
            int serverPort,
            int clientPort,
            MemorySegment memory,
            long offset,
            int length,
            long cookie,
            long nowNs) {
        return sendRequest(
                peerHigh, peerLow, serverPort, clientPort, MemorySegment.NULL, memory, offset, length, cookie, nowNs);
    }

    /**
     * Sends a request whose first bytes are in a place of their own.
     *
     * @param lead the request's first bytes, not more than its length; borrowed as the memory is
     * @param memory holds at {@code offset} what follows them
     * @param length of all
     * @see #sendRequest(long, long, int, int, MemorySegment, long, int, long, long)
     */
    public long sendRequest(
            long peerHigh,
            long peerLow,
            int serverPort,
            int clientPort,
            MemorySegment lead,
            MemorySegment memory,
            long offset,
            int length,
            long cookie,
            long nowNs) {
        checkMessage(lead, memory, offset, length);
        checkPort(serverPort);
        checkPort(clientPort);
        advance(nowNs);
        Peer peer = core.peer(peerHigh, peerLow);
        Rpc rpc = peer == null ? null : core.rpcs.newClient(peer, clientPort, serverPort);
        if (peer == null || rpc == null) {
            core.metrics.add(Counter.CLIENT_TABLE_FULL);
            return 0;
        }
        peer.lastUsedNs = core.nowNs;
        rpc.state = Rpc.State.OUTGOING;
        rpc.cookie = cookie;
        rpc.times.startNs = core.nowNs;
        rpc.heardNs = core.nowNs;
        rpc.incast = incastThreshold > 0 && core.clientRpcs() > incastThreshold;
        if (rpc.incast) {
            core.metrics.add(Counter.INCAST_MARKED);
        }
        core.metrics.add(Counter.CLIENT_REQUESTS_STARTED);
        int unscheduled = Math.min(length, core.sizes.unscheduled(peer));
        core.transmitter.begin(rpc, lead, memory, offset, length, unscheduled);
        core.trace.record(core.nowNs, EventTrace.Kind.REQUEST_SENT, rpc.id, length, unscheduled);
        rpc.silentSinceNs = core.aliveNs;
        core.watch(rpc);
        return rpc.handle();
    }

    /**
     * Sends the response to a request.
     *
     * @param handle from the REQUEST event
     * @param memory is borrowed until the RESPONSE_DONE event of this RPC has been polled; it comes always when this call
     *     returned true
     * @return false when the RPC has ended meanwhile (the client forgot it): nothing is sent and nothing borrowed
     * @throws IllegalStateException when the request has not been polled, or has been answered
     */
    public boolean sendResponse(long handle, MemorySegment memory, long offset, int length, long cookie, long nowNs) {
        return sendResponse(handle, MemorySegment.NULL, memory, offset, length, cookie, nowNs);
    }

    /**
     * Sends a response whose first bytes are in a place of their own.
     *
     * @param lead the response's first bytes, not more than its length; borrowed as the memory is
     * @param memory holds at {@code offset} what follows them
     * @param length of all
     * @see #sendResponse(long, MemorySegment, long, int, long, long)
     */
    public boolean sendResponse(
            long handle, MemorySegment lead, MemorySegment memory, long offset, int length, long cookie, long nowNs) {
        checkMessage(lead, memory, offset, length);
        advance(nowNs);
        Rpc rpc = core.rpcs.byHandle(handle);
        if (rpc == null || rpc.client) {
            return false;
        }
        if (rpc.state != Rpc.State.IN_SERVICE) {
            throw new IllegalStateException("RPC " + Long.toHexString(rpc.id) + " is " + rpc.state
                    + ": a response may be sent once, after its REQUEST event");
        }
        Peer peer = rpc.peer();
        rpc.state = Rpc.State.OUTGOING;
        rpc.cookie = cookie;
        rpc.borrowed = true;
        rpc.times.respondedNs = core.nowNs;
        core.metrics.add(Counter.SERVER_RESPONSES_STARTED);
        int unscheduled = Math.min(length, core.sizes.unscheduled(peer));
        if (rpc.incast && unscheduled > incastUnscheduled) {
            core.metrics.add(Counter.INCAST_OBEYED);
            unscheduled = incastUnscheduled;
        }
        core.transmitter.begin(rpc, lead, memory, offset, length, unscheduled);
        core.trace.record(core.nowNs, EventTrace.Kind.RESPONSE_SENT, rpc.id, length, unscheduled);
        timers.onResponseBegun(rpc);
        return true;
    }

    /**
     * Ends an RPC here; the other side is not told. A client RPC disappears at once when {@code error} is NONE, so that its
     * memory is free on return, else its FAILED event follows. A server RPC is freed, and a response that was being sent ends
     * with RESPONSE_DONE.
     *
     * @return false when it had ended already
     */
    public boolean abort(long handle, RpcError error, long nowNs) {
        advance(nowNs);
        Rpc rpc = core.rpcs.byHandle(handle);
        if (rpc == null || rpc.state == Rpc.State.DONE) {
            return false;
        }
        if (!rpc.client) {
            core.endServer(rpc, error == RpcError.NONE ? RpcError.ABORTED : error, true);
            return true;
        }
        if (error != RpcError.NONE) {
            boolean live = rpc.state == Rpc.State.OUTGOING || rpc.state == Rpc.State.INCOMING;
            core.fail(rpc, error);
            return live;
        }
        core.end(rpc, RpcError.ABORTED);
        core.rpcs.dropEvent(rpc);
        core.rpcs.forget(rpc);
        core.rpcs.giveBack(rpc);
        return true;
    }

    /** The RPC's id on the wire as this side uses it, or 0 when the RPC has ended. */
    public long rpcId(long handle) {
        Rpc rpc = core.rpcs.byHandle(handle);
        return rpc == null ? 0 : rpc.id;
    }

    /** Gives back the buffer of a polled event. */
    public void release(MessageBuffer buffer) {
        core.buffers.release(buffer);
    }

    /**
     * Takes a packet.
     *
     * @param memory holds the Homa packet, from its header on, at {@code offset}; valid during the call
     * @param length of the Homa packet, as the IP header says it
     */
    public Verdict onPacket(
            long sourceHigh, long sourceLow, MemorySegment memory, long offset, int length, long nowNs) {
        advance(nowNs);
        return receiver.onPacket(sourceHigh, sourceLow, memory, offset, length);
    }

    /** After each burst of packets: computes grants, once for each message. */
    public void onBurstEnd(long nowNs) {
        advance(nowNs);
        receiver.onBurstEnd();
        core.exchangeWithShards();
    }

    /** Does what is due; may be called at any time. */
    public void onTick(long nowNs) {
        advance(nowNs);
        receiver.takePassedOn();
        timers.run();
        core.acks.onTick();
        if (!core.waiters.isEmpty()) {
            core.waiters.serve();
        }
        core.grants.onTick(core.nowNs);
        core.peers.onTick(core.nowNs);
        core.tickCutoffs();
        core.exchangeWithShards();
    }

    /** Tells how many bytes given to the link have not left it; the pacer keeps that short. */
    public void onTransmitCapacity(long queuedBytes, long nowNs) {
        advance(nowNs);
        core.transmitter.onQueuedBytes(queuedBytes);
    }

    /**
     * An ICMP error came.
     *
     * @param port the destination port of the packet it quotes; only used with {@link Unreachable#PORT}
     */
    public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int port, long nowNs) {
        advance(nowNs);
        core.metrics.add(Counter.ICMP_UNREACHABLE);
        for (int slot = 0; slot < core.rpcs.slotsMade(); slot++) {
            Rpc rpc = core.rpcs.slot(slot);
            Peer peer = rpc == null ? null : rpc.peer;
            if (rpc == null || peer == null || peer.addressHigh() != peerHigh || peer.addressLow() != peerLow) {
                continue;
            }
            if (rpc.state == Rpc.State.DONE || (kind == Unreachable.PORT && rpc.peerPort != port)) {
                continue;
            }
            RpcError error = switch (kind) {
                case PORT -> RpcError.PORT_UNREACHABLE;
                case PROTOCOL -> RpcError.PROTOCOL_UNREACHABLE;
                case HOST -> RpcError.HOST_UNREACHABLE;
            };
            if (rpc.client) {
                core.fail(rpc, error);
            } else {
                core.endServer(rpc, error, true);
            }
        }
    }

    /**
     * A router said how large packets to a peer may be.
     *
     * @param mtuBytes largest IP packet, as told; 0 from routers that do not tell
     * @return whether it was believed: only of peers with RPCs, and if it is less than known
     */
    public boolean onPathMtu(long peerHigh, long peerLow, int mtuBytes, long nowNs) {
        advance(nowNs);
        Peer peer = core.peers.get(peerHigh, peerLow);
        boolean believed = peer != null && core.pathMtus.note(peer, mtuBytes, core.nowNs);
        core.metrics.add(believed ? Counter.PATH_MTU_LOWERED : Counter.PATH_MTU_IGNORED);
        return believed;
    }

    /** Fills {@code unit} with what is to be sent next; false when nothing may leave now. */
    public boolean pollTransmit(TransmitUnit unit, long nowNs) {
        advance(nowNs);
        return core.transmitter.poll(unit);
    }

    /**
     * Keeps the outcome of a client RPC for whoever asks for it by handle: {@link #pollEvent} will not return it. Spares a
     * caller that waits for one response the events of all others.
     *
     * @return false when the RPC is over or its outcome is there already
     */
    public boolean makePrivate(long handle) {
        Rpc rpc = core.rpcs.byHandle(handle);
        if (rpc == null || !rpc.client || rpc.event != HomaEvent.Kind.NONE) {
            return false;
        }
        rpc.unshared = true;
        return true;
    }

    /** As {@link #pollEvent}, for one RPC that was made private. */
    public boolean pollPrivate(long handle, HomaEvent event) {
        Rpc rpc = core.rpcs.byHandle(handle);
        return rpc != null && rpc.unshared && rpc.event != HomaEvent.Kind.NONE && take(rpc, event);
    }

    /** Fills {@code event} with the next event for the application; false when there is none. */
    public boolean pollEvent(HomaEvent event) {
        Rpc rpc = core.rpcs.firstEvent();
        return rpc != null && take(rpc, event);
    }

    /** Whether {@link #pollEvent} has something. */
    public boolean hasEvents() {
        return core.rpcs.firstEvent() != null;
    }

    private boolean take(Rpc rpc, HomaEvent event) {
        fill(event, rpc);
        core.rpcs.dropEvent(rpc);
        switch (event.kind) {
            case REQUEST -> {
                rpc.state = Rpc.State.IN_SERVICE;
                rpc.in.buffer = null;
            }
            case RESPONSE -> {
                rpc.in.buffer = null;
                core.acks.onTaken(rpc);
                core.end(rpc, RpcError.NONE);
                core.rpcs.forget(rpc);
                core.rpcs.giveBack(rpc);
            }
            case FAILED -> {
                core.rpcs.forget(rpc);
                core.rpcs.giveBack(rpc);
            }
            case RESPONSE_DONE -> core.rpcs.giveBack(rpc);
            case NONE -> throw new IllegalStateException("an RPC without event in the list of events");
        }
        return true;
    }

    /** The latest time for the next {@link #onTick} and {@link #pollTransmit}; {@link Long#MAX_VALUE} = nothing is pending. */
    public long nextDeadlineNs(long nowNs) {
        long now = Math.max(nowNs, core.nowNs);
        long due = core.timers.nextDeadlineNs();
        long next = due == Long.MAX_VALUE ? due : now + Math.max(0, due - core.aliveNs);
        next = Math.min(next, core.transmitter.nextDeadlineNs(now));
        next = Math.min(next, core.acks.nextDeadlineNs());
        if (core.grants.grantable() > 0 || !core.waiters.isEmpty()) {
            next = Math.min(next, now + core.tickNs);
        }
        if (core.grants.waitsForOthers()) {
            next = Math.min(next, now + BUDGET_POLL_NS);
        }
        return Math.max(next, now);
    }

    public HomaMetrics metrics() {
        return core.metrics;
    }

    public EventTrace trace() {
        return core.trace;
    }

    /** Client RPCs that have not ended, those included whose last event has not been polled. */
    public int clientRpcs() {
        return core.rpcs.clientCount();
    }

    public int serverRpcs() {
        return core.rpcs.serverCount();
    }

    /** Bytes granted to senders and not yet here. */
    public long totalIncoming() {
        return core.grants.totalIncoming();
    }

    /** Messages under grant control. */
    public int grantable() {
        return core.grants.grantable();
    }

    public int peers() {
        return core.peers.size();
    }

    /** Our cutoff for a level, as told to senders. */
    public int cutoff(int level) {
        return core.cutoffs.table().cutoff(level);
    }

    /** Null when the state is sound, else what is wrong. Walks over everything: for simulators and tests. */
    public @Nullable String checkInvariants() {
        return StateCheck.check(core);
    }

    /** What is under way, a line for each RPC up to a bound: for people, in no fixed form. Walks over everything. */
    public String describe() {
        return StateText.of(core);
    }

    private void fill(HomaEvent event, Rpc rpc) {
        Peer peer = rpc.peer;
        event.kind = rpc.event;
        event.handle = rpc.handle();
        event.rpcId = rpc.id;
        event.cookie = rpc.cookie;
        event.peerHigh = peer == null ? 0 : peer.addressHigh();
        event.peerLow = peer == null ? 0 : peer.addressLow();
        event.peerPort = rpc.peerPort;
        event.localPort = rpc.localPort;
        boolean message = rpc.event == HomaEvent.Kind.REQUEST || rpc.event == HomaEvent.Kind.RESPONSE;
        event.message = message ? rpc.in.buffer : null;
        event.length = message ? rpc.in.length : 0;
        event.error = rpc.event == HomaEvent.Kind.FAILED || rpc.event == HomaEvent.Kind.RESPONSE_DONE
                ? rpc.error
                : RpcError.NONE;
        event.times.copyFrom(rpc.times);
    }

    /**
     * Moves time on. Silence is counted in a time that jumps no further than to the next timer: when this process has been
     * paused, packets that came meanwhile wait to be read, and no timer but that one may fire before they are.
     */
    private void advance(long nowNs) {
        long passed = nowNs - core.nowNs;
        if (passed <= 0) {
            return;
        }
        core.nowNs = nowNs;
        long due = core.timers.nextDeadlineNs();
        long most = due == Long.MAX_VALUE ? passed : Math.max(0, due - core.aliveNs) + core.tickNs;
        core.aliveNs += Math.min(passed, most);
    }

    private static void checkMessage(MemorySegment lead, MemorySegment memory, long offset, int length) {
        if (length < 1 || length > HomaHeader.MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException("message of " + length + " bytes: a Homa message has 1 to "
                    + HomaHeader.MAX_MESSAGE_BYTES + "; split longer ones");
        }
        Objects.checkFromIndexSize(offset, length - lead.byteSize(), memory.byteSize());
    }

    private static int checkPort(int port) {
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + ": must be 1 to 65535");
        }
        return port;
    }
}
