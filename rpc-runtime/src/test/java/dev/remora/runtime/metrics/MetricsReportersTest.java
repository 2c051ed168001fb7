package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.codahale.metrics.MetricRegistry;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MetricsSettings;
import dev.remora.spi.Endpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsReportersTest {
    private static final DefaultValues OFF = DefaultValues.of(MetricsSettings.ALL);
    private static final DefaultValues PROMETHEUS = OFF.with(MetricsSettings.PROMETHEUS_ADDRESS, "127.0.0.1:0");

    private final MetricRegistry registry = new MetricRegistry();
    private final RpcMetrics metrics = new RpcMetrics(registry);

    @BeforeEach
    void someCalls() {
        MethodMetrics get = metrics.client(Methods.of("photos.v1.Users", "Get"));
        for (int i = 0; i < 3; i++) {
            get.started();
        }
        get.ended(StatusCode.OK, 1_000_000, 100, 2000);
        get.ended(StatusCode.NOT_FOUND, 3_000_000, 100, MethodMetrics.NO_MESSAGE);
        metrics.server(Methods.of("photos.v1.Posts", "Put")).started();
        registry.counter("cache.hits").inc(5);
    }

    private static String scrape(Endpoint endpoint) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + endpoint + "/metrics"))
                    .timeout(Duration.ofSeconds(30))
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }

    @Test
    void prometheusShowsCallsWithLabels() throws Exception {
        try (MetricsReporters reporters = MetricsReporters.start(PROMETHEUS, metrics)) {
            String text = scrape(reporters.prometheusAddress().orElseThrow());
            String get = "method=\"Get\",service=\"photos.v1.Users\",side=\"client\"";

            assertThat(text.lines())
                    .contains(
                            "remora_calls_started_total{" + get + "} 3.0",
                            "remora_calls_total{" + get + ",status=\"OK\"} 1.0",
                            "remora_calls_total{" + get + ",status=\"NOT_FOUND\"} 1.0",
                            "remora_calls_in_flight{" + get + "} 1.0",
                            "remora_latency_seconds_count{" + get + "} 2",
                            "remora_latency_seconds_sum{" + get + "} 0.004",
                            "remora_request_bytes_sum{" + get + "} 200.0",
                            "remora_response_bytes_count{" + get + "} 1",
                            "remora_latency_out_of_range_total{" + get + "} 0.0",
                            "remora_calls_in_flight{method=\"Put\",service=\"photos.v1.Posts\",side=\"server\"} 1.0",
                            "# TYPE remora_latency_seconds summary");
            String p50 = text.lines()
                    .filter(line -> line.startsWith("remora_latency_seconds{" + get + ",quantile=\"0.5\"} "))
                    .findFirst()
                    .orElseThrow();
            assertThat(Double.parseDouble(p50.substring(p50.lastIndexOf(' ')))).isBetween(0.001, 0.001001);
        }
    }

    @Test
    void prometheusShowsTheApplicationsOwnMetricsToo() throws Exception {
        try (MetricsReporters reporters = MetricsReporters.start(PROMETHEUS, metrics)) {
            String text = scrape(reporters.prometheusAddress().orElseThrow());

            assertThat(text).contains("cache_hits").doesNotContain("photos_v1_Users");
        }
    }

    @Test
    void anAddressInUseIsNamedAndNothingElseIsLeftRunning() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();

            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> MetricsReporters.start(
                            OFF.with(MetricsSettings.PROMETHEUS_ADDRESS, address)
                                    .with(MetricsSettings.JMX, true),
                            metrics))
                    .withMessageContaining(address)
                    .withMessageContaining("remora.metrics.prometheus.address");
            assertThat(beans().queryNames(new ObjectName("remora:*"), null)).isEmpty();
        }
    }

    @Test
    void closeFreesThePort() throws Exception {
        MetricsReporters reporters = MetricsReporters.start(PROMETHEUS, metrics);
        Endpoint address = reporters.prometheusAddress().orElseThrow();
        reporters.close();
        reporters.close();

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> scrape(address));
    }

    private static MBeanServer beans() {
        return ManagementFactory.getPlatformMBeanServer();
    }

    @Test
    void jmxPublishesEveryMetricUntilClosed() throws Exception {
        ObjectName calls = new ObjectName("remora:name=remora.client.photos.v1.Users/Get.calls,type=counters");
        ObjectName latency = new ObjectName("remora:name=remora.client.photos.v1.Users/Get.latency-ns,type=histograms");
        try (MetricsReporters reporters = MetricsReporters.start(OFF.with(MetricsSettings.JMX, true), metrics)) {
            assertThat(reporters.prometheusAddress()).isEmpty();
            assertThat(beans().getAttribute(calls, "Count")).isEqualTo(3L);
            assertThat(beans().getAttribute(latency, "Count")).isEqualTo(2L);
        }
        assertThat(beans().isRegistered(calls)).isFalse();
    }

    @Test
    void theConsoleGetsReports() throws Exception {
        CountDownLatch reported = new CountDownLatch(1);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        OutputStream sink = new OutputStream() {
            @Override
            public synchronized void write(int b) {
                text.write(b);
            }

            @Override
            public synchronized void flush() {
                if (text.toString(StandardCharsets.UTF_8).contains("latency-ns")) {
                    reported.countDown();
                }
            }
        };
        DefaultValues settings = OFF.with(MetricsSettings.CONSOLE_INTERVAL, 1_000_000L);
        try (PrintStream out = new PrintStream(sink, false, StandardCharsets.UTF_8);
                MetricsReporters reporters = MetricsReporters.start(settings, metrics, out)) {
            assertThat(reporters.prometheusAddress()).isEmpty();
            assertThat(reported.await(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(text.toString(StandardCharsets.UTF_8)).contains("remora.client.photos.v1.Users/Get.calls");
    }

    @Test
    void nothingRunsWhenMetricsAreOff() {
        try (MetricsReporters off = MetricsReporters.start(PROMETHEUS.with(MetricsSettings.ENABLED, false), metrics);
                MetricsReporters none = MetricsReporters.start(PROMETHEUS, RpcMetrics.none())) {
            assertThat(off.prometheusAddress()).isEmpty();
            assertThat(none.prometheusAddress()).isEmpty();
        }
    }
}
