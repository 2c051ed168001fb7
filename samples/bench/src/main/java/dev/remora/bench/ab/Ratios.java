package dev.remora.bench.ab;

import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** The opponents' figures divided by the baseline's, within each round. */
final class Ratios {
    /** Of these less is better. */
    private static final Map<String, ToDoubleFunction<RunResult>> COSTS = costs();

    private Ratios() {}

    private static Map<String, ToDoubleFunction<RunResult>> costs() {
        Map<String, ToDoubleFunction<RunResult>> costs = new LinkedHashMap<>();
        costs.put("shortest50.p50Us", run -> run.shortest50().p50Us());
        costs.put("shortest50.p99Us", run -> run.shortest50().p99Us());
        costs.put("shortest50.p999Us", run -> run.shortest50().p999Us());
        costs.put("shortest50.slowdownP99", run -> run.shortest50().slowdownP99());
        costs.put("all.p50Us", run -> run.all().p50Us());
        costs.put("all.p99Us", run -> run.all().p99Us());
        costs.put("all.slowdownP99", run -> run.all().slowdownP99());
        costs.put("largest10.p50Us", run -> run.largest10().p50Us());
        costs.put("largest10.p99Us", run -> run.largest10().p99Us());
        costs.put("resources.cpuUsPerCall", run -> run.resources().cpuUsPerCall());
        return costs;
    }

    static List<Ratio> of(List<RunResult> runs, String baseline) {
        List<Ratio> ratios = new ArrayList<>();
        for (String workload : runs.stream().map(RunResult::workload).distinct().toList()) {
            List<RunResult> here =
                    runs.stream().filter(run -> run.workload().equals(workload)).toList();
            for (String opponent : here.stream()
                    .map(RunResult::transport)
                    .distinct()
                    .filter(name -> !name.equals(baseline))
                    .toList()) {
                COSTS.forEach((metric, value) ->
                        of(here, baseline, opponent, metric, value, false).ifPresent(ratios::add));
                of(here, baseline, opponent, "goodputMbps", RunResult::goodputMbps, true)
                        .ifPresent(ratios::add);
                of(here, baseline, opponent, "callsPerSecond", RunResult::callsPerSecond, true)
                        .ifPresent(ratios::add);
            }
        }
        return ratios;
    }

    private static Optional<Ratio> of(
            List<RunResult> runs,
            String baseline,
            String opponent,
            String metric,
            ToDoubleFunction<RunResult> value,
            boolean moreIsBetter) {
        List<Double> valid = new ArrayList<>();
        List<Double> all = new ArrayList<>();
        double load = 0;
        for (RunResult own : runs) {
            for (RunResult other : runs) {
                if (own.round() != other.round()
                        || !own.transport().equals(baseline)
                        || !other.transport().equals(opponent)) {
                    continue;
                }
                double ratio = value.applyAsDouble(other) / value.applyAsDouble(own);
                ratio = moreIsBetter ? 1 / ratio : ratio;
                if (!Double.isFinite(ratio)) {
                    continue;
                }
                load = own.load();
                all.add(ratio);
                if (own.valid() && other.valid()) {
                    valid.add(ratio);
                }
            }
        }
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<Double> used = (valid.isEmpty() ? all : valid).stream().sorted().toList();
        return Optional.of(new Ratio(
                runs.getFirst().workload(),
                load,
                baseline,
                opponent,
                metric,
                median(used),
                used.getFirst(),
                used.getLast(),
                used.size(),
                !valid.isEmpty()));
    }

    private static double median(List<Double> sorted) {
        int half = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
    }
}
