package dev.remora.homa.engine;

import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PacketSink;
import dev.remora.homa.protocol.HomaEndpoint;
import dev.remora.homa.protocol.Unreachable;
import dev.remora.homa.protocol.Verdict;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Brings a burst of packets to the endpoint: grants at once, then control packets and messages of one packet, then the rest
 * (homa-protocol.md 2.8), so that what is short does not wait behind what is long.
 */
final class Arrivals implements PacketSink {
    private static final int MAX_DEFERRED = 1_024;
    /** Messages up to this length count as short, in bytes; the module's limit. */
    private static final int SHORT_BYTES = 1_400;

    /** Packets of other engines taken at a time. */
    private static final int TAKEN_PER_ROUND = 64;

    private final HomaEndpoint endpoint;
    private final PacketPort port;
    private final boolean[] listening;
    private final EngineGroup group;
    private final int index;
    private final @Nullable PacketRing fromOthers;
    private final MemorySegment lastHeader = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
    private final Burst shortOnes = new Burst();
    private final Burst longOnes = new Burst();
    private long nowNs;
    private long sourceHigh;
    private long sourceLow;
    private int nextOffset;
    private boolean pieces;
    /** The engine that the last packet was for. */
    private int target;
    /** A bit for each engine that was given packets in this burst. */
    private long given;

    long packets;
    long refused;
    long passedOn;
    long notPassedOn;
    long takenOver;

    Arrivals(HomaEndpoint endpoint, PacketPort port, boolean[] listening, EngineGroup group, int index) {
        this.endpoint = endpoint;
        this.port = port;
        this.listening = listening;
        this.group = group;
        this.index = index;
        fromOthers = group.ring(index);
        target = index;
    }

    /** Packets whose memory is still there. */
    private static final class Burst {
        final @Nullable MemorySegment[] memory = new @Nullable MemorySegment[MAX_DEFERRED];
        final long[] at = new long[MAX_DEFERRED];
        final int[] length = new int[MAX_DEFERRED];
        final long[] high = new long[MAX_DEFERRED];
        final long[] low = new long[MAX_DEFERRED];
        int count;

        void add(MemorySegment where, long offset, int bytes, long sourceHigh, long sourceLow) {
            memory[count] = where;
            at[count] = offset;
            length[count] = bytes;
            high[count] = sourceHigh;
            low[count] = sourceLow;
            count++;
        }

        void deliver(HomaEndpoint endpoint, long nowNs) {
            for (int i = 0; i < count; i++) {
                MemorySegment where = memory[i];
                if (where != null) {
                    endpoint.onPacket(high[i], low[i], where, at[i], length[i], nowNs);
                }
                memory[i] = null;
            }
            count = 0;
        }
    }

    int receive(long now) {
        nowNs = now;
        int count = port.receive(this, now);
        PacketRing ring = fromOthers;
        if (ring != null && !ring.isEmpty()) {
            int taken = ring.deliver(endpoint, TAKEN_PER_ROUND, now);
            takenOver += taken;
            count += taken;
        }
        return count;
    }

    /** Whether other engines have brought packets. */
    boolean isWaiting() {
        PacketRing ring = fromOthers;
        return ring != null && !ring.isEmpty();
    }

    @Override
    public void onHoma(ParsedPacket packet, MemorySegment memory, int contiguous) {
        packets++;
        long at = packet.homaOffset();
        sourceHigh = packet.sourceHigh();
        sourceLow = packet.sourceLow();
        int type = HomaHeader.type(memory, at);
        pieces = type == HomaHeader.DATA && contiguous < packet.homaLength();
        if (pieces) {
            MemorySegment.copy(memory, at, lastHeader, 0, HomaHeader.DATA_BYTES);
            // What it acknowledges is acknowledged once, not with each piece.
            HomaHeader.clearAck(lastHeader, 0);
            nextOffset = HomaHeader.dataOffset(memory, at) + contiguous - HomaHeader.DATA_BYTES;
        }
        long senderId = HomaHeader.senderId(memory, at);
        boolean forServer = (senderId & 1) == 0;
        int serverPort = HomaHeader.destinationPort(memory, at);
        target = group.engineOf(index, senderId, HomaHeader.sourcePort(memory, at));
        if (target != index && (!forServer || group.hasServed(serverPort))) {
            passOn(memory, at, contiguous);
            return;
        }
        target = index;
        boolean toNobody = forServer && !listening[serverPort];
        if (type == HomaHeader.GRANT || toNobody) {
            if (endpoint.onPacket(sourceHigh, sourceLow, memory, at, contiguous, nowNs) == Verdict.NO_SUCH_PORT) {
                refused++;
                port.refuse(memory, packet);
            }
            return;
        }
        boolean isShort = type != HomaHeader.DATA || HomaHeader.messageLength(memory, at) <= SHORT_BYTES;
        defer(isShort ? shortOnes : longOnes, memory, at, contiguous);
    }

    /** Further bytes of a frame that was not cut: they get a header of their own, in the room before them. */
    @Override
    public void onMore(MemorySegment memory, long at, int bytes) {
        if (!pieces) {
            return;
        }
        long header = at - HomaHeader.DATA_BYTES;
        MemorySegment.copy(lastHeader, 0, memory, header, HomaHeader.DATA_BYTES);
        HomaHeader.setSequence(memory, header, nextOffset);
        HomaHeader.setSegmentOffset(memory, header, nextOffset);
        nextOffset += bytes;
        if (target != index) {
            passOn(memory, header, HomaHeader.DATA_BYTES + bytes);
        } else {
            defer(longOnes, memory, header, HomaHeader.DATA_BYTES + bytes);
        }
    }

    private void passOn(MemorySegment memory, long at, int length) {
        if (group.passOn(target, sourceHigh, sourceLow, memory, at, length)) {
            passedOn++;
            given |= 1L << target;
        } else {
            notPassedOn++;
        }
    }

    private void defer(Burst to, MemorySegment memory, long at, int length) {
        if (to.count == MAX_DEFERRED) {
            to.deliver(endpoint, nowNs);
        }
        to.add(memory, at, length, sourceHigh, sourceLow);
    }

    @Override
    public void onUnreachable(Unreachable kind, long peerHigh, long peerLow, int destinationPort) {
        endpoint.onUnreachable(kind, peerHigh, peerLow, destinationPort, nowNs);
    }

    @Override
    public void onPathMtu(long peerHigh, long peerLow, int mtuBytes) {
        endpoint.onPathMtu(peerHigh, peerLow, mtuBytes, nowNs);
    }

    @Override
    public void onBurstEnd() {
        shortOnes.deliver(endpoint, nowNs);
        longOnes.deliver(endpoint, nowNs);
        if (given != 0) {
            group.wake(given);
            given = 0;
        }
    }
}
