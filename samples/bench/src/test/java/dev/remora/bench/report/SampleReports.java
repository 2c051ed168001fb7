package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Fairness;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.Method;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.Testbed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/** Reports of a shape that real ones have. All figures are made up by {@link SampleRun}; the same arguments give the same report. */
final class SampleReports {
    static final List<String> TRANSPORTS = List.of("remora-homa", "remora-tcp", "remora-tcp-16", "grpc-java");
    static final List<String> WORKLOADS = List.of("w1", "w2", "w3", "w4", "w5");
    static final List<String> METRICS = List.of(
            "shortest50.p50Us",
            "shortest50.p99Us",
            "shortest50.p999Us",
            "all.slowdownP99",
            "largest10.p50Us",
            "goodputMbps",
            "resources.cpuUsPerCall");

    private SampleReports() {}

    /** Three rounds of everything; one run of grpc-java under W4 is invalid, and all of them under W5. */
    static AbReport full() {
        return transports(WORKLOADS, 3, 1);
    }

    /** One workload, one round, all of it valid. */
    static AbReport small() {
        return transports(List.of("w4"), 1, 1);
    }

    static AbReport transports(List<String> workloads, int rounds, long seed) {
        List<RunResult> runs = new ArrayList<>();
        for (String workload : workloads) {
            for (int round = 1; round <= rounds; round++) {
                for (String transport : TRANSPORTS) {
                    boolean spoilt = rounds > 1
                            && transport.equals("grpc-java")
                            && (workload.equals("w5") || workload.equals("w4") && round == 2);
                    runs.add(new SampleRun(transport, workload, 0.8, round, seed, spoilt).result());
                }
            }
        }
        return report("transports", "remora-homa", runs);
    }

    /** Variants of one transport that differ in what the card does for it. */
    static AbReport offloads() {
        List<RunResult> runs = new ArrayList<>();
        for (String workload : List.of("w4", "fixed-1000000")) {
            for (int round = 1; round <= 2; round++) {
                for (String variant : List.of("tso+checksum", "tso", "none")) {
                    runs.add(new SampleRun(variant, workload, 0, round, 1, false).result());
                }
            }
        }
        return report("offloads", "tso+checksum", runs);
    }

    static AbReport report(String experiment, String baseline, List<RunResult> runs) {
        Map<String, String> machine = new LinkedHashMap<>();
        machine.put("CPU", "2 virtual cores, Intel Xeon (Cascade Lake) 2.5 GHz");
        machine.put("Memory", "23 GB");
        machine.put("Kernel", "Linux 6.1, Debian 12");
        machine.put("JVM", "Temurin 25 (25+36), serial collector, 512 MB heap");
        machine.put("DPDK", "22.11, af_packet on veth");
        machine.put("Remora", "0.1.0-SNAPSHOT");
        return new AbReport(
                AbReport.VERSION,
                "2026-11-24T15:04:05+01:00[Europe/Berlin]",
                "remora bench ab --workloads w1,w2,w3,w4,w5 --load 0.8 --rounds 3 --seconds 30",
                experiment,
                baseline,
                new Testbed("namespaces", "fan-in", 8, 1, 200, 128_000, 1500, "cubic", true),
                new Method(42, 30, 10, 3, 100, 60.4, experiment.equals("offloads") ? "closed" : "open"),
                machine,
                runs,
                ratios(baseline, runs),
                fairness(),
                List.of(
                        "Links are shaped to 200 Mbit/s in software: absolute latencies hold for this testbed only, ratios travel further.",
                        "Homa runs on af_packet here, which costs it about 20 µs per message that a network card would not.",
                        "Percentiles beyond P99.9 rest on too few messages to be quoted."));
    }

    private static List<Ratio> ratios(String baseline, List<RunResult> runs) {
        AbReport bare = new AbReport(
                AbReport.VERSION,
                "",
                "",
                "",
                baseline,
                new Testbed("", "", 1, 1, 0, 0, 0, "", false),
                new Method(1, 1, 1, 1, 0, 1, "open"),
                Map.of(),
                runs,
                List.of(),
                List.of(),
                List.of());
        List<Ratio> ratios = new ArrayList<>();
        for (Scenario scenario : Scenario.of(bare)) {
            for (String opponent : Scenario.transports(bare)) {
                if (!opponent.equals(baseline)) {
                    for (String metric : METRICS) {
                        ratios.add(ratio(scenario, bare, baseline, opponent, Metric.of(metric)));
                    }
                }
            }
        }
        return ratios;
    }

    private static Ratio ratio(Scenario scenario, AbReport bare, String baseline, String opponent, Metric metric) {
        List<RunResult> ours = scenario.runs(bare, baseline);
        List<RunResult> theirs = scenario.runs(bare, opponent);
        List<Double> valid = new ArrayList<>();
        List<Double> every = new ArrayList<>();
        for (int i = 0; i < ours.size(); i++) {
            OptionalDouble mine = metric.of(ours.get(i));
            OptionalDouble other = metric.of(theirs.get(i));
            if (mine.isPresent() && other.isPresent()) {
                double ratio = metric.moreIsBetter()
                        ? mine.getAsDouble() / other.getAsDouble()
                        : other.getAsDouble() / mine.getAsDouble();
                every.add(ratio);
                if (ours.get(i).valid() && theirs.get(i).valid()) {
                    valid.add(ratio);
                }
            }
        }
        double[] used = (valid.isEmpty() ? every : valid)
                .stream().flatMapToDouble(DoubleStream::of).sorted().toArray();
        return new Ratio(
                scenario.workload(),
                scenario.load(),
                baseline,
                opponent,
                metric.key(),
                used[used.length / 2],
                used[0],
                used[used.length - 1],
                used.length,
                !valid.isEmpty());
    }

    /** Another report's runs with these ratios. */
    static AbReport withRatios(AbReport report, List<Ratio> ratios) {
        return new AbReport(
                report.version(),
                report.created(),
                report.command(),
                report.experiment(),
                report.baseline(),
                report.testbed(),
                report.method(),
                report.machine(),
                report.runs(),
                ratios,
                report.fairness(),
                report.notes());
    }

    /** All runs valid, and these ratios. */
    static AbReport withRatios(List<Ratio> ratios) {
        return withRatios(transports(WORKLOADS, 1, 1), ratios);
    }

    /** A ratio of short messages' P99 under W4 to TCP with one connection, as three rounds found it. */
    static AbReport withRatioOfRounds(double median, double least, double greatest) {
        return withRatios(List.of(new Ratio(
                "w4", 0.8, "remora-homa", "remora-tcp", "shortest50.p99Us", median, least, greatest, 3, true)));
    }

    static AbReport withNote(String note) {
        AbReport report = small();
        return changed(report, report.machine(), report.fairness(), List.of(note));
    }

    static AbReport withProcesses(String flags) {
        AbReport report = small();
        List<Fairness> fairness = new ArrayList<>(report.fairness());
        fairness.add(new Fairness(Fairness.PROCESSES, same(flags), true, ""));
        return changed(report, report.machine(), fairness, report.notes());
    }

    static AbReport withMachine(String name, String value) {
        AbReport report = small();
        Map<String, String> machine = new LinkedHashMap<>(report.machine());
        machine.put(name, value);
        return changed(report, machine, report.fairness(), report.notes());
    }

    /** Nothing measured but that there was a run: no sizes, no seconds, no ratios, nothing known. */
    static AbReport withHoles() {
        Group none = new Group(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        List<RunResult> runs = new ArrayList<>();
        for (RunResult run : transports(List.of("w1", "w4"), 2, 1).runs()) {
            if (run.round() == 1 && run.transport().equals("remora-tcp")) {
                continue;
            }
            runs.add(new RunResult(
                    run.transport(),
                    run.workload(),
                    run.load(),
                    run.round(),
                    false,
                    List.of("No call ended."),
                    0,
                    17,
                    Double.NaN,
                    0,
                    0,
                    none,
                    none,
                    none,
                    none,
                    run.workload().equals("w1")
                            ? List.of()
                            : run.sizes().subList(0, run.transport().length() / 4),
                    List.of(),
                    run.workload().equals("w1") ? List.of() : run.series().subList(0, 1),
                    run.resources(),
                    Map.of()));
        }
        AbReport report = small();
        return new AbReport(
                report.version(),
                report.created(),
                report.command(),
                report.experiment(),
                report.baseline(),
                report.testbed(),
                report.method(),
                Map.of(),
                runs,
                List.of(),
                List.of(),
                List.of());
    }

    private static AbReport changed(
            AbReport report, Map<String, String> machine, List<Fairness> fairness, List<String> notes) {
        return new AbReport(
                report.version(),
                report.created(),
                report.command(),
                report.experiment(),
                report.baseline(),
                report.testbed(),
                report.method(),
                machine,
                report.runs(),
                report.ratios(),
                fairness,
                notes);
    }

    private static List<Fairness> fairness() {
        return List.of(
                new Fairness("Messages, sizes and arrivals", same("same seed, same instants"), true, ""),
                new Fairness(
                        "Connections per peer",
                        byTransport("none (datagrams)", "1", "16", "1"),
                        false,
                        "More connections let short messages pass long ones; both ends of the range are shown."),
                new Fairness("Congestion control", byTransport("Homa's grants", "cubic", "cubic", "cubic"), false, ""),
                new Fairness(
                        "Switch priorities",
                        byTransport("8, by DSCP", "1", "1", "1"),
                        false,
                        "Homa is made for priorities; TCP has no use for them here."),
                new Fairness("Threads for input and output", byTransport("1 engine", "1", "1", "1"), true, ""),
                new Fairness(
                        "Kernel bypass",
                        byTransport("no (af_packet)", "no", "no", "no"),
                        true,
                        "With a card of its own Homa would be faster."));
    }

    private static Map<String, String> same(String text) {
        return byTransport(text, text, text, text);
    }

    private static Map<String, String> byTransport(String... values) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            map.put(TRANSPORTS.get(i), values[i]);
        }
        return map;
    }
}
