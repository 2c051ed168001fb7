package dev.remora.homa.sim.net;

import dev.remora.homa.sim.SimEvent;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A packet on its way, and at the same time the event of its next arrival: it is in one place at a time, so one event is
 * enough. From a {@link PacketPool}; carries the real bytes of the Homa packet.
 */
public final class SimPacket extends SimEvent {
    /** Ethernet header and IPv4 header. */
    public static final int ETHERNET_AND_IP_BYTES = 14 + 20;
    /** Preamble, checksum and the gap between frames. */
    public static final int FRAMING_BYTES = 8 + 4 + 12;

    private static final int LEAST_FRAME_BYTES = 60;

    private final byte[] bytes;
    private final MemorySegment memory;
    private int length;
    private int wireBytes;
    private PacketSink target = (packet, nowNs) -> {
        throw new IllegalStateException("packet arrives nowhere");
    };

    /** Priority, 7 the most urgent. */
    int level;

    int source;
    int destination;
    /** Link of the queue or pool in which the packet is. */
    @Nullable
    SimPacket next;

    SimPacket(int capacity) {
        bytes = new byte[capacity];
        memory = MemorySegment.ofArray(bytes);
    }

    /** Bytes that a Homa packet of that length occupies on the wire. */
    public static int wireBytes(int homaLength) {
        return Math.max(homaLength + ETHERNET_AND_IP_BYTES, LEAST_FRAME_BYTES) + FRAMING_BYTES;
    }

    /** Says how long the Homa packet is, whose bytes have been written to {@link #memory}. */
    void fill(int homaLength, int priority, int from, int to) {
        length = homaLength;
        wireBytes = wireBytes(homaLength);
        level = priority;
        source = from;
        destination = to;
    }

    /** Says where the packet arrives when its event runs. */
    void setTarget(PacketSink sink) {
        target = sink;
    }

    @Override
    public void run(long nowNs) {
        target.onPacket(this, nowNs);
    }

    /** The Homa packet: {@link #length} bytes from offset 0. */
    public MemorySegment memory() {
        return memory;
    }

    byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    public int wireBytes() {
        return wireBytes;
    }

    public int level() {
        return level;
    }

    public int source() {
        return source;
    }

    public int destination() {
        return destination;
    }
}
