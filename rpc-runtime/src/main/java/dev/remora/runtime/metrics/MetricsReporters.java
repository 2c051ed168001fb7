package dev.remora.runtime.metrics;

import com.codahale.metrics.ConsoleReporter;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.jmx.JmxReporter;
import dev.remora.runtime.config.MetricsSettings;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportException;
import io.prometheus.metrics.exporter.httpserver.HTTPServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The reporters of one registry, as configured by {@link MetricsSettings}. */
public final class MetricsReporters implements AutoCloseable {
    private final List<AutoCloseable> running = new ArrayList<>();
    private @Nullable Endpoint prometheusAddress;

    private MetricsReporters() {}

    /**
     * Starts what is configured.
     *
     * @throws TransportException with BIND if the address for Prometheus cannot be had
     */
    public static MetricsReporters start(MetricRegistry registry, SettingValues settings) {
        MetricsReporters reporters = new MetricsReporters();
        if (settings.get(MetricsSettings.JMX)) {
            JmxReporter jmx =
                    JmxReporter.forRegistry(registry).inDomain("dev.remora").build();
            jmx.start();
            reporters.running.add(jmx);
        }
        String address = settings.get(MetricsSettings.PROMETHEUS_ADDRESS);
        if (!address.isEmpty()) {
            reporters.startPrometheus(registry, Endpoint.parse(address));
        }
        long intervalNs = settings.get(MetricsSettings.CONSOLE_INTERVAL);
        if (intervalNs > 0) {
            ConsoleReporter console = ConsoleReporter.forRegistry(registry).build();
            console.start(intervalNs, TimeUnit.NANOSECONDS);
            reporters.running.add(console);
        }
        return reporters;
    }

    private void startPrometheus(MetricRegistry registry, Endpoint address) {
        PrometheusRegistry prometheus = new PrometheusRegistry();
        prometheus.register(new PrometheusCollector(registry));
        try {
            HTTPServer server = HTTPServer.builder()
                    .inetAddress(InetAddress.getByName(address.host()))
                    .port(address.port())
                    .registry(prometheus)
                    .buildAndStart();
            running.add(server::close);
            prometheusAddress = new Endpoint(address.host(), server.getPort());
        } catch (IOException e) {
            close();
            throw new TransportException(
                    TransportException.Reason.BIND,
                    "the Prometheus endpoint cannot listen at " + address + " (" + e.getMessage()
                            + "): free the port or change remora.metrics.prometheus.address",
                    e);
        }
    }

    /** Where the Prometheus endpoint listens, with the real port. */
    public Optional<Endpoint> prometheusAddress() {
        return Optional.ofNullable(prometheusAddress);
    }

    /** Ends all reporters. Idempotent. */
    @Override
    public void close() {
        for (AutoCloseable reporter : running) {
            try {
                reporter.close();
            } catch (Exception e) {
                throw new IllegalStateException("a metrics reporter cannot be closed", e);
            }
        }
        running.clear();
    }
}
