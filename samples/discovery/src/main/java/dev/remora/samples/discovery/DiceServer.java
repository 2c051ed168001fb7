package dev.remora.samples.discovery;

import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import java.io.IOException;

/**
 * One server: {@code DiceServer NAME}. Prints {@code READY NAME address} once it serves, and ends, after the calls in progress,
 * when its standard input does.
 */
public final class DiceServer {
    private DiceServer() {}

    /** @param args its name */
    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            System.err.println("usage: DiceServer NAME");
            System.exit(2);
        }
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dice-logback.xml");
        }
        Injector injector = Guice.createInjector(
                new RemoraModule(ConfigFactory.load("dice-server")),
                new Transports(),
                binder -> Multibinder.newSetBinder(binder, BindableService.class)
                        .addBinding()
                        .toInstance(new DiceService(args[0])));
        try (RemoraNode node = injector.getInstance(RemoraNode.class).start()) {
            System.out.println("READY " + args[0] + " " + node.localAddress());
            System.out.flush();
            while (System.in.read() >= 0) {
                // nobody has anything to say to it
            }
        }
        System.exit(0);
    }
}
