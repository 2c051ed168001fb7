package dev.remora.runtime.guice;

import com.codahale.metrics.MetricRegistry;
import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.multibindings.MapBinder;
import com.google.inject.multibindings.Multibinder;
import com.google.inject.multibindings.OptionalBinder;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.typesafe.config.Config;
import dev.remora.api.BindableService;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ServerInterceptor;
import dev.remora.runtime.config.ConfigSection;
import dev.remora.runtime.config.MetricsSettings;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.health.HealthService;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.Set;

/**
 * Binds a Remora node by configuration. Install it with one module per transport that shall be at choice; which one runs
 * is said by {@code remora.transport}, never by code.
 *
 * <pre>{@code
 * Injector injector = Guice.createInjector(
 *         new RemoraModule(ConfigFactory.load("users.conf")),
 *         new TcpModule(),
 *         new InProcessModule(),
 *         binder -> Multibinder.newSetBinder(binder, BindableService.class).addBinding().to(UsersService.class));
 * injector.getInstance(RemoraNode.class).start();
 * }</pre>
 *
 * Bound here: {@link RemoraNode}, {@link Channels}, {@link Transport}, {@link RemoraConfig}, {@link RpcMetrics},
 * {@link LiveCalls}, {@link HealthService}, and a {@link MetricRegistry} unless the application binds its own. Taken from
 * the application: sets of {@link BindableService}, {@link ServerInterceptor} and {@link ClientInterceptor}, and of
 * {@link FileDescriptor} for what reflection shall know beyond the files of the services, such as messages of error details;
 * of optional modules {@link ConfigSection} and {@link TransportDecorator}.
 */
public final class RemoraModule extends AbstractModule {
    private final Config config;

    /** @param config the whole configuration; what stands below {@code remora} is checked and used */
    public RemoraModule(Config config) {
        this.config = config;
    }

    @Override
    protected void configure() {
        MapBinder.newMapBinder(binder(), String.class, TransportProvider.class);
        Multibinder.newSetBinder(binder(), BindableService.class);
        Multibinder.newSetBinder(binder(), ServerInterceptor.class);
        Multibinder.newSetBinder(binder(), ClientInterceptor.class);
        Multibinder.newSetBinder(binder(), ConfigSection.class);
        Multibinder.newSetBinder(binder(), TransportDecorator.class);
        Multibinder.newSetBinder(binder(), FileDescriptor.class);
        OptionalBinder.newOptionalBinder(binder(), MetricRegistry.class)
                .setDefault()
                .toInstance(new MetricRegistry());
    }

    @Provides
    @Singleton
    RemoraConfig config(Map<String, TransportProvider> providers, Set<ConfigSection> sections) {
        return RemoraConfig.of(config, providers.values(), sections);
    }

    @Provides
    @Singleton
    Transport transport(
            RemoraConfig remora, Map<String, TransportProvider> providers, Set<TransportDecorator> decorators) {
        // RemoraConfig has checked that the name is one of these.
        TransportProvider provider = providers.get(remora.transportName());
        if (provider == null) {
            throw new IllegalStateException("no transport '" + remora.transportName() + "' is bound");
        }
        Transport transport = provider.create(remora.transport(provider));
        for (TransportDecorator decorator : decorators) {
            transport = decorator.decorate(transport);
        }
        return transport;
    }

    @Provides
    @Singleton
    RpcMetrics metrics(RemoraConfig remora, MetricRegistry registry) {
        return remora.metrics().get(MetricsSettings.ENABLED) ? new RpcMetrics(registry) : RpcMetrics.none();
    }

    @Provides
    @Singleton
    LiveCalls calls(RemoraConfig remora, RpcMetrics metrics) {
        LiveCalls calls = new LiveCalls(remora.introspection());
        if (metrics.isEnabled()) {
            calls.register(metrics.registry());
        }
        return calls;
    }

    @Provides
    @Singleton
    HealthService health(RemoraConfig remora, RpcMetrics metrics) {
        HealthService health = new HealthService(remora.server().getInt(ServerSettings.MAX_HEALTH_WATCHERS));
        if (metrics.isEnabled()) {
            health.register(metrics.registry());
        }
        return health;
    }
}
