package dev.remora.samples.resilience;

import com.google.inject.Guice;
import com.google.inject.multibindings.Multibinder;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.BindableService;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.tcp.TcpModule;
import java.io.IOException;

/** A server process: {@code QuotesMain NAME}. Says {@code READY HOST:PORT} and ends when its standard input does. */
public final class QuotesMain {
    private QuotesMain() {}

    /** Serves until standard input ends. */
    public static void main(String[] args) throws IOException {
        QuotesService quotes = new QuotesService(args.length > 0 ? args[0] : "?");
        RemoraNode node = Guice.createInjector(
                        new RemoraModule(ConfigFactory.load("quotes-server")), new TcpModule(), binder -> {
                            var services = Multibinder.newSetBinder(binder, BindableService.class);
                            services.addBinding().toInstance(quotes);
                            services.addBinding().toInstance(quotes.troublemaker());
                        })
                .getInstance(RemoraNode.class)
                .start();
        System.out.println("READY " + node.localAddress());
        while (System.in.read() >= 0) {
            // Nothing is asked of it: it waits for the end.
        }
        node.close();
    }
}
