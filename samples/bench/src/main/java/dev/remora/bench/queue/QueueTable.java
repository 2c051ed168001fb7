package dev.remora.bench.queue;

import dev.remora.bench.queue.QueueResult.Times;
import java.util.List;
import java.util.Locale;

/** Results as a table of Markdown, which is readable as it is and goes into documents. */
final class QueueTable {
    private QueueTable() {}

    static String render(List<QueueResult> results) {
        StringBuilder out = new StringBuilder();
        out.append("| load | order | answered | smaller half: mean, p50, p99 slowdown | largest tenth: mean, p50, p99 |"
                + " all: mean, p99 | all: p50, p99 ms |\n");
        out.append("|---|---|---|---|---|---|---|\n");
        for (QueueResult r : results) {
            out.append(String.format(
                    Locale.ROOT,
                    "| %.2f | %s | %.1f %% | %s | %s | %.2f, %.2f | %.1f, %.1f |%n",
                    r.load(),
                    r.order(),
                    100 * r.answeredShare(),
                    three(r.small()),
                    three(r.large()),
                    r.all().meanSlowdown(),
                    r.all().p99Slowdown(),
                    r.all().p50Ms(),
                    r.all().p99Ms()));
        }
        return out.toString();
    }

    private static String three(Times times) {
        return String.format(
                Locale.ROOT, "%.2f, %.2f, %.2f", times.meanSlowdown(), times.p50Slowdown(), times.p99Slowdown());
    }
}
