package dev.remora.samples.photos.node;

import com.google.inject.Binding;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.multibindings.Multibinder;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.typesafe.config.Config;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.samples.photos.v1.Errors;
import dev.remora.spi.Endpoint;
import java.util.Optional;

/** One running service. {@link #close} ends it: calls in progress first, then the database. */
public final class ServiceNode implements AutoCloseable {
    private final Injector injector;
    private final RemoraNode node;

    private ServiceNode(Injector injector) {
        this.injector = injector;
        this.node = injector.getInstance(RemoraNode.class);
    }

    /**
     * Starts what a module binds.
     *
     * @param config the whole configuration: {@code remora} and {@code photos}
     * @throws RuntimeException if it cannot; {@link StartFailure#explain} tells the reason in one line
     */
    public static ServiceNode start(Config config, Module module) {
        Injector injector = Guice.createInjector(
                new RemoraModule(config),
                new InstalledTransports(),
                binder -> {
                    binder.bind(Config.class).toInstance(config);
                    // No service's file imports it, and clients meet its messages all the same.
                    Multibinder.newSetBinder(binder, FileDescriptor.class)
                            .addBinding()
                            .toInstance(Errors.getDescriptor());
                },
                module);
        ServiceNode started = null;
        try {
            started = new ServiceNode(injector);
            started.node.start();
            return started;
        } catch (RuntimeException e) {
            if (started != null) {
                started.node.close();
            }
            closeDatabase(injector);
            throw e;
        }
    }

    /** Where it listens. */
    public Endpoint address() {
        return node.localAddress();
    }

    /** Where Prometheus finds its metrics, if that is configured. */
    public Optional<Endpoint> metricsAddress() {
        return node.reporters().prometheusAddress();
    }

    @Override
    public void close() {
        node.close();
        closeDatabase(injector);
    }

    private static void closeDatabase(Injector injector) {
        Binding<Database> database = injector.getExistingBinding(Key.get(Database.class));
        if (database != null) {
            database.getProvider().get().close();
        }
    }
}
