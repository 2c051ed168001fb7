package dev.remora.runtime.metrics;

import com.codahale.metrics.ConsoleReporter;
import com.codahale.metrics.jmx.JmxReporter;
import dev.remora.runtime.config.MetricsSettings;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The reporters that configuration asks for, running until {@link #close}. For any thread. */
public final class MetricsReporters implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MetricsReporters.class);
    private static final String JMX_DOMAIN = "remora";

    private final Deque<AutoCloseable> running = new ArrayDeque<>();
    private Optional<Endpoint> prometheusAddress = Optional.empty();

    private MetricsReporters() {}

    /**
     * Starts them; none if {@link MetricsSettings#ENABLED} is off or nothing is measured.
     *
     * @param settings values of {@link MetricsSettings}
     * @throws java.io.UncheckedIOException if the Prometheus endpoint cannot listen on its address; nothing runs then
     */
    public static MetricsReporters start(SettingValues settings, RpcMetrics metrics) {
        return start(settings, metrics, System.out);
    }

    static MetricsReporters start(SettingValues settings, RpcMetrics metrics, PrintStream console) {
        MetricsReporters reporters = new MetricsReporters();
        if (settings.get(MetricsSettings.ENABLED) && metrics.isEnabled()) {
            try {
                reporters.startAll(settings, metrics, console);
            } catch (RuntimeException e) {
                reporters.close();
                throw e;
            }
        }
        return reporters;
    }

    private void startAll(SettingValues settings, RpcMetrics metrics, PrintStream console) {
        // First what can fail.
        String prometheus = settings.get(MetricsSettings.PROMETHEUS_ADDRESS);
        if (!prometheus.isEmpty()) {
            PrometheusEndpoint endpoint = new PrometheusEndpoint(Endpoint.parse(prometheus), metrics);
            running.push(endpoint);
            prometheusAddress = Optional.of(endpoint.address());
        }
        if (settings.get(MetricsSettings.JMX)) {
            JmxReporter jmx = JmxReporter.forRegistry(metrics.registry())
                    .inDomain(JMX_DOMAIN)
                    .build();
            running.push(jmx);
            jmx.start();
        }
        long intervalNs = settings.get(MetricsSettings.CONSOLE_INTERVAL);
        if (intervalNs > 0) {
            ConsoleReporter reporter = ConsoleReporter.forRegistry(metrics.registry())
                    .outputTo(console)
                    .build();
            running.push(reporter);
            reporter.start(intervalNs, TimeUnit.NANOSECONDS);
        }
    }

    /** Where the Prometheus endpoint listens, with the real port; empty if it is off. */
    public Optional<Endpoint> prometheusAddress() {
        return prometheusAddress;
    }

    /** Stops all of them. Idempotent. The metrics go on. */
    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            try {
                running.pop().close();
            } catch (Exception e) {
                // The three reporters declare no checked exception; whatever it is, the others must stop too.
                LOG.warn("a metrics reporter did not stop", e);
            }
        }
    }
}
