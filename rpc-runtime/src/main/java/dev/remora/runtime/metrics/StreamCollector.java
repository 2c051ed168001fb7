package dev.remora.runtime.metrics;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** Streams as Prometheus wants them: {@code remora_streams_<name>} with the label {@code side}. */
final class StreamCollector implements MultiCollector {
    private final RpcMetrics metrics;

    StreamCollector(RpcMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        List<StreamMetrics> sides = List.copyOf(metrics.streams());
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        if (sides.isEmpty()) {
            return all.build();
        }
        for (int i = 0; i < sides.getFirst().entries().size(); i++) {
            StreamMetrics.Entry first = sides.getFirst().entries().get(i);
            String name = "remora_streams_" + first.name().replace('-', '_');
            CounterSnapshot.Builder counter =
                    CounterSnapshot.builder().name(name).help(first.meaning());
            GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(first.meaning());
            for (StreamMetrics side : sides) {
                Labels labels = Labels.of("side", side.side().word());
                long value = side.entries().get(i).value().sum();
                if (first.grows()) {
                    counter.dataPoint(CounterDataPointSnapshot.builder()
                            .labels(labels)
                            .value(value)
                            .build());
                } else {
                    gauge.dataPoint(GaugeDataPointSnapshot.builder()
                            .labels(labels)
                            .value(value)
                            .build());
                }
            }
            all.metricSnapshot(first.grows() ? counter.build() : gauge.build());
        }
        return all.build();
    }
}
