package dev.remora.samples.photos.node;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import dev.remora.spi.TransportProvider;
import java.util.ServiceLoader;

/**
 * Puts every transport that is on the class path at choice. Another transport is one more dependency and one line of
 * configuration; no code changes. (To choose by hand, install the modules of the transports instead, such as
 * {@code new InProcessModule()}.)
 */
public final class InstalledTransports extends AbstractModule {
    @Override
    protected void configure() {
        MapBinder<String, TransportProvider> transports =
                MapBinder.newMapBinder(binder(), String.class, TransportProvider.class);
        for (TransportProvider provider : ServiceLoader.load(TransportProvider.class)) {
            transports.addBinding(provider.name()).toInstance(provider);
        }
    }
}
