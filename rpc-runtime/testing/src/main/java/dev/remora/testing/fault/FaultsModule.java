package dev.remora.testing.fault;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.ProvidesIntoSet;
import dev.remora.runtime.config.ConfigSection;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.guice.TransportDecorator;

/** Injects the faults of {@code remora.faults} into the transport of a node. */
public final class FaultsModule extends AbstractModule {
    /** For the composition root. */
    public FaultsModule() {}

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), ConfigSection.class).addBinding().toInstance(FaultSettings.SECTION);
    }

    @Provides
    @Singleton
    Faults faults(RemoraConfig config) {
        return FaultSettings.read(config.section(FaultSettings.SECTION));
    }

    @ProvidesIntoSet
    TransportDecorator decorator(Faults faults) {
        return faults::around;
    }
}
