package dev.remora.bench.ab.result;

import java.util.List;
import java.util.Map;

/**
 * One transport under one load, once.
 *
 * @param transport a name such as {@code remora-homa}, {@code remora-tcp}, {@code remora-tcp-16} (connections), {@code grpc-java}
 * @param workload {@code w1} to {@code w5}, {@code fixed-1024} or the name of the user's own distribution
 * @param load fraction of the servers' links that the requests ask for, headers included; 0 in closed loop
 * @param round from 1
 * @param valid whether the figures may be quoted
 * @param reasons why not, whole sentences; empty when valid
 * @param calls that ended well within the measured time
 * @param failures calls that ended otherwise
 * @param offeredMbps message bytes asked for, both directions
 * @param goodputMbps message bytes delivered, both directions
 * @param shortest10 the shortest tenth of messages: sizes in ascending order until 10 % are in
 * @param shortest50 the shortest half
 * @param largest10 the largest tenth: sizes in descending order until 10 % are in
 * @param all of them
 * @param sizes ascending; percentiles per size
 * @param shortCdf of the latency of {@link #shortest50}, ascending, at most some 200 points
 * @param series one per second of the measured time
 * @param settings that were used where they differ from the defaults, or matter
 */
public record RunResult(
        String transport,
        String workload,
        double load,
        int round,
        boolean valid,
        List<String> reasons,
        long calls,
        long failures,
        double offeredMbps,
        double goodputMbps,
        double callsPerSecond,
        Group shortest10,
        Group shortest50,
        Group largest10,
        Group all,
        List<SizeBin> sizes,
        List<CdfPoint> shortCdf,
        List<Moment> series,
        Resources resources,
        Map<String, String> settings) {}
