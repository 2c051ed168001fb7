package dev.remora.homa;

import dev.remora.spi.Transport;
import java.util.List;

/** Values of a transport's metrics. */
final class MetricValues {
    private MetricValues() {}

    /** Of a metric that each engine has, in their order. */
    static List<Long> of(Transport transport, String name) {
        return transport.metrics().stream()
                .filter(metric -> metric.name().matches("engine\\.[0-9]+\\." + name))
                .map(metric -> metric.value().getAsLong())
                .toList();
    }

    /** Of all engines together. */
    static long sum(Transport transport, String name) {
        return of(transport, name).stream().mapToLong(Long::longValue).sum();
    }

    /** Of a metric of the transport as a whole. */
    static long value(Transport transport, String name) {
        return transport.metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .findAny()
                .orElseThrow()
                .value()
                .getAsLong();
    }
}
