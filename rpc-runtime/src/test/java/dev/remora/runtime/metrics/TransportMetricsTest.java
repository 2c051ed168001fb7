package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.codahale.metrics.MetricRegistry;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MetricsSettings;
import dev.remora.spi.Endpoint;
import dev.remora.spi.TransportMetric;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TransportMetricsTest {
    private final MetricRegistry registry = new MetricRegistry();
    private final RpcMetrics metrics = new RpcMetrics(registry);
    private final AtomicLong sent = new AtomicLong(3);

    private TransportMetric bytesSent() {
        return TransportMetric.counter("bytes-sent", "bytes", "bytes handed to sockets", sent::get);
    }

    private static TransportMetric rounds(int engine, long value) {
        return TransportMetric.counter("engine." + engine + ".rounds", "rounds", "turns of the loop", () -> value);
    }

    private String scrape() throws IOException, InterruptedException {
        DefaultValues settings =
                DefaultValues.of(MetricsSettings.ALL).with(MetricsSettings.PROMETHEUS_ADDRESS, "127.0.0.1:0");
        try (MetricsReporters reporters = MetricsReporters.start(settings, metrics);
                HttpClient client = HttpClient.newHttpClient()) {
            Endpoint address = reporters.prometheusAddress().orElseThrow();
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address + "/metrics"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return response.body();
        }
    }

    @Test
    void theyAreGaugesOfTheRegistryUntilClosed() {
        TransportMetrics registered =
                TransportMetrics.register(metrics, new CountingTransport("tcp", bytesSent(), rounds(0, 5)));

        assertThat(registry.gauge("remora.transport.tcp.bytes-sent").getValue()).isEqualTo(3L);
        sent.set(4);
        assertThat(registry.gauge("remora.transport.tcp.bytes-sent").getValue()).isEqualTo(4L);
        assertThat(registry.gauge("remora.transport.tcp.engine.0.rounds").getValue())
                .isEqualTo(5L);

        registered.close();
        registered.close();
        assertThat(registry.getNames()).isEmpty();
    }

    @Test
    void nothingIsRegisteredWhenNothingIsMeasured() {
        TransportMetrics.register(RpcMetrics.none(), new CountingTransport("tcp", bytesSent()))
                .close();

        assertThat(RpcMetrics.none().registry().getNames()).isEmpty();
    }

    @Test
    void aNameThatIsTakenIsToldAndNothingIsLeftBehind() {
        registry.counter("remora.transport.tcp.bytes-sent");

        assertThatIllegalStateException()
                .isThrownBy(() ->
                        TransportMetrics.register(metrics, new CountingTransport("tcp", rounds(0, 1), bytesSent())))
                .withMessageContaining("remora.transport.tcp.bytes-sent");
        assertThat(registry.getNames()).containsExactly("remora.transport.tcp.bytes-sent");
    }

    @Test
    void thereIsABound() {
        List<TransportMetric> many = IntStream.rangeClosed(0, TransportMetrics.MAX_METRICS)
                .mapToObj(i -> rounds(i, i))
                .toList();

        try (TransportMetrics registered = TransportMetrics.register(metrics, new CountingTransport("homa", many))) {
            assertThat(registered).isNotNull();
            assertThat(registry.getNames()).hasSize(TransportMetrics.MAX_METRICS);
        }
    }

    @Test
    void prometheusShowsThemWithTypeHelpAndLabels() throws Exception {
        TransportMetrics.register(
                metrics,
                new CountingTransport(
                        "homa",
                        bytesSent(),
                        rounds(0, 7),
                        rounds(1, 8),
                        TransportMetric.gauge("engine.1.client-rpcs", "RPCs", "in the table", () -> 9),
                        TransportMetric.counter("level.7.bytes", "bytes", "sent at this level", () -> 10),
                        TransportMetric.gauge("ratio", "", "a bare number", () -> -2)));

        assertThat(scrape().lines())
                .contains(
                        "# HELP remora_transport_homa_bytes_sent_total bytes handed to sockets (in bytes).",
                        "# TYPE remora_transport_homa_bytes_sent_total counter",
                        "remora_transport_homa_bytes_sent_total 3.0",
                        "# TYPE remora_transport_homa_engine_rounds_total counter",
                        "remora_transport_homa_engine_rounds_total{engine=\"0\"} 7.0",
                        "remora_transport_homa_engine_rounds_total{engine=\"1\"} 8.0",
                        "# TYPE remora_transport_homa_engine_client_rpcs gauge",
                        "remora_transport_homa_engine_client_rpcs{engine=\"1\"} 9.0",
                        "remora_transport_homa_level_bytes_total{level=\"7\"} 10.0",
                        "# HELP remora_transport_homa_ratio a bare number.",
                        "remora_transport_homa_ratio -2.0")
                // and not a second time, as the application's own
                .noneMatch(line -> line.contains("engine_0") || line.contains("Generated from Dropwizard"));
    }

    @Test
    void metricsThatPrometheusCannotShowLeaveTheOthersInPeace() throws Exception {
        TransportMetrics.register(
                metrics,
                new CountingTransport(
                        "odd",
                        TransportMetric.counter("a-b", "", "first", () -> 1),
                        TransportMetric.counter("a.b", "", "same name to Prometheus", () -> 2),
                        TransportMetric.gauge("a.0.b", "", "same name, other kind", () -> 3),
                        TransportMetric.counter("negative", "", "a counter below 0", () -> -1),
                        TransportMetric.counter("total", "", "a suffix that Prometheus keeps for itself", () -> 4),
                        TransportMetric.counter("throws", "", "fails", () -> {
                            throw new IllegalStateException("no value");
                        }),
                        bytesSent()));

        assertThat(scrape().lines().filter(line -> line.startsWith("remora_transport_odd")))
                .contains("remora_transport_odd_a_b_total 1.0", "remora_transport_odd_bytes_sent_total 3.0")
                .noneMatch(line -> line.endsWith(" 2.0") || line.endsWith(" -1.0"));
    }
}
