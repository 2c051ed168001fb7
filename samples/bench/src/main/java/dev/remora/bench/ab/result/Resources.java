package dev.remora.bench.ab.result;

/**
 * What a run used, and what may have spoilt it.
 *
 * @param cpuUsPerCall of all its processes and the kernel's work for them, by calls
 * @param cpuIdlePercent of the machine
 * @param stealPercent of the machine, taken by the hypervisor
 * @param foreignPercent of the machine, used by others
 * @param lagP99Us how late calls began, after their intended start
 * @param gcPauseMs longest stop of any process
 * @param drops frames that the switch ports dropped
 * @param retransmissions packets or segments sent again
 * @param grants packets sent
 * @param connections between each client and server; 0 = it knows none
 */
public record Resources(
        double cpuUsPerCall,
        double cpuIdlePercent,
        double stealPercent,
        double foreignPercent,
        double lagP99Us,
        double gcPauseMs,
        long drops,
        long retransmissions,
        long grants,
        int connections) {}
