package dev.remora.bench.echo;

import dev.remora.bench.echo.contender.Contender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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
        List<Integer> cores) {
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

    /** The cases that a contender can run. */
    List<EchoCase> casesOf(Contender contender) {
        return cases.stream()
                .filter(c -> c.outstanding() <= contender.maxOutstanding())
                .toList();
    }

    /** Contenders of a round, each time another one first, so that none always follows the same. */
    List<Contender> turns(int round) {
        List<Contender> turns = new ArrayList<>(contenders);
        Collections.rotate(turns, -(round - 1) % turns.size());
        return turns;
    }

    /** Warm-up of one case. */
    Duration warmUpOf(Contender contender) {
        return warmUp.dividedBy(Math.max(1, casesOf(contender).size()));
    }

    /** What the run will take at least, without starting processes. */
    Duration estimate() {
        Duration one = Duration.ZERO;
        for (Contender contender : contenders) {
            one = one.plus(warmUp).plus(measure.multipliedBy(casesOf(contender).size()));
        }
        return one.multipliedBy(rounds);
    }
}
