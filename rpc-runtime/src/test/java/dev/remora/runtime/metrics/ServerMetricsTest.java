package dev.remora.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.MetricsSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
    private final MetricRegistry registry = new MetricRegistry();
    private final RpcMetrics metrics = new RpcMetrics(registry);

    private String page() throws IOException, InterruptedException {
        try (MetricsReporters reporters = MetricsReporters.start(
                DefaultValues.of(MetricsSettings.ALL).with(MetricsSettings.PROMETHEUS_ADDRESS, "127.0.0.1:0"),
                metrics)) {
            URI uri = URI.create("http://" + reporters.prometheusAddress().orElseThrow() + "/metrics");
            try (HttpClient http = HttpClient.newHttpClient()) {
                return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
            }
        }
    }

    private Object gauge(String name) {
        return Objects.requireNonNull(registry.getGauges().get(name), name).getValue();
    }

    @Test
    void whatAServerShowsHasItsPortAsLabelAndGoesWithIt() throws Exception {
        ServerMetrics server = new ServerMetrics(metrics);
        server.register("7000", () -> 10, () -> 4, () -> 2, () -> 1234);
        server.waited(2_000_000);
        assertThat(gauge("remora.admission.7000.limit")).isEqualTo(10L);
        assertThat(page())
                .contains(
                        "remora_admission_limit{server=\"7000\"} 10.0",
                        "remora_admission_in_progress{server=\"7000\"} 4.0",
                        "remora_admission_waiting{server=\"7000\"} 2.0",
                        "remora_admission_request_bytes{server=\"7000\"} 1234.0",
                        "remora_admission_wait_seconds_count{server=\"7000\"} 1")
                .doesNotContain("remora_admission_7000");
        server.close();
        assertThat(registry.getNames()).isEmpty();
    }

    @Test
    void aSecondServerOfThatNameIsNotShownAndDoesNotTakeTheFirstAway() {
        ServerMetrics first = new ServerMetrics(metrics);
        first.register("7000", () -> 1, () -> 1, () -> 1, () -> 1);
        ServerMetrics second = new ServerMetrics(metrics);
        second.register("7000", () -> 2, () -> 2, () -> 2, () -> 2);
        second.close();
        assertThat(gauge("remora.admission.7000.limit")).isEqualTo(1L);
        first.close();
        assertThat(registry.getNames()).isEmpty();
    }

    @Test
    void eventsAndLevelsOfMethodsAreShownOnceTheyHappened() throws Exception {
        MethodMetrics method = metrics.client(MethodDescriptor.protobuf(
                "test.Text",
                "Echo",
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance()));
        method.happened(CallEvent.RETRY);
        method.happened(CallEvent.RETRY);
        method.moved(CallLevel.BREAKERS_OPEN, 1);
        method.moved(CallLevel.BREAKERS_OPEN, -1);
        assertThat(registry.counter("remora.client.test.Text/Echo.retries").getCount())
                .isEqualTo(2);
        assertThat(page().lines())
                .anyMatch(line -> line.startsWith("remora_call_events_total{")
                        && line.contains("event=\"retries\"")
                        && line.endsWith(" 2.0"))
                .anyMatch(line -> line.startsWith("remora_call_levels{")
                        && line.contains("level=\"breakers-open\"")
                        && line.endsWith(" 0.0"))
                .noneMatch(line -> line.contains("event=\"hedges\""));
    }
}
