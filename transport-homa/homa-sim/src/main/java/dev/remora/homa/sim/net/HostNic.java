package dev.remora.homa.sim.net;

import dev.remora.homa.protocol.TransmitUnit;
import dev.remora.homa.sim.EventQueue;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The card of a host: a ring of units, sent in the order in which they came. It cuts a unit as TCP segmentation does:
 * the header in front of every packet, the sequence number advanced by the segment size, all else copied.
 *
 * <p>As nothing overtakes on the card, the time at which each packet is on the wire is known when it is given; so the card
 * needs no event of its own. Slots and bytes count as taken until the last bit of the unit has left.
 */
public final class HostNic {
    private static final ValueLayout.OfInt BIG_ENDIAN_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int SEQUENCE_OFFSET = 4;
    private static final int PICOS = 1_000;

    private final EventQueue events;
    private final PacketPool pool;
    private final PacketSink link;
    private final int host;
    private final long picosPerByte;
    private final long sendDelayNs;
    private final long latencyNs;
    /** Ends of transmission of the units in the ring, oldest first. */
    private final long[] endsNs;

    private int oldest;
    private int used;
    private long freeAtPicos;
    private long sentPackets;
    private long sentWireBytes;

    public HostNic(EventQueue events, PacketPool pool, NetParameters parameters, int host, PacketSink link) {
        this.events = events;
        this.pool = pool;
        this.link = link;
        this.host = host;
        picosPerByte = Port.picosPerByte(parameters.edgeGbps());
        sendDelayNs = parameters.hostTransmitNs();
        latencyNs = parameters.propagationNs() + parameters.switchDelayNs();
        endsNs = new long[parameters.ringSlots()];
    }

    public boolean hasRoom(long nowNs) {
        if (used == endsNs.length) {
            reclaim(nowNs);
        }
        return used < endsNs.length;
    }

    /** When the ring has room at the latest. */
    public long roomAtNs(long nowNs) {
        return hasRoom(nowNs) ? nowNs : endsNs[oldest];
    }

    /** Bytes of wire time given to the card and not yet sent; the delay of the way to the wire does not count. */
    public long queuedBytes(long nowNs) {
        long leftPicos = freeAtPicos - (nowNs + sendDelayNs) * PICOS;
        return leftPicos <= 0 ? 0 : leftPicos / picosPerByte;
    }

    /** Takes a unit; there must be room. */
    public void send(TransmitUnit unit, int destination, long nowNs) {
        int segments = unit.segments();
        freeAtPicos = Math.max(freeAtPicos, (nowNs + sendDelayNs) * PICOS);
        for (int i = 0; i < segments; i++) {
            SimPacket packet = cut(unit, i, destination);
            freeAtPicos += packet.wireBytes() * picosPerByte;
            sentWireBytes += packet.wireBytes();
            packet.setTarget(link);
            events.schedule(Port.nanos(freeAtPicos) + latencyNs, packet);
        }
        sentPackets += segments;
        int slot = oldest + used++;
        endsNs[slot < endsNs.length ? slot : slot - endsNs.length] = Port.nanos(freeAtPicos);
    }

    private SimPacket cut(TransmitUnit unit, int index, int destination) {
        SimPacket packet = pool.take();
        MemorySegment memory = packet.memory();
        int header = unit.headerLength;
        MemorySegment.copy(unit.header, 0, memory, 0, header);
        int from = index * unit.segmentBytes;
        int bytes = Math.min(unit.segmentBytes, unit.payloadLength - from);
        if (bytes > 0) {
            unit.copyPayload(from, bytes, memory, header);
            if (index > 0) {
                int sequence = unit.header.get(BIG_ENDIAN_INT, SEQUENCE_OFFSET);
                memory.set(BIG_ENDIAN_INT, SEQUENCE_OFFSET, sequence + from);
            }
        }
        packet.fill(header + Math.max(bytes, 0), unit.level, host, destination);
        return packet;
    }

    private void reclaim(long nowNs) {
        while (used > 0 && endsNs[oldest] <= nowNs) {
            oldest = oldest + 1 == endsNs.length ? 0 : oldest + 1;
            used--;
        }
    }

    public long sentPackets() {
        return sentPackets;
    }

    public long sentWireBytes() {
        return sentWireBytes;
    }
}
