package dev.remora.bench.ab.result;

/**
 * How it was measured.
 *
 * @param seed of sizes, targets and arrivals; the same for all transports of a round, seed + round - 1
 * @param seconds measured per run
 * @param warmUpSeconds before that, thrown away
 * @param responseBytes size of every response; 0 = as large as its request
 * @param baseUs best round trip of the smallest message on the idle testbed, of any transport: the base of {@code slowdown}
 * @param loop {@code open} or {@code closed}
 */
public record Method(
        long seed, double seconds, double warmUpSeconds, int rounds, int responseBytes, double baseUs, String loop) {}
