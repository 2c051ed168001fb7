package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.AckList;
import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.send.OutgoingMessage;
import dev.remora.homa.protocol.send.Pacer;
import dev.remora.homa.protocol.send.Retransmissions;
import dev.remora.homa.protocol.send.SendQueue;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decides what leaves next: control packets, then what was asked for again, then short messages, which the pacer never holds
 * back, then the rest as far as the pacer lets it, shortest remaining first but for the share of the oldest. The test for
 * "short" is the length of the message, not of the packet: else the short last packet of a long message would overtake
 * its predecessors.
 */
final class Transmitter {
    /** IPv4 header and Ethernet header; 20 bytes more for IPv6 make no difference to pacing. */
    private static final int LOWER_HEADERS = 20 + 14;

    private static final int IPV6_HEADER = 40;
    private static final int INCAST_EXTENSION = 1;

    private final Core core;
    private final Pacer pacer;
    private final SendQueue urgent;
    private final SendQueue paced;
    private final int deferMinBytes;
    private final int maxGsoSize;
    private @Nullable SentMessage firstToResend;
    private @Nullable SentMessage lastToResend;

    Transmitter(Core core) {
        this.core = core;
        HomaConfig config = core.config;
        pacer = new Pacer(
                config.getInt(Tunable.LINK_MBPS),
                config.getInt(Tunable.MAX_LINK_USAGE),
                config.get(Tunable.MAX_NIC_BACKLOG_NS),
                Math.max(
                        2L * config.getInt(Tunable.MTU),
                        config.get(Tunable.MAX_NIC_QUEUE_NS) * config.get(Tunable.LINK_MBPS) / 8_000),
                config.getInt(Tunable.PACER_FIFO_FRACTION),
                core.address == null ? null : core.address.uplink);
        int most = config.getInt(Tunable.MAX_CLIENT_RPCS) + config.getInt(Tunable.MAX_SERVER_RPCS);
        urgent = new SendQueue(most);
        paced = new SendQueue(most);
        deferMinBytes = config.getInt(Tunable.DEFER_MIN_BYTES);
        maxGsoSize = config.getInt(Tunable.MAX_GSO_SIZE);
    }

    /** Begins to send a message. */
    void begin(Rpc rpc, MemorySegment lead, MemorySegment memory, long offset, int length, int unscheduled) {
        Peer peer = rpc.peer();
        rpc.out.reset(
                memory,
                offset,
                length,
                unscheduled,
                core.unscheduledLevel(peer, length),
                core.pathMtus.segmentBytes(peer, core.nowNs),
                core.nowNs);
        rpc.out.lead(lead);
        core.metrics.add(Counter.SENT_MSG_BYTES, length);
        queue(rpc.out);
    }

    /** Puts the message where it belongs after what it may send has changed. */
    void queue(SentMessage message) {
        SendQueue queue = queueOf(message);
        if (message.sendable()) {
            queue.add(message);
        } else {
            queue.remove(message);
        }
    }

    /** A message does not know which queue it is in, only its place there: the other queue would take out a stranger. */
    private SendQueue queueOf(SentMessage message) {
        return message.length < deferMinBytes ? urgent : paced;
    }

    void queueResends(SentMessage message) {
        if (message.toResend || !message.resendPending()) {
            return;
        }
        message.toResend = true;
        message.nextToResend = null;
        if (lastToResend == null) {
            firstToResend = message;
        } else {
            lastToResend.nextToResend = message;
        }
        lastToResend = message;
    }

    void remove(SentMessage message) {
        queueOf(message).remove(message);
        if (!message.toResend) {
            return;
        }
        message.toResend = false;
        SentMessage previous = null;
        SentMessage at = firstToResend;
        while (at != message && at != null) {
            previous = at;
            at = at.nextToResend;
        }
        SentMessage next = message.nextToResend;
        if (previous == null) {
            firstToResend = next;
        } else {
            previous.nextToResend = next;
        }
        if (next == null) {
            lastToResend = previous;
        }
        message.nextToResend = null;
    }

    void onQueuedBytes(long bytes) {
        pacer.onQueuedBytes(bytes);
    }

    boolean poll(TransmitUnit unit) {
        if (next(unit)) {
            return true;
        }
        pacer.publish(core.nowNs);
        return false;
    }

    private boolean next(TransmitUnit unit) {
        if (core.control.poll(unit, core.cutoffs.table())) {
            unit.level = core.topLevel;
            charge(unit);
            return true;
        }
        if (pollResend(unit)) {
            charge(unit);
            return true;
        }
        SentMessage message = (SentMessage) urgent.best();
        if (message != null) {
            sendNext(unit, message);
            charge(unit);
            return true;
        }
        if (paced.size() == 0 || !pacer.mayTransmit(core.nowNs)) {
            return false;
        }
        boolean fifo = pacer.fifoTurn();
        OutgoingMessage next = fifo ? paced.oldest() : paced.best();
        if (next == null) {
            return false;
        }
        sendNext(unit, (SentMessage) next);
        charge(unit);
        pacer.onPaced(unit.payloadLength, fifo);
        core.metrics.add(Counter.PACED_BYTES, unit.payloadLength);
        if (fifo) {
            core.metrics.add(Counter.FIFO_SENT_BYTES, unit.payloadLength);
        }
        return true;
    }

    /** When a message the pacer holds back may go on; {@link Long#MAX_VALUE} when none waits. */
    long nextDeadlineNs(long nowNs) {
        if (!core.control.isEmpty() || firstToResend != null || urgent.size() > 0) {
            return nowNs;
        }
        return paced.size() == 0 ? Long.MAX_VALUE : pacer.nextTransmitNs(nowNs);
    }

    boolean isIdle() {
        return core.control.isEmpty() && firstToResend == null && urgent.size() == 0 && paced.size() == 0;
    }

    private boolean pollResend(TransmitUnit unit) {
        SentMessage message = firstToResend;
        if (message == null) {
            return false;
        }
        Retransmissions again = message.retransmissions();
        boolean any = again.poll(core.nowNs);
        int start = again.start();
        int end = again.end();
        int level = again.level();
        if (!again.pending()) {
            firstToResend = message.nextToResend;
            if (firstToResend == null) {
                lastToResend = null;
            }
            message.nextToResend = null;
            message.toResend = false;
        }
        if (!any) {
            return pollResend(unit);
        }
        fill(unit, message, start, end - start, level, true, again.incoming());
        message.rpc.times.packetsRetransmitted++;
        core.metrics.add(Counter.RESENT_PACKETS);
        return true;
    }

    private void sendNext(TransmitUnit unit, SentMessage message) {
        Rpc rpc = message.rpc;
        int start = message.next;
        int bytes = message.unitBytes(start, maxSegments(message));
        int level = message.levelAt(start);
        fill(unit, message, start, bytes, level, false, message.unscheduled);
        message.onSent(bytes);
        queue(message);
        RpcTimes times = rpc.times;
        if (start == 0) {
            times.firstSentNs = core.nowNs;
            if (message.unscheduled < message.length) {
                rpc.rttProbeNs = core.nowNs;
            }
        }
        core.trace.record(core.nowNs, EventTrace.Kind.DATA_SENT, rpc.id, start, bytes);
        if (message.next >= message.granted) {
            rpc.silentSinceNs = core.aliveNs;
        }
        if (message.fullySent()) {
            times.lastSentNs = core.nowNs;
            rpc.sentAllNs = core.aliveNs;
            core.watchSent(rpc);
        }
    }

    private void fill(
            TransmitUnit unit, SentMessage message, int start, int bytes, int level, boolean again, int promised) {
        Rpc rpc = message.rpc;
        Peer peer = rpc.peer();
        unit.type = HomaHeader.DATA;
        unit.peerHigh = peer.addressHigh();
        unit.peerLow = peer.addressLow();
        unit.level = level;
        unit.headerLength = HomaHeader.DATA_BYTES;
        unit.lead = message.lead;
        unit.leadOffset = start;
        unit.leadBytes = Math.clamp(message.leadBytes - start, 0, bytes);
        unit.payload = Objects.requireNonNull(message.memory);
        unit.payloadOffset = message.offset + Math.max(0, start - message.leadBytes);
        unit.payloadLength = bytes;
        unit.segmentBytes = packetBytes(message);
        unit.messageOffset = start;
        unit.retransmission = again;
        AckList rides = core.acks.next(peer, rpc.localPort, rpc.peerPort);
        MemorySegment header = unit.header;
        HomaHeader.writeCommon(header, 0, rpc.localPort, rpc.peerPort, start, HomaHeader.DATA, 14, rpc.id);
        HomaHeader.writeData(
                header,
                0,
                message.length,
                promised,
                rides == null ? 0 : rides.pop(),
                rides == null ? 0 : rides.serverPort(),
                peer.cutoffVersion,
                again,
                rpc.client && rpc.incast ? INCAST_EXTENSION : 0,
                // A single packet says its offset in both places: right with and without GRO at the receiver.
                bytes > unit.segmentBytes ? HomaHeader.NO_OFFSET : start);
    }

    private void charge(TransmitUnit unit) {
        int packets = unit.segments();
        int bytes = unit.payloadLength + packets * unit.headerLength;
        core.metrics.sent(unit.type, unit.level, packets, bytes);
        pacer.charge(bytes + packets * LOWER_HEADERS, packets, core.nowNs);
    }

    /** Bytes of each packet: less than the message was cut to when the path has turned out narrower since. */
    private int packetBytes(SentMessage message) {
        return Math.min(message.segmentBytes, core.pathMtus.segmentBytes(message.rpc.peer(), core.nowNs));
    }

    /** Packets of a unit: as many as fit the frame the link takes, 1 without segmentation and for one to be cut in itself. */
    private int maxSegments(SentMessage message) {
        return packetBytes(message) < message.segmentBytes
                ? 1
                : Math.max(1, (maxGsoSize - IPV6_HEADER - HomaHeader.DATA_BYTES) / message.segmentBytes);
    }
}
