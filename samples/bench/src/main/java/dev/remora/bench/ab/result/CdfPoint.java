package dev.remora.bench.ab.result;

/** A fraction of the messages, 0 to 1, had at most this latency. */
public record CdfPoint(double us, double fraction) {}
