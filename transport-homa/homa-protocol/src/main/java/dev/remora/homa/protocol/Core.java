package dev.remora.homa.protocol;

import dev.remora.homa.protocol.grant.GrantScheduler;
import dev.remora.homa.protocol.grant.GrantSettings;
import dev.remora.homa.protocol.grant.GrantShare;
import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.peer.PeerTable;
import dev.remora.homa.protocol.priority.OwnCutoffs;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.MessageBuffers;
import dev.remora.homa.protocol.table.TimerWheel;
import dev.remora.homa.protocol.table.Tombstones;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the parts of one endpoint share, and the ways in which an RPC begins and ends. */
final class Core {
    private static final int UNKNOWN_LEVEL = 6;
    private static final int TIMER_SLOTS = 1024;
    /** Level of control packets. */
    final int topLevel;

    final int numPriorities;
    final HomaConfig config;
    /** What we share with other endpoints; null when there are none. */
    final @Nullable AddressState address;

    final int shard;
    final MessageBuffers buffers;
    final HomaMetrics metrics = new HomaMetrics();
    final EventTrace trace;
    final RpcStore rpcs;
    final PeerTable peers;
    final Tombstones tombstones;
    final TimerWheel<Rpc> timers;
    final ControlQueue control = new ControlQueue();
    final GrantSettings grantSettings = new GrantSettings();
    final GrantScheduler grants;
    final LinkSizes sizes;
    final PathMtus pathMtus;
    final OwnCutoffs cutoffs;
    final Transmitter transmitter;
    final BufferWaiters waiters;
    final Acknowledgments acks;
    final ForeignAcks foreignAcks;
    final long tickNs;
    /** Set by the endpoint, which makes it after this. */
    @Nullable
    RpcTimers timersOfRpcs;

    private final long resendNs;
    private long clientRpcsElsewhere;
    /** The time of the input being worked on. */
    long nowNs;
    /** The same without the pauses of this process: silence is counted in it, so that a pause is not taken for one. */
    long aliveNs;
    /** When data came last, of whatever message; in the same time. */
    long lastDataNs;

    Core(HomaConfig config, @Nullable AddressState address, int shard, MessageBuffers buffers, long startNs) {
        this.config = config;
        this.address = address;
        this.shard = shard;
        this.buffers = buffers;
        nowNs = startNs;
        aliveNs = startNs;
        lastDataNs = startNs;
        numPriorities = config.getInt(Tunable.NUM_PRIORITIES);
        topLevel = numPriorities - 1;
        tickNs = config.get(Tunable.TICK_NS);
        resendNs = config.get(Tunable.RESEND_TICKS) * tickNs;
        trace = new EventTrace(config.getInt(Tunable.TRACE_EVENTS));
        rpcs = new RpcStore(config);
        peers = new PeerTable(
                config.getInt(Tunable.MAX_PEERS),
                config.get(Tunable.PEER_IDLE_SECS) * 1_000_000_000L,
                config.seed() + 2);
        tombstones = new Tombstones(
                config.getInt(Tunable.MAX_TOMBSTONES),
                Math.max(1, config.get(Tunable.TOMBSTONE_NS)),
                config.seed() + 3);
        timers = new TimerWheel<>(tickNs / 4, TIMER_SLOTS, startNs);
        grantSettings.maxIncoming = config.getInt(Tunable.MAX_INCOMING);
        grantSettings.maxOvercommit = config.getInt(Tunable.MAX_OVERCOMMIT);
        grantSettings.window = config.getInt(Tunable.WINDOW);
        grantSettings.stepPercent = config.getInt(Tunable.GRANT_STEP_PERCENT);
        grantSettings.fifoIncrement = config.getInt(Tunable.FIFO_GRANT_INCREMENT);
        grantSettings.fifoFraction = config.getInt(Tunable.GRANT_FIFO_FRACTION);
        grantSettings.linkMbps = config.getInt(Tunable.LINK_MBPS);
        grantSettings.numPriorities = numPriorities;
        cutoffs = new OwnCutoffs(
                address == null ? null : address.cutoffs,
                config.get(Tunable.CUTOFF_INTERVAL_NS),
                config.get(Tunable.CUTOFF_MIN_MESSAGES));
        grantSettings.maxSchedPrio = maxSchedPrio();
        grantSettings.maxPerPeer = config.getInt(Tunable.MAX_RPCS_PER_PEER);
        grants = new GrantScheduler(
                grantSettings,
                (message, offset, level, fifo) -> sendGrant((IncomingMessage) message, offset, level),
                address == null ? null : new GrantShare(address.grants, shard));
        sizes = new LinkSizes(config, grantSettings, address == null ? new AtomicLong() : address.typicalRttNs);
        pathMtus = new PathMtus(config);
        acks = new Acknowledgments(this);
        foreignAcks = new ForeignAcks(this);
        transmitter = new Transmitter(this);
        waiters = new BufferWaiters(this);
    }

    private void sendGrant(IncomingMessage in, int offset, int level) {
        send(HomaHeader.GRANT, in.rpc, offset, level, 0);
        trace.record(nowNs, EventTrace.Kind.GRANT_SENT, in.rpc.id, offset, level);
        in.rpc.silentSinceNs = aliveNs;
    }

    private int maxSchedPrio() {
        return Math.min(cutoffs.table().maxSchedPrio(), topLevel);
    }

    /** What arrived lately may call for other cutoffs. */
    void tickCutoffs() {
        if (cutoffs.onTimer(nowNs, numPriorities, sizes.unscheduledTypical())) {
            metrics.add(Counter.CUTOFFS_CHANGED);
            grantSettings.maxSchedPrio = maxSchedPrio();
        }
    }

    /** Another shard may have changed our cutoffs. */
    void refreshCutoffs() {
        if (cutoffs.refresh()) {
            grantSettings.maxSchedPrio = maxSchedPrio();
        }
    }

    /** A burst has ended: takes over what other shards have found out, and tells them what is new here. */
    void exchangeWithShards() {
        AddressState all = address;
        if (all == null) {
            return;
        }
        foreignAcks.onBurstEnd();
        refreshCutoffs();
        sizes.refresh();
        all.clientRpcs.set(shard, rpcs.clientCount());
        clientRpcsElsewhere = all.clientRpcs.sum() - rpcs.clientCount();
        grants.publish();
    }

    /** Client RPCs under way, those of other shards included. */
    long clientRpcs() {
        return clientRpcsElsewhere + rpcs.clientCount();
    }

    /** Queues a control packet about an RPC. */
    void send(int type, Rpc rpc, int a, int b, int c) {
        Peer peer = rpc.peer();
        if (!control.add(type, peer.addressHigh(), peer.addressLow(), rpc.localPort, rpc.peerPort, rpc.id, a, b, c)) {
            metrics.add(Counter.CONTROL_QUEUE_FULL);
        }
    }

    /** All of the RPC's message has been handed to the link. */
    void watchSent(Rpc rpc) {
        RpcTimers known = timersOfRpcs;
        if (known != null) {
            known.onAllSent(rpc);
        }
    }

    /** Sets the RPC's timer to look at its silence. */
    void watch(Rpc rpc) {
        timers.schedule(rpc, Math.max(aliveNs, rpc.silentSinceNs) + resendNs);
    }

    int unscheduledLevel(Peer peer, int length) {
        AddressState all = address;
        if (all != null) {
            all.peerCutoffs.refresh(peer);
        }
        if (peer.cutoffVersion == 0) {
            // Nothing known: below control packets, above scheduled data.
            return Math.max(0, Math.min(UNKNOWN_LEVEL, topLevel - 1));
        }
        for (int level = topLevel; level > 0; level--) {
            if (peer.cutoffs[level] >= length) {
                return level;
            }
        }
        return 0;
    }

    /** The client RPC fails; its event waits for the application. */
    void fail(Rpc rpc, RpcError error) {
        if (rpc.state == Rpc.State.FAILED || rpc.state == Rpc.State.COMPLETE) {
            return;
        }
        metrics.add(Counter.CLIENT_FAILED);
        end(rpc, error);
        rpc.state = Rpc.State.FAILED;
        rpc.error = error;
        rpcs.addEvent(rpc, HomaEvent.Kind.FAILED);
    }

    /** The server RPC is over; its slot goes back at once, or when the application knows that its bytes are free. */
    void endServer(Rpc rpc, RpcError error, boolean remember) {
        if (remember) {
            Peer peer = rpc.peer();
            tombstones.add(
                    peer.addressHigh(), peer.addressLow(), rpc.id, RpcStore.ports(rpc.peerPort, rpc.localPort), nowNs);
        }
        if (error != RpcError.NONE) {
            metrics.add(Counter.SERVER_RPC_DISCARDS);
        }
        end(rpc, error);
        rpcs.dropEvent(rpc);
        rpcs.forget(rpc);
        if (rpc.borrowed) {
            rpc.state = Rpc.State.DONE;
            rpc.error = error;
            rpcs.addEvent(rpc, HomaEvent.Kind.RESPONSE_DONE);
        } else {
            rpcs.giveBack(rpc);
        }
    }

    /** Takes the RPC out of timers, queues and grants, and gives its receive buffer back. */
    void end(Rpc rpc, RpcError error) {
        timers.cancel(rpc);
        transmitter.remove(rpc.out);
        if (rpc.in.begun && rpc.in.received < rpc.in.length) {
            grants.onDead(rpc.in, nowNs);
        }
        waiters.remove(rpc.in);
        MessageBuffer buffer = rpc.in.buffer;
        if (buffer != null) {
            rpc.in.buffer = null;
            buffers.release(buffer);
        }
        trace.record(nowNs, EventTrace.Kind.RPC_ENDED, rpc.id, error.ordinal(), 0);
    }

    /** The peer's state, made if need be; null when the table is full of peers in use. */
    @Nullable
    Peer peer(long high, long low) {
        return peers.getOrCreate(high, low, nowNs);
    }
}
