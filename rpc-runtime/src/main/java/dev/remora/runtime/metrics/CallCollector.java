package dev.remora.runtime.metrics;

import dev.remora.api.StatusCode;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Our metrics as Prometheus wants them: side, service, method and status are labels and times are seconds. The library's
 * bridge from Dropwizard would put them all into the name, since services' names have dots in them.
 */
final class CallCollector implements MultiCollector {
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999};
    private static final double NS_PER_SECOND = 1e9;

    private final RpcMetrics metrics;

    CallCollector(RpcMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        List<RecordingMethodMetrics> methods = Stream.of(Side.values())
                .flatMap(side -> metrics.methods(side).stream())
                .sorted(Comparator.comparing(RecordingMethodMetrics::side)
                        .thenComparing(RecordingMethodMetrics::service)
                        .thenComparing(RecordingMethodMetrics::method))
                .toList();
        CounterSnapshot.Builder started =
                CounterSnapshot.builder().name("remora_calls_started").help("Calls begun.");
        CounterSnapshot.Builder ended =
                CounterSnapshot.builder().name("remora_calls").help("Calls ended, by status.");
        GaugeSnapshot.Builder inFlight =
                GaugeSnapshot.builder().name("remora_calls_in_flight").help("Calls begun and not ended.");
        SummarySnapshot.Builder latency = SummarySnapshot.builder()
                .name("remora_latency_seconds")
                .help("Time from begin to end of a call; quantiles of the last 30 to 60 s.");
        SummarySnapshot.Builder requests = SummarySnapshot.builder()
                .name("remora_request_bytes")
                .help("Size of request messages; quantiles of the last 30 to 60 s.");
        SummarySnapshot.Builder responses = SummarySnapshot.builder()
                .name("remora_response_bytes")
                .help("Size of response messages; quantiles of the last 30 to 60 s.");
        CounterSnapshot.Builder outOfRange = CounterSnapshot.builder()
                .name("remora_latency_out_of_range")
                .help("Calls longer than 120 s, which count as that long.");
        CounterSnapshot.Builder events = CounterSnapshot.builder()
                .name("remora_call_events")
                .help("What happened to calls besides their ends, by event; docs/metrics.md lists them.");
        GaugeSnapshot.Builder levels = GaugeSnapshot.builder()
                .name("remora_call_levels")
                .help("What rises and falls, by level; docs/metrics.md lists them.");
        for (RecordingMethodMetrics m : methods) {
            Labels labels = Labels.of("side", m.side().word(), "service", m.service(), "method", m.method());
            addEnded(ended, m, labels);
            addEvents(events, m, labels);
            addLevels(levels, m, labels);
            started.dataPoint(counter(labels, m.calls()));
            inFlight.dataPoint(GaugeDataPointSnapshot.builder()
                    .labels(labels)
                    .value(m.inFlight())
                    .build());
            latency.dataPoint(summary(labels, m.latencyNs(), NS_PER_SECOND));
            requests.dataPoint(summary(labels, m.requestBytes(), 1));
            responses.dataPoint(summary(labels, m.responseBytes(), 1));
            outOfRange.dataPoint(counter(labels, m.latencyNs().outOfRange()));
        }
        return MetricSnapshots.of(
                started.build(),
                ended.build(),
                inFlight.build(),
                latency.build(),
                requests.build(),
                responses.build(),
                outOfRange.build(),
                events.build(),
                levels.build());
    }

    private static void addEvents(CounterSnapshot.Builder out, RecordingMethodMetrics m, Labels labels) {
        for (CallEvent event : CallEvent.values()) {
            long count = m.events(event);
            if (count > 0) {
                out.dataPoint(counter(labels.add("event", event.word()), count));
            }
        }
    }

    private static void addLevels(GaugeSnapshot.Builder out, RecordingMethodMetrics m, Labels labels) {
        for (CallLevel level : CallLevel.values()) {
            Long value = m.level(level);
            if (value != null) {
                out.dataPoint(GaugeDataPointSnapshot.builder()
                        .labels(labels.add("level", level.word()))
                        .value(value)
                        .build());
            }
        }
    }

    private static void addEnded(CounterSnapshot.Builder out, RecordingMethodMetrics m, Labels labels) {
        out.dataPoint(counter(labels.add("status", StatusCode.OK.name()), m.ok()));
        for (StatusCode code : StatusCode.values()) {
            long errors = m.errors(code);
            if (errors > 0) {
                out.dataPoint(counter(labels.add("status", code.name()), errors));
            }
        }
    }

    private static CounterDataPointSnapshot counter(Labels labels, long value) {
        return CounterDataPointSnapshot.builder().labels(labels).value(value).build();
    }

    static SummaryDataPointSnapshot summary(Labels labels, HdrHistogramMetric metric, double unit) {
        HdrSnapshot window = metric.getSnapshot();
        Quantiles.Builder quantiles = Quantiles.builder();
        for (double q : QUANTILES) {
            // Without a value in the window Prometheus wants NaN, not a latency of zero.
            quantiles.quantile(q, window.count() == 0 ? Double.NaN : window.getValue(q) / unit);
        }
        return SummaryDataPointSnapshot.builder()
                .labels(labels)
                .quantiles(quantiles.build())
                .count(metric.getCount())
                .sum(metric.sum() / unit)
                .build();
    }
}
