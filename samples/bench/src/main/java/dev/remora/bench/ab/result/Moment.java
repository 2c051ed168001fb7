package dev.remora.bench.ab.result;

/**
 * A second of a run.
 *
 * @param second from the start of the measured time, the end of this second
 * @param shortP99Us of the shortest half of the messages that ended in it; 0 = none
 * @param grants packets sent in it, all hosts; 0 for TCP
 * @param retransmissions packets or segments sent again in it, all hosts
 */
public record Moment(
        double second,
        double callsPerSecond,
        double goodputMbps,
        double shortP99Us,
        double cpuPercent,
        long grants,
        long retransmissions) {}
