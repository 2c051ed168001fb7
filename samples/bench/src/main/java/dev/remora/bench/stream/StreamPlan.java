package dev.remora.bench.stream;

import dev.remora.bench.pair.PairPlan;
import dev.remora.bench.process.Placement;
import dev.remora.bench.stream.contender.StreamContender;
import java.time.Duration;
import java.util.List;

/**
 * What one run of the comparison measures.
 *
 * @param contenders in the order of the first round
 * @param streams at the same time
 * @param measure how long each measurement takes; zero if {@code maxMessages} ends it
 * @param maxMessages of each stream, 0 if the time ends it
 * @param warmUp of each pair of processes before its first measurement, shared by all cases
 * @param cores that may be used
 */
record StreamPlan(
        List<StreamContender> contenders,
        List<StreamCase> cases,
        int streams,
        int rounds,
        Duration measure,
        long maxMessages,
        Duration warmUp,
        Placement placement,
        List<Integer> cores)
        implements PairPlan<StreamContender, StreamCase> {
    StreamPlan {
        contenders = List.copyOf(contenders);
        cases = List.copyOf(cases);
        cores = List.copyOf(cores);
    }
}
