package dev.remora.homa.sim.fault;

import dev.remora.homa.protocol.Tunable;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches every packet from outside and knows what each end may send: order of first transmissions (P4), boundaries of
 * retransmissions (P5), what was granted to whom (F1-F3, F10), RESENDs in number and range (L6), content of every byte
 * (S3), who may send what (S9), and acknowledgments only of what the application has got.
 */
final class PacketObserver {
    private record Key(int host, int incarnation, long id) {}

    /** A message being sent. */
    private static final class Sent {
        final byte[] content;
        final int to;
        final int localPort;
        final int peerPort;
        final Map<Integer, Integer> pieces = new HashMap<>();
        int granted = -1;
        int end;

        Sent(byte[] content, int to, int localPort, int peerPort) {
            this.content = content;
            this.to = to;
            this.localPort = localPort;
            this.peerPort = peerPort;
        }
    }

    /** A message being received. */
    private static final class Received {
        /** Grants of the RPC's present state at the receiver, which may have been thrown away and made anew. */
        int granted;

        int unscheduled;
        /** The most ever allowed to the sender. */
        int everAllowed;

        long lastDataNs = Long.MIN_VALUE / 2;
        long firstResendNs = -1;
        long lastResendNs = -1;
        long rounds;
        long needAcks;
    }

    private final FaultPlan plan;
    private final PacketForm form;
    private final RpcLookup rpcs;
    private final Map<Key, Sent> sent = new HashMap<>();
    private final Map<Key, Received> received = new HashMap<>();
    private final int frameBytes;
    private final long tickNs;
    private final boolean steadyClocks;

    /** Finds the RPC of a client's id, of any incarnation. */
    interface RpcLookup {
        @Nullable
        TestRpc find(int clientHost, long clientId);
    }

    PacketObserver(FaultPlan plan, RpcLookup rpcs) {
        this.plan = plan;
        this.rpcs = rpcs;
        form = new PacketForm(plan);
        frameBytes = Math.max(form.segmentBytes(), (int) plan.knob(Tunable.MAX_GSO_SIZE));
        tickNs = plan.knob(Tunable.TICK_NS);
        steadyClocks = !plan.has(FaultKind.CLOCK_BACK);
    }

    void onRequest(TestRpc rpc) {
        sent.put(
                new Key(rpc.clientHost, rpc.incarnation, rpc.id),
                new Sent(rpc.request, rpc.serverHost, rpc.clientPort, rpc.serverPort));
    }

    void onResponse(TestRpc.Execution run) {
        byte[] content = run.sent;
        if (content == null) {
            throw new IllegalStateException("no response yet");
        }
        TestRpc rpc = run.rpc;
        sent.put(
                new Key(run.host, run.incarnation, rpc.id | 1),
                new Sent(content, rpc.clientHost, rpc.serverPort, rpc.clientPort));
    }

    /** The message's memory is the application's again: nothing of it may leave any more. */
    void onSenderEnd(int host, int incarnation, long localId) {
        sent.remove(new Key(host, incarnation, localId));
    }

    /** The state of a server RPC has gone by a way that packets do not show. */
    void onReceiverReset(int host, int incarnation, long localId) {
        Received state = received.get(new Key(host, incarnation, localId));
        if (state != null) {
            state.granted = 0;
            state.unscheduled = 0;
        }
    }

    /** ICMP or the like may have ended any RPC of a host. */
    void onReceiversReset(int host) {
        received.forEach((key, state) -> {
            if (key.host == host) {
                state.granted = 0;
                state.unscheduled = 0;
            }
        });
    }

    void onEmit(WirePacket packet, int level, long hostNowNs) {
        form.check(packet, level);
        if (plan.unchecked()) {
            return;
        }
        switch (packet.type()) {
            case WirePacket.DATA -> emitData(packet);
            case WirePacket.GRANT -> emitGrant(packet);
            case WirePacket.RESEND -> emitResend(packet, hostNowNs);
            case WirePacket.RPC_UNKNOWN -> onReceiverReset(packet.from, packet.fromIncarnation, packet.senderId());
            case WirePacket.NEED_ACK -> require((packet.senderId() & 1) == 1, "S9: NEED_ACK of a client", packet);
            case WirePacket.ACK -> emitAck(packet);
            default -> {
                // BUSY and CUTOFFS: nothing beyond their form.
            }
        }
    }

    private void emitData(WirePacket packet) {
        Sent message = sent.get(new Key(packet.from, packet.fromIncarnation, packet.senderId()));
        if (message == null) {
            throw new FaultViolation("S9: DATA of an RPC that does not exist or has ended: " + packet);
        }
        require(packet.to == message.to, "S5: DATA to the wrong host", packet);
        require(
                packet.u16(0) == message.localPort && packet.u16(2) == message.peerPort,
                "S5: DATA with wrong ports",
                packet);
        require(packet.messageLength() == message.content.length, "W1: message length", packet);
        int offset = packet.dataOffset();
        int length = packet.dataLength();
        require(
                Arrays.equals(
                        packet.bytes,
                        WirePacket.DATA_HEADER,
                        packet.bytes.length,
                        message.content,
                        offset,
                        offset + length),
                "S3: DATA carries other bytes than the application gave",
                packet);
        emitPiggybackedAck(packet);
        if (packet.retransmit()) {
            Integer piece = message.pieces.get(offset);
            require(
                    length == 0 && offset == 0 || piece != null && piece == length,
                    "P5: retransmission of a piece never sent",
                    packet);
            return;
        }
        if (message.granted < 0) {
            message.granted = packet.incoming();
            require(
                    packet.incoming()
                            <= Math.max(
                                    1,
                                    Math.max(
                                            plan.knob(Tunable.UNSCHED_BYTES), plan.knob(Tunable.INCAST_UNSCHED_BYTES))),
                    "F1: more unscheduled bytes than allowed",
                    packet);
        }
        require(packet.incoming() <= message.granted, "F1: promises more than granted", packet);
        require(offset == message.end, "P4: first transmission at " + offset + " after " + message.end, packet);
        if (length > 0) {
            message.pieces.put(offset, length);
        }
        message.end = offset + length;
        require(
                message.end <= message.granted + frameBytes - 1,
                "F2: sent to " + message.end + ", granted " + message.granted,
                packet);
    }

    private void emitPiggybackedAck(WirePacket packet) {
        long id = packet.i64(36);
        if (id != 0) {
            requireTaken(packet, id, packet.u16(44));
        }
    }

    private void emitAck(WirePacket packet) {
        long id = packet.senderId();
        require((id & 1) == 0, "S9: ACK of a server", packet);
        TestRpc rpc = rpcs.find(packet.from, id);
        require(
                rpc == null || rpc.outcome != null || rpc.incarnation != packet.fromIncarnation,
                "S7: ACK of an RPC that has not ended: " + rpc,
                packet);
        for (int i = 0; i < packet.u16(28); i++) {
            requireTaken(packet, packet.i64(30 + i * 10), packet.u16(38 + i * 10));
        }
    }

    private void requireTaken(WirePacket packet, long id, int port) {
        TestRpc rpc = rpcs.find(packet.from, id);
        require(
                rpc != null
                        && rpc.incarnation == packet.fromIncarnation
                        && rpc.outcome == TestRpc.Outcome.RESPONSE
                        && rpc.serverHost == packet.to
                        && rpc.serverPort == port,
                "S7: acknowledges " + Long.toHexString(id) + ", port " + port + ": " + rpc,
                packet);
    }

    private void emitGrant(WirePacket packet) {
        Received message = receiver(packet.from, packet.fromIncarnation, packet.senderId());
        int offset = packet.i32(28);
        require(offset <= messageLength(packet), "F1: GRANT beyond the message", packet);
        require(
                offset > message.granted && offset > message.unscheduled,
                "F10: GRANT does not raise " + Math.max(message.granted, message.unscheduled),
                packet);
        message.granted = offset;
        message.everAllowed = Math.max(message.everAllowed, offset);
    }

    private void emitResend(WirePacket packet, long hostNowNs) {
        Received message = receiver(packet.from, packet.fromIncarnation, packet.senderId());
        int offset = packet.i32(28);
        int length = packet.i32(32);
        if (length == 0) {
            // A server that has everything and asks only whether its client lives.
            require((packet.senderId() & 1) == 1 && offset == messageLength(packet), "W1: asks for nothing", packet);
            return;
        }
        if (length != -1) {
            require(offset + length <= messageLength(packet), "F3: RESEND beyond the message", packet);
            require(
                    offset + length <= message.everAllowed,
                    "F3: RESEND beyond what is granted, " + message.everAllowed,
                    packet);
        }
        if (!steadyClocks
                || plan.knob(Tunable.GAP_RESEND_RTTS) > 0
                || plan.bufferBytes() < FaultPlan.AMPLE_BUFFER_BYTES) {
            return;
        }
        if (message.firstResendNs < 0) {
            message.firstResendNs = hostNowNs;
        }
        if (hostNowNs != message.lastResendNs) {
            message.lastResendNs = hostNowNs;
            message.rounds++;
        }
        long distanceNs = Math.min(plan.knob(Tunable.RESEND_TICKS), plan.knob(Tunable.RESEND_INTERVAL)) * tickNs;
        long mostRounds = (hostNowNs - message.firstResendNs) / distanceNs + message.needAcks + 3;
        require(
                message.rounds <= mostRounds,
                "L6: RESENDs sent " + message.rounds + " times, " + mostRounds + " would do",
                packet);
    }

    /** A packet is about to be handled by a host. */
    void onDeliver(WirePacket packet, int incarnation, long hostNowNs) {
        if (plan.unchecked()) {
            return;
        }
        long localId = packet.senderId() ^ 1;
        switch (packet.type()) {
            case WirePacket.DATA -> deliverData(packet, incarnation, localId, hostNowNs);
            case WirePacket.GRANT -> raise(packet.to, incarnation, localId, packet.i32(28));
            case WirePacket.RESEND -> {
                if (packet.i32(32) != -1) {
                    raise(packet.to, incarnation, localId, packet.i32(28) + packet.i32(32));
                }
            }
            case WirePacket.RPC_UNKNOWN -> onReceiverReset(packet.to, incarnation, localId);
            case WirePacket.ACK -> onReceiverReset(packet.to, incarnation, localId);
            case WirePacket.NEED_ACK -> receiver(packet.to, incarnation, localId).needAcks++;
            default -> {
                // BUSY and CUTOFFS change nothing that is watched here.
            }
        }
    }

    private void deliverData(WirePacket packet, int incarnation, long localId, long hostNowNs) {
        Received message = receiver(packet.to, incarnation, localId);
        long silenceNs = hostNowNs - message.lastDataNs;
        if (silenceNs > (plan.knob(Tunable.TIMEOUT_TICKS) - 1) * tickNs || silenceNs < 0) {
            message.granted = 0;
            message.unscheduled = 0;
        }
        message.lastDataNs = hostNowNs;
        // Data granted by a former life of this server say as much as a promise: what is missing before them is owed.
        message.everAllowed =
                Math.max(message.everAllowed, Math.max(packet.incoming(), packet.dataOffset() + packet.dataLength()));
        // The least, because only the packet that makes the RPC at the receiver counts and any of them may be it.
        message.unscheduled =
                message.unscheduled == 0 ? packet.incoming() : Math.min(message.unscheduled, packet.incoming());
        if (!packet.retransmit()) {
            TestRpc rpc = (localId & 1) == 1 ? rpcs.find(packet.from, localId ^ 1) : null;
            if (rpc != null) {
                rpc.freshSeen.add((long) packet.to << 32 | incarnation);
            }
        }
    }

    private void raise(int host, int incarnation, long localId, int offset) {
        Sent message = sent.get(new Key(host, incarnation, localId));
        if (message != null) {
            message.granted = Math.max(message.granted, Math.min(offset, message.content.length));
        }
    }

    private Received receiver(int host, int incarnation, long localId) {
        return received.computeIfAbsent(new Key(host, incarnation, localId), key -> new Received());
    }

    /** Length of the message that the sender of this control packet is receiving. */
    private int messageLength(WirePacket packet) {
        boolean client = (packet.senderId() & 1) == 0;
        TestRpc rpc = rpcs.find(client ? packet.from : packet.to, packet.senderId() & ~1L);
        if (rpc == null) {
            throw new FaultViolation("S9: control packet of an RPC nobody started: " + packet);
        }
        return client ? rpc.responseLength : rpc.request.length;
    }

    private static void require(boolean condition, String what, WirePacket packet) {
        if (!condition) {
            throw new FaultViolation(what + ": " + packet);
        }
    }
}
