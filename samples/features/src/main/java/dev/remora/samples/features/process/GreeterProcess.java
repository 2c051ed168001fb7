package dev.remora.samples.features.process;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Inject;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.tcp.TcpModule;
import dev.remora.testing.fault.FaultsModule;
import java.io.IOException;

/**
 * A greeter that is configured by system properties alone: address, log, compression, faults. With
 * {@code -Dremora.clients.next.target=HOST:PORT} it asks the next one and adds its own greeting. It prints {@code READY} and
 * its address, and ends with its standard input.
 */
public final class GreeterProcess {
    private GreeterProcess() {}

    public static void main(String[] args) throws IOException {
        Config config = ConfigFactory.load();
        Injector injector = Guice.createInjector(
                new RemoraModule(config), new TcpModule(), new FaultsModule(), new GreeterModule());
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            System.out.println("READY " + node.localAddress());
            System.out.flush();
            while (System.in.read() >= 0) {
                // nobody has anything to say to it
            }
        }
    }

    private static final class GreeterModule extends AbstractModule {
        @Override
        protected void configure() {
            Multibinder.newSetBinder(binder(), BindableService.class)
                    .addBinding()
                    .to(ChainedGreeter.class);
        }
    }

    /** Greets, after the next one in the chain. */
    static final class ChainedGreeter extends GreeterRpc.ServiceBase {
        private final boolean isLast;
        private final Channels channels;

        @Inject
        ChainedGreeter(RemoraConfig config, Channels channels) {
            this.isLast = !config.clientNames().contains("next");
            this.channels = channels;
        }

        @Override
        public GreetResponse greet(GreetRequest request) {
            String greeting = "Hello, " + request.getName();
            if (!isLast) {
                // Deadline, cancellation and trace go with it.
                greeting = GreeterRpc.blockingStub(channels.channel("next"))
                                .greet(request)
                                .getText() + "; h" + greeting.substring(1);
            }
            return GreetResponse.newBuilder().setText(greeting).build();
        }
    }
}
