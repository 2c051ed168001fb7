package dev.remora.bench.report;

import dev.remora.bench.ab.result.AbReport;
import dev.remora.bench.ab.result.CdfPoint;
import dev.remora.bench.ab.result.Group;
import dev.remora.bench.ab.result.Moment;
import dev.remora.bench.ab.result.Resources;
import dev.remora.bench.ab.result.RunResult;
import dev.remora.bench.ab.result.SizeBin;
import java.util.ArrayList;
import java.util.List;

/** A report's runs as flat tables. The first columns of each name the run. */
final class ReportTables {
    private static final List<String> RUN = List.of("workload", "load", "transport", "round", "valid");
    private static final List<String> GROUP = List.of(
            "fromBytes",
            "toBytes",
            "count",
            "p50Us",
            "p99Us",
            "p999Us",
            "maxUs",
            "slowdownMean",
            "slowdownP50",
            "slowdownP99",
            "aloneP50",
            "aloneP99");

    private ReportTables() {}

    /** One row per run. */
    static String runs(AbReport report) {
        List<Object> heading = new ArrayList<>(RUN);
        heading.addAll(List.of("reasons", "calls", "failures", "offeredMbps", "goodputMbps", "callsPerSecond"));
        for (String group : List.of("shortest10", "shortest50", "largest10", "all")) {
            GROUP.forEach(field -> heading.add(group + "." + field));
        }
        heading.addAll(List.of(
                "cpuUsPerCall",
                "cpuIdlePercent",
                "stealPercent",
                "foreignPercent",
                "lagP99Us",
                "gcPauseMs",
                "drops",
                "retransmissions",
                "grants",
                "connections"));
        CsvTable table = table(heading);
        for (RunResult run : report.runs()) {
            List<Object> row = name(run);
            row.addAll(List.of(
                    String.join(" ", run.reasons()),
                    run.calls(),
                    run.failures(),
                    run.offeredMbps(),
                    run.goodputMbps(),
                    run.callsPerSecond()));
            for (Group group : List.of(run.shortest10(), run.shortest50(), run.largest10(), run.all())) {
                row.addAll(cells(group));
            }
            row.addAll(cells(run.resources()));
            table.row(row);
        }
        return table.toString();
    }

    /** One row per run and size. */
    static String sizes(AbReport report) {
        List<Object> heading = new ArrayList<>(RUN);
        heading.addAll(List.of(
                "fromBytes",
                "toBytes",
                "fromFraction",
                "toFraction",
                "count",
                "p50Us",
                "p99Us",
                "p999Us",
                "slowdownP50",
                "slowdownP99",
                "slowdownP999"));
        CsvTable table = table(heading);
        for (RunResult run : report.runs()) {
            for (SizeBin bin : run.sizes()) {
                List<Object> row = name(run);
                row.addAll(List.of(
                        bin.fromBytes(),
                        bin.toBytes(),
                        bin.fromFraction(),
                        bin.toFraction(),
                        bin.count(),
                        bin.p50Us(),
                        bin.p99Us(),
                        bin.p999Us(),
                        bin.slowdownP50(),
                        bin.slowdownP99(),
                        bin.slowdownP999()));
                table.row(row);
            }
        }
        return table.toString();
    }

    /** One row per run and second. */
    static String series(AbReport report) {
        List<Object> heading = new ArrayList<>(RUN);
        heading.addAll(List.of(
                "second", "callsPerSecond", "goodputMbps", "shortP99Us", "cpuPercent", "grants", "retransmissions"));
        CsvTable table = table(heading);
        for (RunResult run : report.runs()) {
            for (Moment moment : run.series()) {
                List<Object> row = name(run);
                row.addAll(List.of(
                        moment.second(),
                        moment.callsPerSecond(),
                        moment.goodputMbps(),
                        moment.shortP99Us(),
                        moment.cpuPercent(),
                        moment.grants(),
                        moment.retransmissions()));
                table.row(row);
            }
        }
        return table.toString();
    }

    /** One row per run and point of the distribution of short messages' latency. */
    static String cdf(AbReport report) {
        List<Object> heading = new ArrayList<>(RUN);
        heading.addAll(List.of("us", "fraction"));
        CsvTable table = table(heading);
        for (RunResult run : report.runs()) {
            for (CdfPoint point : run.shortCdf()) {
                List<Object> row = name(run);
                row.addAll(List.of(point.us(), point.fraction()));
                table.row(row);
            }
        }
        return table.toString();
    }

    private static CsvTable table(List<Object> heading) {
        return new CsvTable(heading.stream().map(Object::toString).toList());
    }

    private static List<Object> name(RunResult run) {
        return new ArrayList<>(List.of(run.workload(), run.load(), run.transport(), run.round(), run.valid()));
    }

    private static List<Object> cells(Group group) {
        return List.of(
                group.fromBytes(),
                group.toBytes(),
                group.count(),
                group.p50Us(),
                group.p99Us(),
                group.p999Us(),
                group.maxUs(),
                group.slowdownMean(),
                group.slowdownP50(),
                group.slowdownP99(),
                group.aloneP50(),
                group.aloneP99());
    }

    private static List<Object> cells(Resources used) {
        return List.of(
                used.cpuUsPerCall(),
                used.cpuIdlePercent(),
                used.stealPercent(),
                used.foreignPercent(),
                used.lagP99Us(),
                used.gcPauseMs(),
                used.drops(),
                used.retransmissions(),
                used.grants(),
                used.connections());
    }
}
