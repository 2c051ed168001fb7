package dev.remora.bench.ab.result;

/**
 * Latency of some messages, from the intended start to the end of the response.
 *
 * <p>Two slowdowns: {@code slowdown} is latency / (base + bytes * 8 / link), as the kernel module's benchmark has it; {@code alone} is
 * latency / median of a message of that size, by the same transport on the idle testbed, as the SIGCOMM'18 paper has it (1 is ideal).
 * NaN where it is not known.
 *
 * @param fromBytes smallest message in it
 * @param toBytes largest message in it
 * @param count of messages; the rest is 0 when there is none
 */
public record Group(
        long fromBytes,
        long toBytes,
        long count,
        double p50Us,
        double p99Us,
        double p999Us,
        double maxUs,
        double slowdownMean,
        double slowdownP50,
        double slowdownP99,
        double aloneP50,
        double aloneP99) {}
