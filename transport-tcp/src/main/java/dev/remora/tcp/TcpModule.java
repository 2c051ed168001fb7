package dev.remora.tcp;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import dev.remora.spi.TransportProvider;

/** Binds the provider of this transport by its name. */
public final class TcpModule extends AbstractModule {
    /** For the composition root. */
    public TcpModule() {}

    @Override
    protected void configure() {
        MapBinder.newMapBinder(binder(), String.class, TransportProvider.class)
                .addBinding(TcpTransportProvider.NAME)
                .to(TcpTransportProvider.class);
    }
}
