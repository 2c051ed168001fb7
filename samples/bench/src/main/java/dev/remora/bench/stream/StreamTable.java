package dev.remora.bench.stream;

import dev.remora.bench.process.Interference;
import dev.remora.bench.process.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The results for people: a block per case, a line per contender. Ratios are taken within each round. */
final class StreamTable {
    private final StreamPlan plan;
    private final StreamResults results;
    private final String baseline;
    private final StringBuilder out = new StringBuilder();

    private StreamTable(StreamPlan plan, StreamResults results, String baseline) {
        this.plan = plan;
        this.results = results;
        this.baseline = baseline;
    }

    static String render(StreamPlan plan, StreamResults results, String baseline) {
        StreamTable table = new StreamTable(plan, results, baseline);
        for (StreamCase point : plan.cases()) {
            table.block(point);
        }
        table.notes();
        return table.out.toString();
    }

    private void block(StreamCase point) {
        out.append(String.format(
                Locale.ROOT,
                "%n%-21s %22s %22s %22s %14s   x %s: %-18s %s%n",
                point.label(),
                "1000 messages/s",
                "MB/s",
                "CPU ns/message",
                "alloc B/msg",
                baseline,
                "messages/s",
                "CPU"));
        plan.contenders().forEach(contender -> {
            List<StreamMeasurement> used = results.sound(contender.name(), point);
            if (!used.isEmpty()) {
                line(contender.name(), point, used);
            }
        });
    }

    private void line(String name, StreamCase point, List<StreamMeasurement> used) {
        boolean doubtful = used.getFirst().interference().isTooMuch();
        out.append(String.format(
                        Locale.ROOT,
                        "  %-19s %22s %22s %22s %14s %s%-18s %s",
                        name + (doubtful ? " !" : ""),
                        text(spread(used, m -> m.messagesPerSecond() / 1000)),
                        text(spread(used, StreamMeasurement::megabytesPerSecond)),
                        text(spread(used, StreamMeasurement::cpuNsPerMessage)),
                        number(spread(used, StreamMeasurement::allocatedBytesPerMessage)
                                .median()),
                        " ".repeat(6 + baseline.length()),
                        ratio(used, point, StreamMeasurement::messagesPerSecond),
                        ratio(used, point, StreamMeasurement::cpuNsPerMessage))
                .stripTrailing());
        out.append(String.format("%n"));
    }

    private static Spread spread(List<StreamMeasurement> used, ToDoubleFunction<StreamMeasurement> value) {
        return Spread.of(used.stream().map(value::applyAsDouble).toList());
    }

    private String ratio(List<StreamMeasurement> used, StreamCase point, ToDoubleFunction<StreamMeasurement> value) {
        List<Double> ratios = new ArrayList<>();
        for (StreamMeasurement m : used) {
            results.sound(baseline, point).stream()
                    .filter(base -> base.round() == m.round() && value.applyAsDouble(base) > 0)
                    .forEach(base -> ratios.add(value.applyAsDouble(m) / value.applyAsDouble(base)));
        }
        return ratios.isEmpty() ? "-" : text(Spread.of(ratios));
    }

    private void notes() {
        out.append(String.format("%nMedian (min-max) over rounds; ratios are taken within each round.%n"));
        results.unavailable()
                .forEach((name, why) -> out.append(String.format("  %-16s cannot run here: %s%n", name, why)));
        results.failures().forEach(failure -> out.append(String.format("  failed: %s%n", failure)));
        List<StreamMeasurement> flagged = results.measurements().stream()
                .filter(m -> m.interference().isTooMuch())
                .toList();
        if (!flagged.isEmpty()) {
            out.append(String.format(
                    Locale.ROOT,
                    "Flagged: steal above %.0f %% or foreign load above %.0f %%; left out of the medians, except where no"
                            + " round is left (marked !): do not trust those%n",
                    Interference.MAX_STEAL_PERCENT,
                    Interference.MAX_FOREIGN_PERCENT));
        }
        for (StreamMeasurement m : flagged) {
            out.append(String.format(
                    Locale.ROOT,
                    "  round %d  %-19s %-16s steal %.1f %%, foreign %.1f %%%n",
                    m.round(),
                    m.contender(),
                    m.point().label(),
                    m.interference().stealPercent(),
                    m.interference().foreignPercent()));
        }
    }

    private static String text(Spread spread) {
        String median = number(spread.median());
        return spread.min() == spread.max()
                ? median
                : median + " (" + number(spread.min()) + "-" + number(spread.max()) + ")";
    }

    /** Three digits that count. */
    private static String number(double value) {
        double size = Math.abs(value);
        String format = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }
}
