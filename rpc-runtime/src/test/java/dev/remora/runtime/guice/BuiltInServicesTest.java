package dev.remora.runtime.guice;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import com.google.protobuf.AnyProto;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.api.CallOptions;
import dev.remora.api.stub.ClientCalls;
import dev.remora.contract.Patience;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.TextService;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.health.v1.ServingStatus;
import dev.remora.runtime.introspection.CallProgress;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.Side;
import dev.remora.runtime.reflection.ReflectionClient;
import dev.remora.spi.Transport;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which built-in services a node serves, and that they know of its calls. */
class BuiltInServicesTest {
    private static Injector node(Map<String, Object> more) {
        Map<String, Object> keys = new HashMap<>(more);
        keys.put("remora.transport", "in-process");
        keys.put("remora.server.address", "node:0");
        return Guice.createInjector(new RemoraModule(ConfigFactory.parseMap(keys)), new InProcessModule(), binder -> {
            Multibinder.newSetBinder(binder, BindableService.class).addBinding().toInstance(new TextService(q -> q));
            Multibinder.newSetBinder(binder, FileDescriptor.class).addBinding().toInstance(AnyProto.getDescriptor());
        });
    }

    @Test
    void healthAloneIsServedUnlessConfiguredOtherwise() {
        Injector injector = node(Map.of());
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            assertThat(node.server().methods())
                    .contains("test.Text/Say", "remora.health.v1.Health/Check")
                    .noneMatch(method -> method.startsWith("remora.reflection"))
                    .noneMatch(method -> method.startsWith("remora.introspection"));
            HealthService health = injector.getInstance(HealthService.class);
            assertThat(health.status(TextService.NAME)).isEqualTo(ServingStatus.SERVING);
            assertThat(injector.getInstance(MetricRegistry.class).getNames())
                    .contains("remora.health.not-serving", "remora.introspection.calls-listed");
            node.close();
            assertThat(health.status(TextService.NAME)).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void eachIsSwitchedByItself() {
        Injector injector = node(Map.of(
                "remora.server.health", false,
                "remora.server.reflection", true,
                "remora.server.introspection", true));
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            assertThat(node.server().methods())
                    .contains(
                            "remora.reflection.v1.Reflection/FindFiles",
                            "remora.introspection.v1.Introspection/ListCalls")
                    .noneMatch(method -> method.startsWith("remora.health"));
        }
    }

    @Test
    void reflectionKnowsTheFilesThatAreBound() {
        Injector injector = node(Map.of("remora.server.reflection", true));
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start();
                RemoraChannel channel = RemoraChannel.builder(injector.getInstance(Transport.class))
                        .target(node.localAddress())
                        .build()) {
            assertThat(new ReflectionClient(channel, Duration.ofSeconds(20))
                            .describe(List.of("google.protobuf.Any"))
                            .message("google.protobuf.Any"))
                    .isPresent();
        }
    }

    @Test
    void callsOfServerAndConfiguredClientsAreWatchedTogether() {
        Map<String, Object> keys =
                Map.of("remora.clients.self.target", "node:4711", "remora.server.address", "node:4711");
        Map<String, Object> all = new HashMap<>(keys);
        all.put("remora.transport", "in-process");
        Injector injector = Guice.createInjector(
                new RemoraModule(ConfigFactory.parseMap(all)),
                new InProcessModule(),
                binder -> Multibinder.newSetBinder(binder, BindableService.class)
                        .addBinding()
                        .toInstance(new TextService(q -> q)));
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            assertThat(node.server().localAddress().port()).isEqualTo(4711);
            ClientCalls.blockingUnary(
                    injector.getInstance(Channels.class).channel("self"),
                    TextService.METHOD,
                    CallOptions.DEFAULT,
                    TextService.text("x"));
            LiveCalls calls = injector.getInstance(LiveCalls.class);
            assertThat(calls.slowest(call -> call.side() == Side.CLIENT)).hasSize(1);
            Patience.until(
                    () -> calls.slowest(call -> call.side() == Side.SERVER).size() == 1, "the server's part ends");
        }
    }

    @Test
    void switchedOffNothingIsWatched() {
        Injector injector = node(Map.of("remora.introspection.enabled", false));
        assertThat(injector.getInstance(LiveCalls.class)
                        .client(TextService.METHOD)
                        .begin(1))
                .isSameAs(CallProgress.NONE);
    }
}
