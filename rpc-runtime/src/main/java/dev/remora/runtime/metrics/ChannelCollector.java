package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** What channels count as Prometheus wants it: {@code remora_channel_<name>} with the label {@code channel}. */
final class ChannelCollector implements MultiCollector {
    private final MetricRegistry registry;

    ChannelCollector(MetricRegistry registry) {
        this.registry = registry;
    }

    @Override
    public MetricSnapshots collect() {
        List<ChannelGauge> gauges =
                registry.getGauges((name, metric) -> metric instanceof ChannelGauge).values().stream()
                        .map(ChannelGauge.class::cast)
                        .toList();
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        for (ChannelMetrics.Figure figure : ChannelMetrics.FIGURES) {
            List<ChannelGauge> ofAllChannels = gauges.stream()
                    .filter(gauge -> gauge.figure().equals(figure))
                    .toList();
            if (!ofAllChannels.isEmpty()) {
                all.metricSnapshot(snapshot(figure, ofAllChannels));
            }
        }
        return all.build();
    }

    private static MetricSnapshot snapshot(ChannelMetrics.Figure figure, List<ChannelGauge> gauges) {
        String name = "remora_channel_" + figure.name().replace('-', '_');
        String help = figure.meaning() + ".";
        if (figure.counter()) {
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(name).help(help);
            gauges.forEach(gauge -> counter.dataPoint(CounterDataPointSnapshot.builder()
                    .labels(labels(gauge))
                    .value(gauge.getValue())
                    .build()));
            return counter.build();
        }
        GaugeSnapshot.Builder level = GaugeSnapshot.builder().name(name).help(help);
        gauges.forEach(gauge -> level.dataPoint(GaugeDataPointSnapshot.builder()
                .labels(labels(gauge))
                .value(gauge.getValue())
                .build()));
        return level.build();
    }

    private static Labels labels(ChannelGauge gauge) {
        return Labels.of("channel", gauge.channel());
    }
}
