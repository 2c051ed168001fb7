package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What several transports were measured under: a workload and its load. */
record Scenario(String workload, double load) {
    /** Those of a report, in the order in which they first ran. */
    static List<Scenario> of(AbReport report) {
        Set<Scenario> found = new LinkedHashSet<>();
        report.runs().forEach(run -> found.add(new Scenario(run.workload(), run.load())));
        return List.copyOf(found);
    }

    /** All transports of a report: the baseline, TCP by its number of connections, others in the order in which they first ran. */
    static List<String> transports(AbReport report) {
        Set<String> found = new LinkedHashSet<>();
        report.runs().forEach(run -> found.add(run.transport()));
        return found.stream()
                .sorted(Comparator.comparingInt(name -> name.equals(report.baseline()) ? -1 : Titles.connections(name)))
                .toList();
    }

    /** "W4 at 80 % load". */
    String title() {
        return Titles.workload(workload) + " " + Titles.load(load);
    }

    /** Its rounds with a transport. */
    List<RunResult> runs(AbReport report, String transport) {
        return report.runs().stream()
                .filter(run ->
                        run.transport().equals(transport) && run.workload().equals(workload) && run.load() == load)
                .toList();
    }

    Optional<Ratio> ratio(AbReport report, String opponent, String metric) {
        return report.ratios().stream()
                .filter(ratio -> ratio.workload().equals(workload)
                        && ratio.load() == load
                        && ratio.opponent().equals(opponent)
                        && ratio.metric().equals(metric))
                .findFirst();
    }

    /** Metrics that it has ratios of: the known ones in their order, then others by name. */
    List<Metric> metrics(AbReport report) {
        Set<String> keys = new LinkedHashSet<>();
        report.ratios().stream()
                .filter(ratio -> ratio.workload().equals(workload) && ratio.load() == load)
                .map(Ratio::metric)
                .sorted()
                .forEach(keys::add);
        List<Metric> metrics = new ArrayList<>();
        for (Metric known : Metric.KNOWN) {
            if (keys.remove(known.key())) {
                metrics.add(known);
            }
        }
        keys.forEach(key -> metrics.add(Metric.of(key)));
        return metrics;
    }
}
