package dev.remora.cli.top;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of calls: a row for each process and side. Every process has one, be it to tell its trouble. */
final class CallsView {
    private static final String ENDED = "remora_calls_total";
    private static final String STARTED = "remora_calls_started_total";
    private static final String LATENCY = "remora_latency_seconds";
    private static final int METHOD_WIDTH = 40;

    private CallsView() {}

    static List<String> lines(List<Row> rows) {
        Table table = new Table(
                "process",
                List.of("side  ", "calls/s", "in flight", "errors/s", "      p50", "      p99"),
                "slowest method");
        for (Row row : rows) {
            Interval interval = row.interval();
            if (interval == null) {
                table.words(row.target().name(), row.trouble());
            } else {
                add(table, row.target(), interval);
            }
        }
        return table.lines();
    }

    private static void add(Table table, Target target, Interval interval) {
        String name = name(target, interval.now());
        for (String side : List.of("server", "client")) {
            if (interval.now().series(STARTED).stream()
                    .noneMatch(sample -> sample.label("side").equals(side))) {
                continue;
            }
            Sample slowest = slowest(interval, side);
            table.row(
                    name,
                    List.of(
                            side,
                            Figures.number(interval.rate(
                                    ENDED, sample -> sample.label("side").equals(side))),
                            Figures.whole(interval.now()
                                    .sum(
                                            "remora_calls_in_flight",
                                            sample -> sample.label("side").equals(side))),
                            Figures.number(interval.rate(
                                    ENDED,
                                    sample -> sample.label("side").equals(side)
                                            && !sample.label("status").equals("OK"))),
                            Figures.time(slowest == null ? Double.NaN : median(interval.now(), slowest)),
                            Figures.time(slowest == null ? Double.NaN : slowest.value())),
                    slowest == null ? "" : Figures.text(method(slowest), METHOD_WIDTH));
            name = "";
        }
        if (!name.isEmpty()) {
            table.words(name, "no calls yet");
        }
    }

    /** Host and port, and the service it serves most, which tells a reader more. */
    private static String name(Target target, Page now) {
        String service = now.series(STARTED).stream()
                .filter(sample -> sample.label("side").equals("server"))
                .max(Comparator.comparingDouble(Sample::value))
                .map(sample -> last(sample.label("service")))
                .orElse("");
        return target.name() + (service.isEmpty() ? "" : " " + service);
    }

    /**
     * Its 0.99 quantile. Quantiles of different methods cannot be put together, so one method stands for all: the one
     * whose 0.99 quantile is the highest of those that had calls in the interval. Null if none had.
     */
    private static @Nullable Sample slowest(Interval interval, String side) {
        return interval.now().series(LATENCY).stream()
                .filter(sample -> sample.label("quantile").equals("0.99")
                        && sample.label("side").equals(side)
                        && Double.isFinite(sample.value())
                        && !(interval.rate(LATENCY + "_count", other -> sameMethod(other, sample)) == 0))
                .max(Comparator.comparingDouble(Sample::value))
                .orElse(null);
    }

    private static double median(Page now, Sample of) {
        return now.series(LATENCY).stream()
                .filter(sample -> sample.label("quantile").equals("0.5") && sameMethod(sample, of))
                .mapToDouble(Sample::value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static boolean sameMethod(Sample a, Sample b) {
        return a.label("method").equals(b.label("method"))
                && a.label("service").equals(b.label("service"))
                && a.label("side").equals(b.label("side"));
    }

    private static String method(Sample sample) {
        return last(sample.label("service")) + "." + sample.label("method");
    }

    private static String last(String service) {
        return service.substring(service.lastIndexOf('.') + 1);
    }
}
