package dev.remora.bench.echo;

import dev.remora.bench.process.Interference;

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
    /** Whether something else than the contender had so much of the machine that the figures are doubtful. */
    boolean flagged() {
        return new Interference(stealPercent, foreignPercent).isTooMuch();
    }

    double allocatedBytesPerCall() {
        return clientAllocatedBytesPerCall + serverAllocatedBytesPerCall;
    }
}
