package dev.remora.runtime.introspection;

/**
 * How long a call was, or has been, in a phase.
 *
 * @param ns nanoseconds, 0 or more
 */
public record PhaseTime(CallPhase phase, long ns) {}
