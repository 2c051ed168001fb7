package dev.remora.samples.features.faults;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.api.RpcException;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.InProcessModule;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.testing.fault.Faults;
import dev.remora.testing.fault.FaultsModule;
import java.io.PrintStream;

/** A service meets faults that stand in its configuration, not in its code. */
public final class FaultsExample {
    private static final String CONFIG = """
            remora {
              transport = in-process
              server.address = "faults-example:1"
              clients.greeter.target = "faults-example:1"
              faults.rules = [
                "client */Greet delay 20ms"
                "server */Greet error UNAVAILABLE every 2"
              ]
            }
            """;

    private FaultsExample() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /** Runs it and tells what happens. */
    public static void run(PrintStream out) {
        Config config = ConfigFactory.parseString(CONFIG);
        // The last module is all that it takes.
        Injector injector = Guice.createInjector(
                new RemoraModule(config), new InProcessModule(), new GreeterModule(), new FaultsModule());
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            out.println("serving " + node.localAddress());
            GreeterRpc.BlockingStub greeter =
                    GreeterRpc.blockingStub(injector.getInstance(Channels.class).channel("greeter"));
            for (int i = 0; i < 2; i++) {
                try {
                    out.println(greeter.greet(
                                    GreetRequest.newBuilder().setName("Ada").build())
                            .getText());
                } catch (RpcException e) {
                    out.println(e.status());
                }
            }
            injector.getInstance(Faults.class).recent().forEach(out::println);
        }
    }

    private static final class GreeterModule extends AbstractModule {
        @Override
        protected void configure() {
            Multibinder.newSetBinder(binder(), BindableService.class)
                    .addBinding()
                    .toInstance(new GreeterRpc.ServiceBase() {
                        @Override
                        public GreetResponse greet(GreetRequest request) {
                            return GreetResponse.newBuilder()
                                    .setText("Hello, " + request.getName())
                                    .build();
                        }
                    });
        }
    }
}
