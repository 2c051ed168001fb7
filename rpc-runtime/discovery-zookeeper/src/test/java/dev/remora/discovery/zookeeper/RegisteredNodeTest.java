package dev.remora.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import com.google.protobuf.StringValue;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.api.CallOptions;
import dev.remora.api.stub.ClientCalls;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.runtime.resolve.HeardAddresses;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.tcp.TcpModule;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that registers, and a client that finds it, both by configuration alone. */
class RegisteredNodeTest {
    private static Injector injector(Map<String, String> keys) {
        return Guice.createInjector(
                new RemoraModule(ConfigFactory.parseMap(keys)),
                new TcpModule(),
                binder -> Multibinder.newSetBinder(binder, BindableService.class)
                        .addBinding()
                        .toInstance(new WhoService("node")));
    }

    @Test
    void aNodeIsRegisteredFromItsStartToItsClose() throws Exception {
        try (EmbeddedZookeeper zookeeper = new EmbeddedZookeeper(true)) {
            String target = zookeeper.target("/services/who");
            InstalledResolvers resolvers = EmbeddedZookeeper.resolvers();
            HeardAddresses heard = new HeardAddresses();
            NameResolver resolver = resolvers.resolver(resolvers.target(target));
            resolver.start(heard);
            heard.await();
            RemoraNode node = injector(Map.of(
                            "remora.server.address", "0.0.0.0:0",
                            "remora.server.advertise", "127.0.0.1",
                            "remora.server.weight", "7",
                            "remora.server.register", target))
                    .getInstance(RemoraNode.class)
                    .start();
            heard.await("127.0.0.1:" + node.localAddress().port() + " weight=7");

            Injector client = injector(Map.of("remora.clients.who.target", target));
            try (RemoraNode clientNode = client.getInstance(RemoraNode.class).start()) {
                assertThat(clientNode.localAddress()).isNotEqualTo(node.localAddress());
                CallOptions options = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(30));
                assertThat(ClientCalls.blockingUnary(
                                        client.getInstance(Channels.class).channel("who"),
                                        WhoService.WHO,
                                        options,
                                        StringValue.of("?"))
                                .getValue())
                        .isEqualTo("node");
            }
            node.close();
            heard.await();
            resolver.close();
        }
    }
}
