package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.Ratio;
import dev.remora.bench.ab.result.RunResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A report in a sentence. It quotes no comparison that is not valid.
 *
 * @param question that the report answers
 * @param answer one sentence
 * @param range what the sentence leaves out: the same over all workloads; empty if there is one workload
 * @param warnings about runs and comparisons that may not be quoted; empty if there are none
 * @param chosen what the answer speaks of; null if it speaks of none
 */
record Headline(
        String question,
        String answer,
        String range,
        List<String> warnings,
        @Nullable Scenario chosen) {
    /** Workloads by how much they tell: small messages in the way of large ones, as most services have it. */
    private static final List<String> TELLING = List.of("w4", "w3", "w5", "w2", "w1");

    private static final String SHORT_P99 = "shortest50.p99Us";
    private static final String GOODPUT = "goodputMbps";
    private static final String CALLS = "callsPerSecond";

    /** Nearer to 1 than this, a ratio is no difference. */
    static final double SAME = 1.1;

    static Headline of(AbReport report) {
        boolean offloads = report.experiment().equals("offloads");
        String question = offloads ? "What do the offloads buy?" : "What does Homa buy this service?";
        String metric = offloads ? throughputMetric(report) : SHORT_P99;
        List<Scenario> scenarios = Scenario.of(report).stream()
                .filter(scenario -> opponents(report).stream()
                        .anyMatch(opponent ->
                                valid(report, scenario, opponent, metric).isPresent()))
                .sorted(Comparator.comparingInt(Headline::rank)
                        .thenComparing(
                                Comparator.comparingDouble(Scenario::load).reversed()))
                .toList();
        if (scenarios.isEmpty()) {
            return new Headline(question, "No valid comparison: see below why.", "", warnings(report), null);
        }
        Scenario chosen = scenarios.getFirst();
        String answer = offloads ? throughput(report, chosen, metric) : latency(report, chosen);
        String range = scenarios.size() > 1 ? range(report, scenarios, metric, offloads) : "";
        return new Headline(question, answer, range, warnings(report), chosen);
    }

    private static String throughputMetric(AbReport report) {
        return report.ratios().stream().anyMatch(ratio -> ratio.metric().equals(GOODPUT) && ratio.valid())
                ? GOODPUT
                : CALLS;
    }

    private static int rank(Scenario scenario) {
        int at = TELLING.indexOf(scenario.workload());
        return at < 0 ? TELLING.size() : at;
    }

    private static List<String> opponents(AbReport report) {
        return Scenario.transports(report).stream()
                .filter(transport -> !transport.equals(report.baseline()))
                .toList();
    }

    private static Optional<Ratio> valid(AbReport report, Scenario scenario, String opponent, String metric) {
        return scenario.ratio(report, opponent, metric)
                .filter(ratio -> ratio.valid() && Double.isFinite(ratio.median()));
    }

    private static String latency(AbReport report, Scenario scenario) {
        List<String> parts = new ArrayList<>();
        for (String opponent : opponents(report)) {
            valid(report, scenario, opponent, SHORT_P99)
                    .ifPresent(ratio -> parts.add(compared(ratio.median()) + Titles.transportInSentence(opponent)));
        }
        String base = report.baseline().equals("remora-homa")
                ? ""
                : ", with " + Titles.transportInSentence(report.baseline());
        return "P99 of short messages under " + scenario.title() + base + ": " + joined(parts)
                + goodput(report, scenario) + ".";
    }

    private static String throughput(AbReport report, Scenario scenario, String metric) {
        List<String> parts = new ArrayList<>();
        for (String opponent : opponents(report)) {
            valid(report, scenario, opponent, metric)
                    .ifPresent(ratio -> parts.add(
                            Metric.factor(ratio.median()) + " that of " + Titles.transportInSentence(opponent)));
        }
        String what = metric.equals(GOODPUT) ? "Goodput" : "Calls per second";
        return what + " under " + scenario.title() + ", with " + Titles.transportInSentence(report.baseline()) + ": "
                + joined(parts) + ".";
    }

    /** "120× lower than ", or the like. */
    private static String compared(double ratio) {
        if (ratio < SAME && ratio > 1 / SAME) {
            return "the same as ";
        }
        return ratio > 1 ? Metric.factor(ratio) + " lower than " : Metric.factor(1 / ratio) + " higher than ";
    }

    private static String joined(List<String> parts) {
        if (parts.size() < 2) {
            return String.join("", parts);
        }
        return String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
    }

    /** A lower latency is worth little if less was delivered, so the sentence says whether it was. */
    private static String goodput(AbReport report, Scenario scenario) {
        List<Double> ratios = new ArrayList<>();
        for (String opponent : opponents(report)) {
            if (valid(report, scenario, opponent, SHORT_P99).isPresent()) {
                valid(report, scenario, opponent, GOODPUT).ifPresent(ratio -> ratios.add(ratio.median()));
            }
        }
        if (ratios.isEmpty()) {
            return "";
        }
        double least = ratios.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double most = ratios.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        if (least > 0.95 && most < 1.05) {
            return ", at equal goodput";
        }
        return String.format(
                ", at %s of their goodput",
                percent(least).equals(percent(most)) ? percent(least) : percent(least) + " to " + percent(most));
    }

    private static String percent(double ratio) {
        return Metric.digits(ratio * 100) + " %";
    }

    private static String range(AbReport report, List<Scenario> scenarios, String metric, boolean offloads) {
        List<String> parts = new ArrayList<>();
        double least = Double.POSITIVE_INFINITY;
        for (String opponent : opponents(report)) {
            double[] ratios = scenarios.stream()
                    .map(scenario -> valid(report, scenario, opponent, metric))
                    .flatMap(Optional::stream)
                    .mapToDouble(Ratio::median)
                    .sorted()
                    .toArray();
            if (ratios.length > 1) {
                least = Math.min(least, ratios[0]);
                String low = Metric.times(ratios[0]);
                String high = Metric.times(ratios[ratios.length - 1]);
                parts.add((low.equals(high) ? "" : low + "–") + high + "× against "
                        + Titles.transportInSentence(opponent));
            }
        }
        if (parts.isEmpty()) {
            return "";
        }
        return "Over all " + scenarios.size() + " workloads" + (severalLoads(scenarios) ? " and loads" : "")
                + (offloads ? " the factor is " : " that factor is ") + joined(parts)
                + (least < 1 ? "; below 1 it is a loss." : ".");
    }

    private static boolean severalLoads(List<Scenario> scenarios) {
        return scenarios.stream().mapToDouble(Scenario::load).distinct().count() > 1;
    }

    private static List<String> warnings(AbReport report) {
        List<String> warnings = new ArrayList<>();
        List<RunResult> invalid =
                report.runs().stream().filter(run -> !run.valid()).toList();
        if (!invalid.isEmpty()) {
            warnings.add(invalid.size() + " of " + report.runs().size()
                    + (invalid.size() == 1
                            ? " runs is not valid. Ratios leave it out"
                            : " runs are not valid. Ratios leave them out")
                    + " where a valid round remains.");
        }
        for (Scenario scenario : Scenario.of(report)) {
            for (String opponent : opponents(report)) {
                List<Ratio> ratios = scenario.metrics(report).stream()
                        .map(metric -> scenario.ratio(report, opponent, metric.key()))
                        .flatMap(Optional::stream)
                        .toList();
                if (!ratios.isEmpty() && ratios.stream().noneMatch(Ratio::valid)) {
                    warnings.add("No valid comparison with " + Titles.transport(opponent) + " under " + scenario.title()
                            + ": do not quote it.");
                }
            }
        }
        return warnings;
    }
}
