package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import dev.remora.spi.TransportMetric;
import dev.remora.spi.TransportMetric.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.PrometheusNaming;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What transports count as Prometheus wants it: {@code remora_transport_<transport>_<name>} with help and type. A level of
 * the name that is a number becomes a label named after the level before it: {@code engine.0.parks} of the transport
 * {@code homa} is {@code remora_transport_homa_engine_parks_total{engine="0"}}. So one can sum over engines.
 */
final class TransportCollector implements MultiCollector {
    private final MetricRegistry registry;

    TransportCollector(MetricRegistry registry) {
        this.registry = registry;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, Family> families = new LinkedHashMap<>();
        registry.getGauges((name, metric) -> metric instanceof TransportGauge).values().stream()
                .map(TransportGauge.class::cast)
                .forEach(gauge -> add(families, gauge));
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        families.forEach((name, family) -> all.metricSnapshot(family.snapshot(name)));
        return all.build();
    }

    /** A metric that cannot be shown must not take all others with it. */
    private static void add(Map<String, Family> families, TransportGauge gauge) {
        StringBuilder name = new StringBuilder("remora_transport_").append(gauge.transport());
        Labels labels = Labels.EMPTY;
        String before = "";
        for (String level : gauge.metric().name().split("\\.", -1)) {
            if (level.chars().allMatch(Character::isDigit) && !labels.contains(label(before))) {
                labels = labels.add(label(before), level);
            } else {
                name.append('_').append(level);
                before = level;
            }
        }
        Family family = families.computeIfAbsent(
                PrometheusNaming.sanitizeMetricName(name.toString().replace('-', '_')),
                key -> new Family(gauge.metric()));
        long value;
        try {
            value = gauge.getValue();
        } catch (RuntimeException e) {
            gauge.leftOut("its value cannot be read: " + e);
            return;
        }
        if (value < 0 && gauge.metric().kind() == Kind.COUNTER) {
            gauge.leftOut("it is called a counter and yet is " + value);
        } else if (family.first.kind() != gauge.metric().kind()) {
            gauge.leftOut("Prometheus sees no difference to " + family.first.name() + ", which is of another kind");
        } else if (family.values.putIfAbsent(labels, value) != null) {
            gauge.leftOut("Prometheus sees no difference to another metric");
        }
    }

    private static String label(String level) {
        return PrometheusNaming.sanitizeLabelName(level.replace('-', '_'));
    }

    /** Metrics of one name, whose labels differ. */
    private static final class Family {
        private final TransportMetric first;
        private final Map<Labels, Long> values = new LinkedHashMap<>();

        Family(TransportMetric first) {
            this.first = first;
        }

        MetricSnapshot snapshot(String name) {
            String help = first.meaning() + (first.unit().isEmpty() ? "." : " (in " + first.unit() + ").");
            if (first.kind() == Kind.COUNTER) {
                CounterSnapshot.Builder counter =
                        CounterSnapshot.builder().name(name).help(help);
                values.forEach((labels, value) -> counter.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels)
                        .value(value)
                        .build()));
                return counter.build();
            }
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
            values.forEach((labels, value) -> gauge.dataPoint(
                    GaugeDataPointSnapshot.builder().labels(labels).value(value).build()));
            return gauge.build();
        }
    }
}
