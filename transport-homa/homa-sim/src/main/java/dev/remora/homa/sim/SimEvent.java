package dev.remora.homa.sim;

/**
 * Something that happens at a moment of simulated time. The objects are made to be used again (one timer for each host,
 * one end of transmission for each port, a pool of packets), so that running a simulation makes no garbage; an object
 * may therefore stand in the queue only as often as it can tell its occurrences apart.
 */
public abstract class SimEvent {
    /** @param nowNs the time for which it was scheduled */
    public abstract void run(long nowNs);
}
