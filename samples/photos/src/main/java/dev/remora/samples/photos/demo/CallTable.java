package dev.remora.samples.photos.demo;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import dev.remora.api.MethodDescriptor;
import dev.remora.samples.photos.v1.MediaRpc;
import dev.remora.samples.photos.v1.TimelinesRpc;
import dev.remora.samples.photos.v1.UsersRpc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the client side's metrics and lays them out: one row per method. One thread at a time. */
final class CallTable {
    /** What the demo's load calls, from tiny to big. */
    static final List<MethodDescriptor<?, ?>> METHODS = List.of(
            UsersRpc.METHOD_GET_USER,
            TimelinesRpc.METHOD_READ_TIMELINE,
            TimelinesRpc.METHOD_PUBLISH,
            MediaRpc.METHOD_GET_LIMITS,
            MediaRpc.METHOD_GET_PHOTO,
            MediaRpc.METHOD_PUT_PHOTO);

    private static final double NS_PER_MS = 1e6;

    private final MetricRegistry registry;
    private final Map<String, Long> countsBefore = new HashMap<>();

    CallTable(MetricRegistry registry) {
        this.registry = registry;
    }

    /** A method's figures; latencies in nanoseconds, of the last 30 to 60 seconds. */
    record Row(String method, double callsPerSecond, double p50Ns, double p99Ns, long errors, long inFlight) {}

    /** {@code Service.Method}. */
    static String shortName(MethodDescriptor<?, ?> method) {
        String service = method.serviceName();
        return service.substring(service.lastIndexOf('.') + 1) + "." + method.methodName();
    }

    /** Current figures; calls per second are those since the last call of this. */
    List<Row> read(double secondsSinceLast) {
        List<Row> rows = new ArrayList<>();
        for (MethodDescriptor<?, ?> method : METHODS) {
            String prefix = "remora.client." + method.fullName();
            Histogram latency = registry.getHistograms().get(prefix + ".latency-ns");
            Counter calls = registry.getCounters().get(prefix + ".calls");
            if (latency == null || calls == null) {
                rows.add(new Row(shortName(method), 0, 0, 0, 0, 0));
                continue;
            }
            long count = calls.getCount();
            Long before = countsBefore.put(prefix, count);
            Snapshot snapshot = latency.getSnapshot();
            rows.add(new Row(
                    shortName(method),
                    (count - (before == null ? 0 : before)) / Math.max(secondsSinceLast, 0.001),
                    snapshot.getMedian(),
                    snapshot.get99thPercentile(),
                    errors(prefix),
                    inFlight(prefix)));
        }
        return rows;
    }

    private long inFlight(String prefix) {
        Gauge<?> gauge = registry.getGauges().get(prefix + ".in-flight");
        return gauge != null && gauge.getValue() instanceof Number number ? number.longValue() : 0;
    }

    private long errors(String prefix) {
        return registry.getCounters((name, metric) -> name.startsWith(prefix + ".errors.")).values().stream()
                .mapToLong(counter -> counter.getCount())
                .sum();
    }

    /** The rows under a heading, as lines. */
    static List<String> render(List<Row> rows) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                "%-24s %10s %12s %12s %8s %10s", "method", "calls/s", "p50", "p99", "errors", "in flight"));
        for (Row row : rows) {
            lines.add(String.format(
                    "%-24s %10.1f %12s %12s %8d %10d",
                    row.method(),
                    row.callsPerSecond(),
                    millis(row.p50Ns()),
                    millis(row.p99Ns()),
                    row.errors(),
                    row.inFlight()));
        }
        return lines;
    }

    /** A latency with about three digits. */
    static String millis(double ns) {
        if (ns == 0) {
            return "-";
        }
        double ms = ns / NS_PER_MS;
        return ms < 10 ? String.format("%.2f ms", ms) : String.format("%.0f ms", ms);
    }
}
