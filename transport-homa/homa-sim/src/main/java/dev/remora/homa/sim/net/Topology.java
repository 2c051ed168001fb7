package dev.remora.homa.sim.net;

/** A network between hosts numbered from 0. */
public interface Topology {
    NetParameters parameters();

    int hosts();

    /** Where the card of that host sends to. */
    PacketSink ingress(int host);

    /** Connects the host: it gets the packets sent to it, at the time when its protocol sees them. */
    void attach(int host, PacketSink receiver);

    /** Port of the switch that leads to the host. */
    Port edge(int host);

    boolean sameRack(int host, int other);

    /** Packets dropped by all switches. */
    long drops();

    /** Longest queue of any port that leads to a host, since the statistics were reset. */
    long maxEdgeQueueBytes();

    /** Longest queue of any port between switches. */
    long maxCoreQueueBytes();

    void resetStatistics();
}
