package dev.remora.runtime.metrics;

import com.codahale.metrics.MetricFilter;
import dev.remora.spi.Endpoint;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.instrumentation.dropwizard.DropwizardExports;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves all metrics of a registry as Prometheus text under {@code /metrics}, on daemon threads of its own. */
final class PrometheusEndpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusEndpoint.class);

    private final HTTPServer server;
    private final Endpoint address;

    /** @throws UncheckedIOException if the address cannot be bound */
    PrometheusEndpoint(Endpoint wanted, RpcMetrics metrics) {
        PrometheusRegistry registry = new PrometheusRegistry();
        registry.register(new CallCollector(metrics));
        registry.register(new StreamCollector(metrics));
        registry.register(new ServerCollector(metrics.registry()));
        registry.register(new TransportCollector(metrics.registry()));
        registry.register(new ChannelCollector(metrics.registry()));
        // What the application measures itself; ours are there already, with labels.
        MetricFilter foreign = (name, metric) -> !RpcMetrics.isOurs(name);
        DropwizardExports.builder()
                .dropwizardRegistry(metrics.registry())
                .metricFilter(foreign)
                .invalidMetricHandler(PrometheusEndpoint::skip)
                .register(registry);
        try {
            server = HTTPServer.builder()
                    .hostname(wanted.host())
                    .port(wanted.port())
                    .registry(registry)
                    .buildAndStart();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the Prometheus endpoint cannot listen on " + wanted + " (remora.metrics.prometheus.address): "
                            + e.getMessage(),
                    e);
        }
        address = new Endpoint(wanted.host(), server.getPort());
    }

    /** One metric of the application that cannot be shown must not take all others with it. */
    private static boolean skip(String name, Exception failure) {
        LOG.warn("metric {} cannot be shown to Prometheus and is left out: {}", name, failure.toString());
        return true;
    }

    /** With the real port. */
    Endpoint address() {
        return address;
    }

    @Override
    public void close() {
        server.close();
    }
}
