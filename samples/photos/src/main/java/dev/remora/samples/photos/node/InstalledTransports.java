package dev.remora.samples.photos.node;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Key;
import com.google.inject.TypeLiteral;
import dev.remora.homa.HomaModule;
import dev.remora.runtime.guice.InProcessModule;
import dev.remora.spi.TransportProvider;
import dev.remora.tcp.TcpModule;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The transports that are at choice: one line each. Which of them runs is said by {@code remora.transport}, for each
 * process by itself.
 */
public final class InstalledTransports extends AbstractModule {
    @Override
    protected void configure() {
        install(new TcpModule());
        install(new HomaModule());
        install(new InProcessModule());
    }

    /** Their names. */
    public static SortedSet<String> names() {
        Map<String, TransportProvider> providers = Guice.createInjector(new InstalledTransports())
                .getInstance(Key.get(new TypeLiteral<Map<String, TransportProvider>>() {}));
        return new TreeSet<>(providers.keySet());
    }
}
