package dev.remora.samples.photos.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The same methods over several transports, side by side. */
final class Comparison {
    private Comparison() {}

    /**
     * Lines of a table: for each method the p50 and p99 over each transport, and how many times lower those of the last one are
     * than those of the first.
     *
     * @param results rows by transport, the same methods in each, in the order of columns
     */
    static List<String> render(Map<String, List<CallTable.Row>> results) {
        List<String> transports = List.copyOf(results.keySet());
        String first = transports.getFirst();
        String last = transports.getLast();
        StringBuilder heading = new StringBuilder(String.format(Locale.ROOT, "%-24s", "method"));
        for (String quantile : List.of("p50", "p99")) {
            for (String transport : transports) {
                heading.append(String.format(Locale.ROOT, " %13s", transport + " " + quantile));
            }
            heading.append(String.format(Locale.ROOT, " %10s", first + "/" + last));
        }
        List<String> lines = new ArrayList<>();
        lines.add(heading.toString());
        List<CallTable.Row> rows = results.get(first);
        for (int i = 0; rows != null && i < rows.size(); i++) {
            StringBuilder line = new StringBuilder(
                    String.format(Locale.ROOT, "%-24s", rows.get(i).method()));
            for (boolean median : new boolean[] {true, false}) {
                List<Double> values = new ArrayList<>();
                for (List<CallTable.Row> of : results.values()) {
                    values.add(median ? of.get(i).p50Ns() : of.get(i).p99Ns());
                }
                values.forEach(ns -> line.append(String.format(Locale.ROOT, " %13s", CallTable.millis(ns))));
                double divisor = values.getLast();
                line.append(
                        divisor == 0
                                ? String.format(Locale.ROOT, " %10s", "-")
                                : String.format(Locale.ROOT, " %9.1fx", values.getFirst() / divisor));
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
