package dev.remora.bench.echo;

import dev.remora.bench.process.Interference;
import dev.remora.bench.process.Spread;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The results for people: a block per case, a line per contender. */
final class ResultTable {
    private final StringBuilder out = new StringBuilder();
    private final String baseline;

    private ResultTable(String baseline) {
        this.baseline = baseline;
    }

    static String render(List<Row> rows, EchoResults results, String baseline) {
        ResultTable table = new ResultTable(baseline);
        EchoCase last = null;
        for (Row row : rows) {
            if (!row.point().equals(last)) {
                table.header(row.point());
                last = row.point();
            }
            table.line(row);
        }
        table.notes(rows, results);
        return table.out.toString();
    }

    private void header(EchoCase point) {
        out.append(String.format(
                "%n%-18s %22s %22s %22s %22s %20s   x %s: %-18s %-18s %s%n",
                point.label(),
                "p50 us",
                "p99 us",
                "1000 calls/s",
                "CPU us/call",
                "alloc B/call",
                baseline,
                "p50",
                "calls/s",
                "CPU"));
    }

    private void line(Row row) {
        String indent = " ".repeat(6 + baseline.length());
        out.append(String.format(
                        "  %-16s %22s %22s %22s %22s %20s %s%-18s %-18s %s",
                        row.name() + (row.doubtful() ? " !" : ""),
                        text(row.values().get(Metric.P50_US), 1),
                        text(row.values().get(Metric.P99_US), 1),
                        text(row.values().get(Metric.CALLS_PER_SECOND), 1000),
                        text(row.values().get(Metric.CPU_US_PER_CALL), 1),
                        median(row.values().get(Metric.ALLOCATED_BYTES_PER_CALL)),
                        indent,
                        text(row.ratios().get(Metric.P50_US), 1),
                        text(row.ratios().get(Metric.CALLS_PER_SECOND), 1),
                        text(row.ratios().get(Metric.CPU_US_PER_CALL), 1))
                .stripTrailing());
        out.append(String.format("%n"));
    }

    private void notes(List<Row> rows, EchoResults results) {
        out.append(String.format("%nMedian (min-max) over rounds; ratios are taken within each round.%n"));
        results.unavailable()
                .forEach((name, why) -> out.append(String.format("  %-16s cannot run here: %s%n", name, why)));
        results.failures().forEach(failure -> out.append(String.format("  failed: %s%n", failure)));
        List<Measurement> flagged = results.flagged();
        if (!flagged.isEmpty()) {
            out.append(String.format(
                    "Flagged: steal above %.0f %% or foreign load above %.0f %%; left out of the medians%s%n",
                    Interference.MAX_STEAL_PERCENT,
                    Interference.MAX_FOREIGN_PERCENT,
                    rows.stream().anyMatch(Row::doubtful)
                            ? ", except where no round is left (marked !): do not trust those"
                            : ""));
            for (Measurement m : flagged) {
                out.append(String.format(
                        Locale.ROOT,
                        "  round %d  %-16s %-16s steal %.1f %%, foreign %.1f %%%n",
                        m.round(),
                        m.contender(),
                        m.point().label(),
                        m.stealPercent(),
                        m.foreignPercent()));
            }
        }
    }

    private static String text(@Nullable Spread spread, double divisor) {
        if (spread == null) {
            return "-";
        }
        String median = number(spread.median() / divisor);
        return spread.min() == spread.max()
                ? median
                : median + " (" + number(spread.min() / divisor) + "-" + number(spread.max() / divisor) + ")";
    }

    private static String median(@Nullable Spread spread) {
        return spread == null ? "-" : number(spread.median());
    }

    /** Three digits that count. */
    static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
