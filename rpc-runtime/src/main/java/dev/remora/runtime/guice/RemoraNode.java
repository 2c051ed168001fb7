package dev.remora.runtime.guice;

import com.google.inject.Inject;
import com.google.inject.Singleton;
import dev.remora.api.BindableService;
import dev.remora.api.ServerInterceptor;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.config.RemoraConfig;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.introspection.LiveCalls;
import dev.remora.runtime.metrics.MetricsReporters;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.metrics.TransportMetrics;
import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.spi.Endpoint;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One process of the application: a server with every bound service (none is fine for a pure client), its channels,
 * its metrics reporters. {@link #start} once, {@link #close} once.
 */
@Singleton
public final class RemoraNode implements AutoCloseable {
    private final RemoraConfig config;
    private final Transport transport;
    private final Channels channels;
    private final RpcMetrics metrics;
    private final LiveCalls calls;
    private final Set<BindableService> services;
    private final BuiltInServices builtIn;
    private final Set<ServerInterceptor> interceptors;
    private @Nullable RemoraServer server;
    private @Nullable Registration registration;
    private @Nullable MetricsReporters reporters;
    private @Nullable TransportMetrics transportMetrics;

    @Inject
    RemoraNode(
            RemoraConfig config,
            Transport transport,
            Channels channels,
            RpcMetrics metrics,
            LiveCalls calls,
            Set<BindableService> services,
            BuiltInServices builtIn,
            Set<ServerInterceptor> interceptors) {
        this.config = config;
        this.transport = transport;
        this.channels = channels;
        this.metrics = metrics;
        this.calls = calls;
        this.services = services;
        this.builtIn = builtIn;
        this.interceptors = interceptors;
    }

    /**
     * Registers what the transport counts, starts reporters and server, and enters the server in its registry.
     *
     * @throws dev.remora.spi.TransportException if the address cannot be bound
     * @throws IllegalStateException if it was started already, or shares its MetricRegistry with a node that runs over
     *     the same kind of transport
     */
    public synchronized RemoraNode start() {
        if (reporters != null) {
            throw new IllegalStateException("this node was started already");
        }
        TransportMetrics counted = TransportMetrics.register(metrics, transport);
        try {
            reporters = MetricsReporters.start(config.metrics(), metrics);
        } catch (RuntimeException e) {
            counted.close();
            throw e;
        }
        transportMetrics = counted;
        if (!services.isEmpty()) {
            RemoraServer.Builder builder = RemoraServer.builder(transport)
                    .settings(config.server())
                    .policies(config.serverMethods())
                    .metrics(metrics)
                    .calls(calls);
            services.forEach(builder::service);
            builtIn.chosen().forEach(builder::service);
            CallLogging.ofServer(config.logging()).forEach(builder::interceptor);
            interceptors.forEach(builder::interceptor);
            server = builder.start();
            registration = register(server.localAddress());
        }
        return this;
    }

    private @Nullable Registration register(Endpoint local) {
        SettingValues values = config.server();
        String registry = values.get(ServerSettings.REGISTER);
        if (registry.isEmpty()) {
            return null;
        }
        Endpoint advertised = AdvertisedAddress.of(values.get(ServerSettings.ADVERTISE), local);
        InstalledResolvers resolvers = config.resolvers();
        return resolvers.register(
                resolvers.target(registry), new ServerAddress(advertised, values.getInt(ServerSettings.WEIGHT), 0));
    }

    /** Where the server listens. */
    public synchronized Endpoint localAddress() {
        return server().localAddress();
    }

    /** The server. */
    public synchronized RemoraServer server() {
        if (server == null) {
            throw new IllegalStateException("this node serves nothing: bind a BindableService and call start()");
        }
        return server;
    }

    /** Addresses and the like of the reporters, for logs. */
    public synchronized MetricsReporters reporters() {
        if (reporters == null) {
            throw new IllegalStateException("this node was not started");
        }
        return reporters;
    }

    /** Drains the server for at most {@code remora.server.drain-timeout}, then ends everything. Idempotent. */
    @Override
    public synchronized void close() {
        try {
            if (registration != null) {
                registration.close(); // first of all, so that clients turn to others
                registration = null;
            }
            if (server != null) {
                server.drain(Duration.ofNanos(config.server().get(ServerSettings.DRAIN_TIMEOUT)));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            server = null;
            channels.close();
            transport.close();
            if (reporters != null) {
                reporters.close();
                reporters = null;
            }
            if (transportMetrics != null) {
                transportMetrics.close();
                transportMetrics = null;
            }
        }
    }
}
