package dev.remora.homa;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import dev.remora.spi.TransportProvider;

/** Binds the provider of this transport by its name. */
public final class HomaModule extends AbstractModule {
    /** For the composition root. */
    public HomaModule() {}

    @Override
    protected void configure() {
        MapBinder.newMapBinder(binder(), String.class, TransportProvider.class)
                .addBinding(HomaTransportProvider.NAME)
                .to(HomaTransportProvider.class);
    }
}
