package dev.remora.runtime.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Histogram;
import com.codahale.metrics.Meter;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Snapshot;
import com.codahale.metrics.Timer;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Dropwizard registry as Prometheus metrics. Names of {@link RpcMetrics} become labels (side, service, method, status);
 * the application's own metrics keep theirs. Times are in seconds. (The Prometheus project's own bridge cannot be used
 * from a named module: two of its jars claim one module name.)
 */
final class PrometheusCollector implements MultiCollector {
    private static final Pattern CALL =
            Pattern.compile("remora\\.(client|server)\\.([^.]+)\\.([^.]+)\\.([a-z-]+)(?:\\.([A-Z_]+))?");
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};
    private static final double NS_PER_S = 1e9;

    private final MetricRegistry registry;

    PrometheusCollector(MetricRegistry registry) {
        this.registry = registry;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
        Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();
        Map<String, SummarySnapshot.Builder> summaries = new TreeMap<>();
        for (Map.Entry<String, Metric> entry : registry.getMetrics().entrySet()) {
            Name name = Name.of(entry.getKey());
            switch (entry.getValue()) {
                case Counter c
                when name.text.endsWith("_in_flight") || name.labels.isEmpty() ->
                    gauges.computeIfAbsent(
                                    name.text, n -> GaugeSnapshot.builder().name(n))
                            .dataPoint(gauge(name.labels, c.getCount()));
                case Counter c ->
                    counters.computeIfAbsent(
                                    name.text, n -> CounterSnapshot.builder().name(n))
                            .dataPoint(CounterDataPointSnapshot.builder()
                                    .labels(name.labels)
                                    .value(c.getCount())
                                    .build());
                case Gauge<?> g
                when g.getValue() instanceof Number n ->
                    gauges.computeIfAbsent(
                                    name.text, t -> GaugeSnapshot.builder().name(t))
                            .dataPoint(gauge(name.labels, n.doubleValue()));
                case Timer t ->
                    summaries
                            .computeIfAbsent(
                                    name.text + "_seconds",
                                    n -> SummarySnapshot.builder().name(n))
                            .dataPoint(summary(name.labels, t.getSnapshot(), t.getCount(), NS_PER_S));
                case Histogram h ->
                    summaries
                            .computeIfAbsent(
                                    name.text, n -> SummarySnapshot.builder().name(n))
                            .dataPoint(summary(name.labels, h.getSnapshot(), h.getCount(), 1));
                case Meter m ->
                    counters.computeIfAbsent(
                                    name.text, n -> CounterSnapshot.builder().name(n))
                            .dataPoint(CounterDataPointSnapshot.builder()
                                    .labels(name.labels)
                                    .value(m.getCount())
                                    .build());
                default -> {
                    // A gauge of something that is not a number: Prometheus has no place for it.
                }
            }
        }
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        counters.values().forEach(b -> all.metricSnapshot(b.build()));
        gauges.values().forEach(b -> all.metricSnapshot(b.build()));
        summaries.values().forEach(b -> all.metricSnapshot(b.build()));
        return all.build();
    }

    private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
        return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    private static SummaryDataPointSnapshot summary(Labels labels, Snapshot snapshot, long count, double unit) {
        Quantiles.Builder quantiles = Quantiles.builder();
        for (double q : QUANTILES) {
            quantiles.quantile(new Quantile(q, snapshot.getValue(q) / unit));
        }
        return SummaryDataPointSnapshot.builder()
                .labels(labels)
                .count(count)
                .quantiles(quantiles.build())
                .build();
    }

    /** A metric's name as Prometheus writes it, and its labels. */
    private record Name(String text, Labels labels) {
        static Name of(String dropwizard) {
            Matcher m = CALL.matcher(dropwizard);
            if (!m.matches()) {
                return new Name(
                        PrometheusNaming.prometheusName(PrometheusNaming.sanitizeMetricName(dropwizard)), Labels.EMPTY);
            }
            Labels labels = m.group(5) == null
                    ? Labels.of("side", m.group(1), "service", m.group(2), "method", m.group(3))
                    : Labels.of("side", m.group(1), "service", m.group(2), "method", m.group(3), "status", m.group(5));
            return new Name("remora_call_" + m.group(4).replace('-', '_'), labels);
        }
    }
}
