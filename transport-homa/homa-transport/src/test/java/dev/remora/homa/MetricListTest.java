package dev.remora.homa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.contract.Patience;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportMetric;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricListTest {
    @Test
    void everyMetricHasANameOfItsOwnAndCountsWhatHappened() {
        HomaFixture fixture = new HomaFixture(Map.of());
        try (HomaTransport serving = fixture.transport(Map.of());
                HomaTransport calling = fixture.transport(Map.of())) {
            ServerTransport server = serving.listen(fixture.anyAddress(), (exchange, request) -> {
                request.release();
                exchange.respond(exchange.allocate(0));
            });
            CompletableFuture<Boolean> answered = new CompletableFuture<>();
            ClientTransport client = calling.connect(server.localAddress());
            client.call(client.allocate(100), 0, new ResponseHandler() {
                @Override
                public void onResponse(MessageBuffer response) {
                    response.release();
                    answered.complete(true);
                }

                @Override
                public void onFailure(TransportException failure) {
                    answered.completeExceptionally(failure);
                }
            });
            Patience.await(answered, "the response");

            Map<String, TransportMetric> metrics =
                    calling.metrics().stream().collect(Collectors.toMap(TransportMetric::name, metric -> metric));
            assertThat(value(metrics, "protocol.client-requests-started")).isEqualTo(1);
            assertThat(value(metrics, "protocol.client-responses-done")).isEqualTo(1);
            assertThat(value(metrics, "engine.0.packets-received")).isPositive();
            assertThat(value(metrics, "engine.0.rounds"))
                    .isGreaterThanOrEqualTo(value(metrics, "engine.0.busy-rounds"));
            assertThat(value(metrics, "engine.0.client-rpcs")).isZero();
            long packets = 0;
            for (int level = 0; level < 8; level++) {
                packets += value(metrics, "level." + level + ".packets");
            }
            assertThat(packets).isPositive();
        }
    }

    private static long value(Map<String, TransportMetric> metrics, String name) {
        assertThat(metrics).containsKey(name);
        return Objects.requireNonNull(metrics.get(name)).value().getAsLong();
    }
}
