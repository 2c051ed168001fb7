package dev.remora.bench.pair;

import dev.remora.bench.option.AwakeOption;
import dev.remora.bench.process.MeasuredJvm;
import dev.remora.bench.process.Placement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What one run of a comparison measures. */
public interface PairPlan<C extends Candidate, P extends PairCase> {
    /** In the order of the first round. */
    List<C> contenders();

    List<P> cases();

    int rounds();

    /** How long each measurement takes; zero if a number ends it. */
    Duration measure();

    /** Of each pair of processes before its first measurement, shared by all cases. */
    Duration warmUp();

    Placement placement();

    /** That may be used. */
    List<Integer> cores();

    /** The cases that a contender can run. */
    default List<P> casesOf(C contender) {
        return cases();
    }

    /** Contenders of a round, each time another one first, so that none always follows the same. */
    default List<C> turns(int round) {
        List<C> turns = new ArrayList<>(contenders());
        Collections.rotate(turns, -(round - 1) % turns.size());
        return turns;
    }

    /** Warm-up of one case. */
    default Duration warmUpOf(C contender) {
        return warmUp().dividedBy(Math.max(1, casesOf(contender).size()));
    }

    /** What the run will take at least, without starting processes. */
    default Duration estimate() {
        Duration one = Duration.ZERO;
        for (C contender : contenders()) {
            one = one.plus(warmUp())
                    .plus(measure().multipliedBy(casesOf(contender).size()));
        }
        return one.multipliedBy(rounds());
    }

    /**
     * How it is measured, for people.
     *
     * @param loadName of what is peculiar to the load of this comparison
     * @param load what that is
     * @param measurement what ends one
     */
    default Map<String, String> method(
            AwakeOption awake, String loadName, String load, String measurement, String baseline) {
        Map<String, String> method = new LinkedHashMap<>();
        method.put(
                "placement",
                placement() == Placement.FLOATING
                        ? "floating: both processes on any core"
                        : placement() + ": " + placement().describe(cores()));
        method.put("awake", awake.describe());
        method.put(loadName, load);
        method.put("rounds", rounds() + ", interleaved, fresh processes each");
        method.put("measurement", measurement);
        method.put("warmUp", warmUp().toSeconds() + " s per pair of processes");
        method.put("cases", cases().stream().map(PairCase::label).collect(Collectors.joining(", ")));
        method.put("jvmFlags", String.join(" ", MeasuredJvm.FLAGS));
        method.put("baseline", baseline);
        method.put("takesAtLeast", estimate().toSeconds() + " s and the starts of the processes");
        return method;
    }
}
