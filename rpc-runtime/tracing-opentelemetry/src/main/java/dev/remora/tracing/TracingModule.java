package dev.remora.tracing;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.ProvidesIntoSet;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ServerInterceptor;
import io.opentelemetry.api.OpenTelemetry;

/** Traces all calls of a node. */
public final class TracingModule extends AbstractModule {
    private final OpenTelemetry openTelemetry;

    /** @param openTelemetry where spans go, and how their context travels */
    public TracingModule(OpenTelemetry openTelemetry) {
        this.openTelemetry = openTelemetry;
    }

    @Override
    protected void configure() {
        Multibinder.newSetBinder(binder(), ServerInterceptor.class);
        Multibinder.newSetBinder(binder(), ClientInterceptor.class);
    }

    @Provides
    @Singleton
    RemoraTracing tracing() {
        return RemoraTracing.create(openTelemetry);
    }

    @ProvidesIntoSet
    ServerInterceptor server(RemoraTracing tracing) {
        return tracing.serverInterceptor();
    }

    @ProvidesIntoSet
    ClientInterceptor client(RemoraTracing tracing) {
        return tracing.clientInterceptor();
    }
}
