package dev.remora.homa.sim.experiment;

/**
 * What a run under load showed.
 *
 * @param goodputFraction message bytes delivered while it was measured, as part of what the edge links could carry
 * @param wireFraction all bytes sent by hosts, as part of the same
 * @param maxEdgeQueueBytes longest queue in front of a host
 * @param maxCoreQueueBytes longest queue between switches
 * @param drops packets lost because a switch had no memory
 * @param unfinished measured messages that had not arrived when the run was given up
 * @param failedRpcs RPCs that ended with an error
 * @param refused messages for which the sender had no room
 * @param duplicates requests executed twice, or that nobody sent
 * @param backlogGrowth growth of the bytes under way as part of the bytes offered meanwhile
 * @param stable whether the backlog did not grow and all messages arrived
 * @param digest of all packets delivered
 * @param simulatedNs length of the measured part
 * @param longMessageEfficiency what the links allow, divided by the time of the longest message alone
 * @param invariant what {@code checkInvariants} of some host complained about at the end; empty when nothing
 */
public record LoadResult(
        Experiment experiment,
        SlowdownTable table,
        double goodputFraction,
        double wireFraction,
        long maxEdgeQueueBytes,
        long maxCoreQueueBytes,
        long drops,
        long unfinished,
        long failedRpcs,
        long refused,
        long duplicates,
        double backlogGrowth,
        boolean stable,
        double eventsPerSecond,
        long packets,
        long digest,
        long simulatedNs,
        double wallSeconds,
        double longMessageEfficiency,
        String invariant) {

    /** Whether the protocol did what it must at any load. */
    public boolean sound() {
        return duplicates == 0 && failedRpcs == 0 && invariant.isEmpty();
    }
}
