package dev.remora.bench.echo;

/**
 * One case of one contender in one round.
 *
 * @param round from 1
 * @param cpuUsPerCall of both processes together
 * @param stealPercent of all cores' time that the hypervisor took
 * @param foreignPercent of all cores' time that other processes (and interrupts counted to nobody) took
 */
record Measurement(
        String contender,
        EchoCase point,
        int round,
        long calls,
        double p50Us,
        double p99Us,
        double callsPerSecond,
        double cpuUsPerCall,
        double clientAllocatedBytesPerCall,
        double serverAllocatedBytesPerCall,
        double stealPercent,
        double foreignPercent) {
    static final double MAX_STEAL_PERCENT = 2;
    static final double MAX_FOREIGN_PERCENT = 10;

    /** Whether something else than the contender had so much of the machine that the figures are doubtful. */
    boolean flagged() {
        return stealPercent > MAX_STEAL_PERCENT || foreignPercent > MAX_FOREIGN_PERCENT;
    }

    double allocatedBytesPerCall() {
        return clientAllocatedBytesPerCall + serverAllocatedBytesPerCall;
    }
}
