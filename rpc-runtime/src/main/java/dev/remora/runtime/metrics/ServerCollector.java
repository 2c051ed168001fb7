package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.Map;
import java.util.TreeMap;

/** {@link ServerMetrics} as Prometheus wants them: {@code remora_admission_<name>} with the server as label. */
final class ServerCollector implements MultiCollector {
    private static final double NS_PER_SECOND = 1e9;

    private final MetricRegistry registry;

    ServerCollector(MetricRegistry registry) {
        this.registry = registry;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();
        registry.getGauges((name, metric) -> metric instanceof ServerGauge).values().stream()
                .map(ServerGauge.class::cast)
                .forEach(gauge -> gauges.computeIfAbsent(
                                "remora_admission_" + gauge.name().replace('-', '_'),
                                name -> GaugeSnapshot.builder().name(name).help(gauge.meaning() + "."))
                        .dataPoint(GaugeDataPointSnapshot.builder()
                                .labels(Labels.of("server", gauge.server()))
                                .value(gauge.getValue())
                                .build()));
        SummarySnapshot.Builder waits = SummarySnapshot.builder()
                .name("remora_admission_wait_seconds")
                .help("How long calls had waited that were served after that; quantiles of the last 30 to 60 s.");
        registry.getHistograms((name, metric) -> name.startsWith(ServerMetrics.PREFIX))
                .forEach((name, metric) -> {
                    String server = name.substring(ServerMetrics.PREFIX.length(), name.lastIndexOf('.'));
                    if (metric instanceof HdrHistogramMetric histogram) {
                        waits.dataPoint(CallCollector.summary(Labels.of("server", server), histogram, NS_PER_SECOND));
                    }
                });
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        gauges.values().forEach(gauge -> all.metricSnapshot(gauge.build()));
        return all.metricSnapshot(waits.build()).build();
    }
}
