package dev.remora.bench.ab.child;

import java.util.List;

/**
 * What a process counted at the seconds of the measured time: one value more than there are seconds.
 *
 * @param grants sent so far
 * @param retransmissions sent so far
 * @param gcPauseMs longest stop for garbage collection in that time
 */
public record Sampled(List<Long> grants, List<Long> retransmissions, double gcPauseMs) {}
