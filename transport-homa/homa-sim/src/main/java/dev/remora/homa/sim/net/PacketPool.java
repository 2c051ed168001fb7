package dev.remora.homa.sim.net;

import org.jspecify.annotations.Nullable;

/** Free packets. Counts those that are out, so that a test can tell that none was lost in the network. */
public final class PacketPool {
    private final int packetBytes;
    private @Nullable SimPacket free;
    private long out;

    /** @param packetBytes longest Homa packet */
    public PacketPool(int packetBytes) {
        this.packetBytes = packetBytes;
    }

    public SimPacket take() {
        out++;
        SimPacket packet = free;
        if (packet == null) {
            return new SimPacket(packetBytes);
        }
        free = packet.next;
        packet.next = null;
        return packet;
    }

    public void give(SimPacket packet) {
        out--;
        packet.next = free;
        free = packet;
    }

    /** Packets taken and not given back. */
    public long out() {
        return out;
    }

    public int packetBytes() {
        return packetBytes;
    }
}
