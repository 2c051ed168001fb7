package dev.remora.runtime.guice;

import com.google.inject.AbstractModule;
import com.google.inject.multibindings.MapBinder;
import dev.remora.runtime.inprocess.InProcessTransportProvider;
import dev.remora.spi.TransportProvider;

/** Puts the in-process transport at choice, as {@code remora.transport = in-process}. */
public final class InProcessModule extends AbstractModule {
    @Override
    protected void configure() {
        MapBinder.newMapBinder(binder(), String.class, TransportProvider.class)
                .addBinding("in-process")
                .to(InProcessTransportProvider.class);
    }
}
