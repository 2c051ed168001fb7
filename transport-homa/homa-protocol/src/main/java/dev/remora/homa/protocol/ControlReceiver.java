package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Arriving control packets; ports and id have been checked, an RPC that is given is the right one. */
final class ControlReceiver {
    private final Core core;
    private final RpcTimers timers;
    private final long quarantineEndNs;
    private final long forgottenNs;

    ControlReceiver(Core core, RpcTimers timers) {
        this.core = core;
        this.timers = timers;
        quarantineEndNs = core.nowNs + core.config.get(Tunable.QUARANTINE_NS);
        forgottenNs =
                Math.max(core.config.get(Tunable.TOMBSTONE_NS), core.config.get(Tunable.TIMEOUT_TICKS) * core.tickNs);
    }

    void onPacket(
            int type,
            @Nullable Rpc rpc,
            @Nullable Peer peer,
            boolean client,
            long id,
            long high,
            long low,
            int peerPort,
            int localPort,
            MemorySegment memory,
            long at) {
        core.trace.record(core.nowNs, EventTrace.Kind.CONTROL_RECEIVED, id, type, 0);
        switch (type) {
            case HomaHeader.CUTOFFS -> onCutoffs(peer, memory, at);
            case HomaHeader.ACK -> onAck(client, id, high, low, peerPort, localPort, memory, at);
            case HomaHeader.NEED_ACK -> onNeedAck(rpc, peer, client, id, high, low, peerPort, localPort);
            case HomaHeader.RESEND -> {
                if (rpc == null) {
                    core.metrics.add(Counter.UNKNOWN_RPCS);
                    // A server that has just started knows too little to say so: the client would send it all again.
                    if (client || core.nowNs >= quarantineEndNs) {
                        answer(HomaHeader.RPC_UNKNOWN, high, low, localPort, peerPort, id);
                    }
                } else {
                    onResend(rpc, memory, at);
                }
            }
            default -> {
                if (rpc == null) {
                    core.metrics.add(Counter.UNKNOWN_RPCS);
                } else if (type == HomaHeader.GRANT) {
                    onGrant(rpc, memory, at);
                } else if (type == HomaHeader.BUSY) {
                    rpc.times.busyReceived++;
                    rpc.silentSinceNs = core.aliveNs;
                    rpc.nextResendNs = 0;
                } else {
                    onRpcUnknown(rpc);
                }
            }
        }
    }

    private void onGrant(Rpc rpc, MemorySegment memory, long at) {
        int offset = HomaHeader.grantOffset(memory, at);
        int priority = HomaHeader.grantPriority(memory, at);
        if (rpc.state != Rpc.State.OUTGOING) {
            rpc.silentSinceNs = core.aliveNs;
            core.metrics.add(Counter.BAD_STATE);
            return;
        }
        if (offset <= 0 || offset > rpc.out.length) {
            core.metrics.add(Counter.BAD_RANGE);
        }
        if (priority > core.topLevel) {
            core.metrics.add(Counter.BAD_PRIORITY);
        }
        rpc.silentSinceNs = core.aliveNs;
        rpc.nextResendNs = 0;
        rpc.asked = 0;
        if (rpc.rttProbeNs != 0) {
            core.sizes.onRtt(rpc.peer(), core.nowNs - rpc.rttProbeNs, core.nowNs);
            rpc.rttProbeNs = 0;
        }
        if (rpc.times.firstGrantNs == 0) {
            rpc.times.firstGrantNs = core.nowNs;
        }
        core.trace.record(core.nowNs, EventTrace.Kind.GRANT_RECEIVED, rpc.id, offset, priority);
        if (rpc.out.onGrant(offset, priority, core.numPriorities)) {
            core.transmitter.queue(rpc.out);
        }
    }

    private void onResend(Rpc rpc, MemorySegment memory, long at) {
        int offset = HomaHeader.resendOffset(memory, at);
        int length = HomaHeader.resendLength(memory, at);
        int priority = HomaHeader.resendPriority(memory, at);
        rpc.times.resendsReceived++;
        core.trace.record(core.nowNs, EventTrace.Kind.RESEND_RECEIVED, rpc.id, offset, length);
        if (priority > core.topLevel) {
            core.metrics.add(Counter.BAD_PRIORITY);
            priority = core.topLevel;
        }
        boolean toSend = rpc.client
                ? rpc.state == Rpc.State.OUTGOING || rpc.state == Rpc.State.INCOMING
                : rpc.state == Rpc.State.OUTGOING;
        if (!toSend) {
            if (!rpc.client) {
                core.send(HomaHeader.BUSY, rpc, 0, 0, 0);
            }
            return;
        }
        SentMessage out = rpc.out;
        if (offset >= out.length && length != 0) {
            // The peer believes in a longer message: a damaged packet. A BUSY would keep it waiting for ever; without
            // one
            // it gives up, and the next RESEND of ours shows that the RPC has to begin again.
            core.metrics.add(Counter.BAD_RANGE);
            return;
        }
        if (offset < 0 || offset > out.length || length < -1) {
            core.metrics.add(Counter.BAD_RANGE);
            core.send(HomaHeader.BUSY, rpc, 0, 0, 0);
            return;
        }
        int sent = out.next;
        int end = length == -1 ? sent : (int) Math.min((long) offset + length, out.length);
        int again = Math.min(end, sent);
        if (offset < again) {
            resend(out, offset, again, priority);
        }
        if (length > 0 && end > out.granted) {
            // The GRANT for it was lost. Or it was refused, as a forged packet had begun a response too early; with
            // BUSY
            // as answer both ends would wait for each other for ever.
            out.raiseGranted(end);
            core.transmitter.queue(out);
        }
        if (offset >= sent) {
            core.send(HomaHeader.BUSY, rpc, 0, 0, 0);
        }
    }

    private void resend(SentMessage out, int from, int to, int level) {
        if (!out.retransmissions().onResend(from, to, level, core.nowNs)) {
            core.metrics.add(Counter.RESENDS_LIMITED);
        }
        core.transmitter.queueResends(out);
    }

    private void onRpcUnknown(Rpc rpc) {
        if (!rpc.client) {
            core.metrics.add(Counter.SERVER_RPCS_UNKNOWN);
            core.endServer(rpc, RpcError.FORGOTTEN, true);
        } else if (rpc.state == Rpc.State.OUTGOING) {
            if (core.nowNs - rpc.heardNs > forgottenNs) {
                // This process was paused for so long that the server may have run the request and forgotten it.
                core.fail(rpc, RpcError.TIMED_OUT);
            } else if (rpc.out.next > 0) {
                resend(rpc.out, 0, rpc.out.next, rpc.out.unscheduledLevel);
            }
        } else {
            core.metrics.add(Counter.BAD_STATE);
        }
    }

    private void onCutoffs(@Nullable Peer peer, MemorySegment memory, long at) {
        if (peer == null || peer.liveRpcs == 0) {
            core.metrics.add(Counter.STRANGER_CUTOFFS);
            return;
        }
        for (int i = 0; i < peer.cutoffs.length; i++) {
            peer.cutoffs[i] = i == 0 ? Integer.MAX_VALUE : Math.max(0, HomaHeader.cutoff(memory, at, i));
        }
        peer.cutoffVersion = HomaHeader.cutoffsVersion(memory, at);
        AddressState all = core.address;
        if (all != null) {
            all.peerCutoffs.put(peer);
        }
    }

    private void onAck(
            boolean client, long id, long high, long low, int peerPort, int localPort, MemorySegment memory, long at) {
        if (client) {
            core.metrics.add(Counter.BAD_STATE);
        } else {
            onAcknowledged(high, low, id ^ 1, peerPort, localPort);
        }
        int count = HomaHeader.ackCount(memory, at);
        if (count > HomaHeader.MAX_ACKS) {
            core.metrics.add(Counter.BAD_ACK_COUNT);
            count = HomaHeader.MAX_ACKS;
        }
        for (int i = 0; i < count; i++) {
            onAcknowledged(
                    high, low, HomaHeader.ackEntryId(memory, at, i), peerPort, HomaHeader.ackEntryPort(memory, at, i));
        }
    }

    /**
     * The client has taken the response of the RPC that it calls {@code clientId}.
     *
     * @param peerPort the client's port in the packet that says so, which need not be that of the RPC
     */
    void onAcknowledged(long high, long low, long clientId, int peerPort, int serverPort) {
        Rpc rpc = (clientId & 1) == 0 ? core.rpcs.acknowledged(high, low, clientId ^ 1, serverPort) : null;
        if (rpc != null) {
            acknowledge(rpc);
        } else if ((clientId & 1) != 0 || !core.foreignAcks.passOn(high, low, clientId, peerPort, serverPort)) {
            core.metrics.add(Counter.ACKS_UNKNOWN);
        }
    }

    /** Another shard of ours was told so, and does not know the RPC; nor need we. */
    void onPassedOn(long high, long low, long clientId, int serverPort) {
        Rpc rpc = core.rpcs.acknowledged(high, low, clientId ^ 1, serverPort);
        if (rpc != null) {
            acknowledge(rpc);
        }
    }

    private void acknowledge(Rpc rpc) {
        if (rpc.state != Rpc.State.OUTGOING || !rpc.out.fullySent()) {
            core.metrics.add(Counter.ACKS_EARLY);
            return;
        }
        core.metrics.add(Counter.SERVER_RESPONSES_DONE);
        core.endServer(rpc, RpcError.NONE, true);
    }

    private void onNeedAck(
            @Nullable Rpc rpc,
            @Nullable Peer peer,
            boolean client,
            long id,
            long high,
            long low,
            int peerPort,
            int localPort) {
        if (!client) {
            core.metrics.add(Counter.BAD_STATE);
            return;
        }
        if (rpc != null && rpc.state == Rpc.State.OUTGOING) {
            timers.askAgain(rpc);
        } else if (rpc != null && rpc.state == Rpc.State.INCOMING) {
            if (!rpc.in.waitsForBuffer) {
                timers.askAgain(rpc);
            }
        } else if (peer != null) {
            core.acks.sendAck(peer, localPort, peerPort, id);
        } else {
            answer(HomaHeader.ACK, high, low, localPort, peerPort, id);
        }
    }

    private void answer(int type, long high, long low, int localPort, int peerPort, long id) {
        if (!core.control.add(type, high, low, localPort, peerPort, id, 0, 0, 0)) {
            core.metrics.add(Counter.CONTROL_QUEUE_FULL);
        }
    }
}
