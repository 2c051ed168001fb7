package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import dev.remora.bench.pair.PairPlan;
import dev.remora.bench.process.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one run of the comparison measures.
 *
 * @param contenders in the order of the first round
 * @param measure how long each measurement takes; zero if {@code maxCalls} ends it
 * @param maxCalls ends each measurement, 0 if the time does
 * @param warmUp of each pair of processes before its first measurement, shared by all cases
 * @param cores that may be used
 */
record EchoPlan(
        List<Contender> contenders,
        List<EchoCase> cases,
        int rounds,
        Duration measure,
        long maxCalls,
        Duration warmUp,
        CallStyle style,
        Placement placement,
        List<Integer> cores)
        implements PairPlan<Contender, EchoCase> {
    EchoPlan {
        contenders = List.copyOf(contenders);
        cases = List.copyOf(cases);
        cores = List.copyOf(cores);
    }

    /** All sizes with all numbers outstanding, without those that would have too much in flight. */
    static List<EchoCase> cases(List<Integer> sizesBytes, List<Integer> outstanding, long maxInFlightBytes) {
        List<EchoCase> cases = new ArrayList<>();
        for (int size : sizesBytes) {
            for (int calls : outstanding) {
                EchoCase point = new EchoCase(size, calls);
                if (calls == 1 || point.bytesInFlight() <= maxInFlightBytes) {
                    cases.add(point);
                }
            }
        }
        return cases;
    }

    @Override
    public List<EchoCase> casesOf(Contender contender) {
        return cases.stream()
                .filter(c -> c.outstanding() <= contender.maxOutstanding())
                .toList();
    }
}
