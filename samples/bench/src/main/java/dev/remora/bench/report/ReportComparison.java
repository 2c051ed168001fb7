package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Fairness;
import dev.remora.bench.ab.result.Method;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.Testbed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Two reports side by side: whether the second finds what the first did. Ratios are compared, not absolute values, for only they
 * travel from machine to machine.
 *
 * @param before when the first was made
 * @param after when the second was made
 * @param changes one per ratio that both have
 * @param onlyBefore what the second lacks, whole sentences without the point
 * @param onlyAfter what the first lacks
 * @param differences in how and on what they were measured
 */
public record ReportComparison(
        String before,
        String after,
        List<Change> changes,
        List<String> onlyBefore,
        List<String> onlyAfter,
        List<String> differences) {
    /** Ratios that differ by less than this factor are said to agree. */
    public static final double AGREE = 1.25;

    /**
     * The same ratio in both reports.
     *
     * @param before of the first report
     * @param after of the second
     */
    public record Change(Ratio before, Ratio after) {
        /** How much greater the second is, in per cent of the first; NaN if one is not known. */
        public double percent() {
            return (after.median() / before.median() - 1) * 100;
        }

        /** Whether both may be quoted. */
        public boolean valid() {
            return before.valid() && after.valid();
        }

        /** Whether they differ by less than a quarter, the smaller one taken as the whole. Never, if one is not known. */
        public boolean agrees() {
            double factor = after.median() / before.median();
            return factor <= AGREE && factor >= 1 / AGREE;
        }
    }

    private record Key(String workload, double load, String transport, String opponent, String metric) {
        static Key of(Ratio ratio) {
            return new Key(ratio.workload(), ratio.load(), ratio.transport(), ratio.opponent(), ratio.metric());
        }
    }

    public static ReportComparison of(AbReport before, AbReport after) {
        Map<Key, Ratio> later = new LinkedHashMap<>();
        after.ratios().forEach(ratio -> later.put(Key.of(ratio), ratio));
        List<Change> changes = new ArrayList<>();
        for (Ratio ratio : before.ratios()) {
            Ratio partner = later.get(Key.of(ratio));
            if (partner != null) {
                changes.add(new Change(ratio, partner));
            }
        }
        return new ReportComparison(
                before.created(),
                after.created(),
                List.copyOf(changes),
                without(before, after),
                without(after, before),
                differences(before, after));
    }

    /** How many of the valid changes agree. */
    public long agreeing() {
        return changes.stream()
                .filter(change -> change.valid() && change.agrees())
                .count();
    }

    public long valid() {
        return changes.stream().filter(Change::valid).count();
    }

    /** Runs, then ratios of shared runs, that only the first has. */
    private static List<String> without(AbReport report, AbReport other) {
        Set<String> runs = runs(other);
        Set<String> missing = new LinkedHashSet<>(runs(report));
        missing.removeAll(runs);
        Set<Key> keys = new LinkedHashSet<>();
        other.ratios().forEach(ratio -> keys.add(Key.of(ratio)));
        for (Ratio ratio : report.ratios()) {
            boolean shared = runs.contains(name(ratio.opponent(), ratio.workload(), ratio.load()))
                    && runs.contains(name(ratio.transport(), ratio.workload(), ratio.load()));
            if (shared && !keys.contains(Key.of(ratio))) {
                missing.add(Metric.of(ratio.metric()).title() + " of " + Titles.transport(ratio.opponent()) + " to "
                        + Titles.transport(ratio.transport()) + " under "
                        + new Scenario(ratio.workload(), ratio.load()).title());
            }
        }
        return List.copyOf(missing);
    }

    private static Set<String> runs(AbReport report) {
        Set<String> names = new LinkedHashSet<>();
        for (RunResult run : report.runs()) {
            names.add(name(run.transport(), run.workload(), run.load()));
        }
        return names;
    }

    private static String name(String transport, String workload, double load) {
        return Titles.transport(transport) + " under " + new Scenario(workload, load).title();
    }

    private static List<String> differences(AbReport before, AbReport after) {
        List<String> found = new ArrayList<>();
        Map<String, String> first = conditions(before);
        Map<String, String> second = conditions(after);
        Set<String> names = new LinkedHashSet<>(first.keySet());
        names.addAll(second.keySet());
        for (String name : names) {
            String was = first.getOrDefault(name, "not said");
            String is = second.getOrDefault(name, "not said");
            if (!Objects.equals(was, is)) {
                found.add(name + ": " + was + " before, " + is + " after");
            }
        }
        return List.copyOf(found);
    }

    private static Map<String, String> conditions(AbReport report) {
        Map<String, String> found = new LinkedHashMap<>();
        Testbed testbed = report.testbed();
        Method method = report.method();
        found.put("Experiment", report.experiment());
        found.put("Baseline", report.baseline());
        found.put("Testbed", testbed.kind() + ", " + testbed.pattern());
        found.put("Hosts", testbed.clients() + " clients, " + testbed.servers() + " servers");
        found.put("Links", testbed.linkMbps() > 0 ? Metric.digits(testbed.linkMbps()) + " Mbit/s" : "not limited");
        found.put("Switch buffer", testbed.bufferBytes() + " B");
        found.put("MTU", testbed.mtu() + " B");
        found.put("Congestion control", testbed.congestionControl());
        found.put("Priorities", testbed.priorities() ? "yes" : "no");
        found.put("Loop", method.loop());
        found.put("Seed", Long.toString(method.seed()));
        found.put("Seconds per run", Metric.digits(method.seconds()));
        found.put("Warm-up", Metric.digits(method.warmUpSeconds()) + " s");
        found.put("Rounds", Integer.toString(method.rounds()));
        found.put("Response", method.responseBytes() + " B");
        report.fairness().stream()
                .filter(line -> line.topic().equals(Fairness.PROCESSES))
                .flatMap(line -> line.byTransport().values().stream())
                .findFirst()
                .ifPresent(processes -> found.put(Fairness.PROCESSES, processes));
        report.machine().forEach((name, value) -> found.put("Machine, " + name, value));
        return found;
    }
}
