package dev.remora.homa.sim.net;

/** Where a packet arrives with its last bit: a switch, a host, or something put in between. */
public interface PacketSink {
    /** Takes the packet over: it must be sent on or given back to its pool. */
    void onPacket(SimPacket packet, long nowNs);
}
