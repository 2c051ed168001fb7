package dev.remora.bench.ab.result;

/**
 * An opponent's figure divided by the baseline's, taken within each round. Above 1 the baseline is better, for latencies, slowdowns
 * and CPU; for {@code goodputMbps} and {@code callsPerSecond} it is the baseline's divided by the opponent's, so that it means the
 * same.
 *
 * @param transport the baseline
 * @param opponent what it is compared with
 * @param metric for instance {@code shortest50.p99Us}, {@code largest10.p50Us}, {@code goodputMbps}, {@code resources.cpuUsPerCall}
 * @param median over the rounds where both are valid; over all, if there is none
 * @param valid whether there was a round where both are
 */
public record Ratio(
        String workload,
        double load,
        String transport,
        String opponent,
        String metric,
        double median,
        double least,
        double greatest,
        int rounds,
        boolean valid) {}
