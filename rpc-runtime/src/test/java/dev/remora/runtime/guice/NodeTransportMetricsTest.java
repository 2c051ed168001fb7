package dev.remora.runtime.guice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.MapBinder;
import com.typesafe.config.ConfigFactory;
import dev.remora.runtime.metrics.CountingTransport;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportMetric;
import dev.remora.spi.TransportProvider;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a node does with the metrics of its transport. */
class NodeTransportMetricsTest {
    private static final String NAME = "remora.transport.counting.packets";

    private static Injector node(Map<String, Object> more) {
        TransportProvider provider = new TransportProvider() {
            @Override
            public String name() {
                return "counting";
            }

            @Override
            public List<Setting<?>> settings() {
                return List.of();
            }

            @Override
            public Transport create(SettingValues values) {
                return new CountingTransport(
                        "counting", TransportMetric.counter("packets", "packets", "sent", () -> 6));
            }
        };
        Map<String, Object> keys = new HashMap<>(more);
        keys.put("remora.transport", "counting");
        return Guice.createInjector(
                new RemoraModule(ConfigFactory.parseMap(keys)),
                binder -> MapBinder.newMapBinder(binder, String.class, TransportProvider.class)
                        .addBinding("counting")
                        .toInstance(provider));
    }

    private static MetricRegistry registry(Injector injector) {
        return injector.getInstance(MetricRegistry.class);
    }

    @Test
    void theyAreThereWhileTheNodeRuns() {
        Injector injector = node(Map.of());
        RemoraNode node = injector.getInstance(RemoraNode.class);
        assertThat(registry(injector).getNames()).doesNotContain(NAME);

        node.start();
        assertThat(registry(injector).gauge(NAME).getValue()).isEqualTo(6L);
        assertThatIllegalStateException().isThrownBy(node::start).withMessageContaining("started already");

        node.close();
        assertThat(registry(injector).getNames()).doesNotContain(NAME);
    }

    @Test
    void withoutMetricsThereAreNone() {
        Injector injector = node(Map.of("remora.metrics.enabled", false));
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            assertThat(node.reporters().prometheusAddress()).isEmpty();
            assertThat(registry(injector).getNames()).isEmpty();
        }
    }

    @Test
    void aNodeThatCouldNotStartLeavesNoneBehind() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Injector injector = node(Map.of("remora.metrics.prometheus.address", "127.0.0.1:" + taken.getLocalPort()));
            try (RemoraNode node = injector.getInstance(RemoraNode.class)) {
                assertThatThrownBy(node::start).isInstanceOf(UncheckedIOException.class);
                assertThat(registry(injector).getNames()).doesNotContain(NAME);
            }
        }
    }
}
