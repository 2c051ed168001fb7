package dev.remora.bench.ab.result;

/**
 * Latency of messages of about one size.
 *
 * @param fromBytes smallest message in it
 * @param toBytes largest message in it
 * @param fromFraction share of all messages that are smaller than these, by the distribution
 * @param toFraction that and their own share
 * @param count of messages measured; the rest is 0 when there is none
 */
public record SizeBin(
        long fromBytes,
        long toBytes,
        double fromFraction,
        double toFraction,
        long count,
        double p50Us,
        double p99Us,
        double p999Us,
        double slowdownP50,
        double slowdownP99,
        double slowdownP999) {}
