package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.receive.MessageBuffer;
import dev.remora.homa.protocol.receive.PieceSink;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Arriving packets. Every field is from the network and is checked before it is used; what is refused is counted by
 * reason. Grants are left to the end of the burst, so that a message gets one for all its packets in it.
 */
final class PacketReceiver {
    private static final long CUTOFFS_INTERVAL_NS = 1_000_000;
    private static final int INCAST_EXTENSION = 1;

    private final Core core;
    private final ControlReceiver control;
    private final RpcTimers timers;
    private final boolean[] listening = new boolean[65_536];
    private final boolean checkAddress;
    private final int maxPerPeer;
    private final long quarantineEndNs;
    private final long gapResendRtts;
    private final long owner;
    private IncomingMessage[] burst = new IncomingMessage[64];
    private int burstSize;

    /** The packet whose data are being stored, for the sink below. */
    private MemorySegment packet = MemorySegment.NULL;

    private long dataAt;
    private int dataOffset;
    private @Nullable MessageBuffer target;
    private final PieceSink store = this::store;

    PacketReceiver(Core core, RpcTimers timers) {
        this.core = core;
        this.timers = timers;
        control = new ControlReceiver(core, timers);
        HomaConfig config = core.config;
        checkAddress = config.is(Tunable.CHECK_PEER_ADDRESS);
        maxPerPeer = config.getInt(Tunable.MAX_SERVER_RPCS_PER_PEER);
        quarantineEndNs = core.nowNs + config.get(Tunable.QUARANTINE_NS);
        gapResendRtts = config.get(Tunable.GAP_RESEND_RTTS);
        owner = config.get(Tunable.OWNER);
    }

    void listen(int port, boolean on) {
        listening[port] = on;
    }

    Verdict onPacket(long high, long low, MemorySegment memory, long at, int length) {
        HomaMetrics metrics = core.metrics;
        if (length < HomaHeader.COMMON_BYTES) {
            return drop(Counter.SHORT_PACKETS);
        }
        int type = HomaHeader.type(memory, at);
        if (type < HomaHeader.DATA || type > HomaHeader.ACK) {
            return drop(Counter.UNKNOWN_PACKET_TYPES);
        }
        if (length < HomaHeader.minimumBytes(type)) {
            return drop(Counter.SHORT_PACKETS);
        }
        metrics.received(type);
        if (type == HomaHeader.FREEZE) {
            return Verdict.ACCEPTED;
        }
        int peerPort = HomaHeader.sourcePort(memory, at);
        int localPort = HomaHeader.destinationPort(memory, at);
        if (peerPort == 0 || localPort == 0) {
            return drop(Counter.BAD_PORT);
        }
        long id = HomaHeader.senderId(memory, at) ^ 1;
        if ((id & ~1L) == 0) {
            return drop(Counter.BAD_ID);
        }
        boolean client = (id & 1) == 0;
        Rpc rpc;
        if (client) {
            rpc = core.rpcs.client(id);
            if (rpc == null && (id >>> 48 & 0xff) != owner) {
                return drop(Counter.FOREIGN_OWNER, Verdict.FOREIGN_OWNER);
            }
            if (rpc != null && !comesFromItsServer(rpc, high, low, peerPort, localPort)) {
                return drop(Counter.WRONG_PEER);
            }
        } else {
            rpc = core.rpcs.server(high, low, id, peerPort, localPort);
            if (rpc == null && !listening[localPort]) {
                return drop(Counter.NO_SUCH_PORT, Verdict.NO_SUCH_PORT);
            }
        }
        Peer known = rpc != null ? rpc.peer() : core.peers.get(high, low);
        if (known != null) {
            known.lastHeardNs = core.aliveNs;
            known.lastUsedNs = core.nowNs;
        }
        if (rpc != null && client && type != HomaHeader.RPC_UNKNOWN) {
            rpc.heardNs = core.nowNs;
        }
        if (type == HomaHeader.DATA) {
            onData(rpc, client, id, high, low, peerPort, localPort, memory, at, length);
        } else {
            control.onPacket(type, rpc, known, client, id, high, low, peerPort, localPort, memory, at);
        }
        return Verdict.ACCEPTED;
    }

    private boolean comesFromItsServer(Rpc rpc, long high, long low, int peerPort, int localPort) {
        Peer peer = rpc.peer();
        return rpc.peerPort == peerPort
                && rpc.localPort == localPort
                && (!checkAddress || (peer.addressHigh() == high && peer.addressLow() == low));
    }

    private void onData(
            @Nullable Rpc rpc,
            boolean client,
            long id,
            long high,
            long low,
            int peerPort,
            int localPort,
            MemorySegment memory,
            long at,
            int length) {
        int messageLength = HomaHeader.messageLength(memory, at);
        int bytes = length - HomaHeader.DATA_BYTES;
        int offset = HomaHeader.dataOffset(memory, at);
        boolean again = HomaHeader.retransmit(memory, at);
        if (messageLength <= 0 || messageLength > HomaHeader.MAX_MESSAGE_BYTES) {
            core.metrics.add(Counter.BAD_MESSAGE_LENGTH);
            if (client && rpc != null && !rpc.in.begun) {
                core.fail(rpc, RpcError.PROTOCOL_ERROR);
            }
            return;
        }
        if (offset < 0 || (long) offset + bytes > messageLength || (offset == messageLength && bytes == 0)) {
            core.metrics.add(Counter.BAD_OFFSET);
            return;
        }
        Rpc target = rpc;
        if (target == null) {
            if (client) {
                core.metrics.add(Counter.UNKNOWN_RPCS);
            } else {
                target = newRequest(id, high, low, peerPort, localPort, messageLength, again, memory, at);
            }
        }
        if (target != null) {
            boolean used = store(target, messageLength, offset, bytes, memory, at);
            count(used, again);
            Peer peer = target.peer;
            if (peer != null) {
                exchangeCutoffs(target, peer, HomaHeader.cutoffVersion(memory, at));
            }
        }
        long ackId = HomaHeader.ackId(memory, at);
        if (ackId != 0) {
            control.onAcknowledged(high, low, ackId, peerPort, HomaHeader.ackPort(memory, at));
        }
    }

    private @Nullable Rpc newRequest(
            long id,
            long high,
            long low,
            int clientPort,
            int serverPort,
            int messageLength,
            boolean again,
            MemorySegment memory,
            long at) {
        if (core.tombstones.contains(high, low, id, RpcStore.ports(clientPort, serverPort), core.nowNs)) {
            core.metrics.add(Counter.TOMBSTONE_HITS);
            return null;
        }
        // An earlier life of this server may have run it already.
        if (again && core.nowNs < quarantineEndNs) {
            core.metrics.add(Counter.QUARANTINED);
            return null;
        }
        Peer peer = core.peer(high, low);
        if (peer == null) {
            core.metrics.add(Counter.PEER_TABLE_FULL);
            return null;
        }
        Rpc rpc = peer.liveRpcs >= maxPerPeer ? null : core.rpcs.newServer(peer, id, serverPort, clientPort);
        if (rpc == null) {
            core.metrics.add(Counter.SERVER_CANT_CREATE_RPCS);
            return null;
        }
        peer.lastHeardNs = core.aliveNs;
        rpc.state = Rpc.State.INCOMING;
        rpc.times.startNs = core.nowNs;
        rpc.incast = (HomaHeader.extension(memory, at) & INCAST_EXTENSION) != 0;
        core.metrics.add(Counter.SERVER_REQUESTS_STARTED);
        begin(rpc, messageLength, HomaHeader.incoming(memory, at));
        return rpc;
    }

    private void begin(Rpc rpc, int messageLength, int promised) {
        rpc.in.begin(messageLength, promised, core.nowNs);
        rpc.in.peer = rpc.peer().grants;
        rpc.times.firstReceivedNs = core.nowNs;
        rpc.silentSinceNs = core.aliveNs;
        rpc.nextResendNs = 0;
        rpc.asked = 0;
        MessageBuffer buffer = core.waiters.isEmpty() ? core.buffers.allocate(messageLength) : null;
        rpc.in.buffer = buffer;
        if (buffer == null) {
            core.waiters.add(rpc.in);
        }
        core.watch(rpc);
    }

    /** Returns whether the packet brought something new. */
    private boolean store(Rpc rpc, int messageLength, int offset, int bytes, MemorySegment memory, long at) {
        if (rpc.client && rpc.state == Rpc.State.OUTGOING) {
            responseBegins(rpc, messageLength, HomaHeader.incoming(memory, at));
        }
        IncomingMessage in = rpc.in;
        core.lastDataNs = core.aliveNs;
        if (rpc.state != Rpc.State.INCOMING) {
            return false;
        }
        if (in.length != messageLength) {
            core.metrics.add(Counter.BAD_MESSAGE_LENGTH);
            return false;
        }
        rpc.silentSinceNs = core.aliveNs;
        rpc.nextResendNs = 0;
        rpc.asked = 0;
        if (in.waitsForBuffer) {
            core.metrics.add(Counter.DROPPED_DATA_NO_BUFS, bytes);
            return true;
        }
        int added = 0;
        if (bytes > 0) {
            packet = memory;
            dataAt = at + HomaHeader.DATA_BYTES;
            dataOffset = offset;
            target = in.buffer;
            added = in.gaps.add(offset, offset + bytes, store);
            packet = MemorySegment.NULL;
            target = null;
            if (added < 0) {
                core.metrics.add(Counter.GAPS_REFUSED);
                return true;
            }
        }
        core.trace.record(core.nowNs, EventTrace.Kind.DATA_RECEIVED, rpc.id, offset, bytes);
        in.received += added;
        if (in.gaps.gapCount() == 0) {
            in.gapSinceNs = 0;
        } else if (in.gapSinceNs == 0) {
            in.gapSinceNs = core.nowNs;
        }
        if (in.complete()) {
            core.grants.onData(in, core.nowNs);
            complete(rpc);
        } else {
            toBurst(in);
        }
        return added > 0 || bytes == 0;
    }

    private void store(int from, int to) {
        MessageBuffer buffer = target;
        if (buffer != null) {
            MemorySegment.copy(
                    packet, dataAt + (from - dataOffset), buffer.memory(), buffer.offset() + from, to - from);
        }
    }

    private void responseBegins(Rpc rpc, int messageLength, int promised) {
        // A response implies that the server has all of the request.
        core.transmitter.remove(rpc.out);
        if (rpc.times.busyReceived == 0) {
            // Otherwise it is the time of the service; the request was there early.
            rpc.peer().answerTime.onSample(core.aliveNs - rpc.sentAllNs);
        }
        long rtt = core.nowNs - rpc.times.lastSentNs;
        if (rpc.times.lastSentNs != 0 && rtt < core.sizes.rttNs(rpc.peer())) {
            // The time of the service is in it, so it can only correct an estimate downwards.
            core.sizes.onRtt(rpc.peer(), rtt, core.nowNs);
        }
        rpc.state = Rpc.State.INCOMING;
        begin(rpc, messageLength, promised);
    }

    private void complete(Rpc rpc) {
        rpc.times.completeNs = core.nowNs;
        rpc.state = Rpc.State.COMPLETE;
        core.timers.cancel(rpc);
        core.cutoffs.onMessage(rpc.in.length);
        core.trace.record(core.nowNs, EventTrace.Kind.MESSAGE_COMPLETE, rpc.id, rpc.in.length, 0);
        core.metrics.add(rpc.client ? Counter.CLIENT_RESPONSES_DONE : Counter.SERVER_REQUESTS_DONE);
        core.rpcs.addEvent(rpc, rpc.client ? HomaEvent.Kind.RESPONSE : HomaEvent.Kind.REQUEST);
    }

    private void count(boolean used, boolean again) {
        if (again) {
            core.metrics.add(used ? Counter.RESENT_PACKETS_USED : Counter.RESENT_DISCARDS);
        } else if (!used) {
            core.metrics.add(Counter.PACKET_DISCARDS);
        }
    }

    /** The sender must know our cutoffs; at most one packet per peer and millisecond says them. */
    private void exchangeCutoffs(Rpc rpc, Peer peer, int version) {
        if (version != core.cutoffs.table().version()) {
            core.refreshCutoffs();
        }
        if (version == core.cutoffs.table().version()
                || (peer.lastCutoffsSentNs != 0 && core.nowNs - peer.lastCutoffsSentNs < CUTOFFS_INTERVAL_NS)) {
            return;
        }
        peer.lastCutoffsSentNs = core.nowNs;
        core.send(HomaHeader.CUTOFFS, rpc, 0, 0, 0);
    }

    private void toBurst(IncomingMessage in) {
        if (in.inBurst) {
            return;
        }
        in.inBurst = true;
        if (burstSize == burst.length) {
            burst = Arrays.copyOf(burst, burstSize * 2);
        }
        burst[burstSize++] = in;
    }

    /** Acknowledgments that came to other shards. */
    void takePassedOn() {
        core.foreignAcks.take(control);
    }

    void onBurstEnd() {
        takePassedOn();
        for (int i = 0; i < burstSize; i++) {
            IncomingMessage in = burst[i];
            // It may have ended since, and its slot may even be in use again: then it says so itself.
            if (!in.inBurst) {
                continue;
            }
            in.inBurst = false;
            if (in.rpc.state != Rpc.State.INCOMING || in.waitsForBuffer) {
                continue;
            }
            core.grants.onData(in, core.nowNs);
            if (gapResendRtts > 0
                    && in.gapSinceNs != 0
                    && core.nowNs - in.gapSinceNs > gapResendRtts * core.sizes.rttNs(in.rpc.peer())) {
                timers.askForGaps(in.rpc);
                in.gapSinceNs = core.nowNs;
            }
        }
        burstSize = 0;
    }

    private Verdict drop(Counter reason) {
        return drop(reason, Verdict.DROPPED);
    }

    private Verdict drop(Counter reason, Verdict verdict) {
        core.metrics.add(reason);
        return verdict;
    }
}
