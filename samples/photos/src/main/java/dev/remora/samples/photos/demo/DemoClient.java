package dev.remora.samples.photos.demo;

import com.codahale.metrics.MetricRegistry;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.ProvisionException;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.api.Channel;
import dev.remora.runtime.guice.Channels;
import dev.remora.runtime.guice.RemoraModule;
import dev.remora.runtime.guice.RemoraNode;
import dev.remora.runtime.health.v1.CheckRequest;
import dev.remora.runtime.health.v1.HealthRpc;
import dev.remora.samples.photos.node.InstalledTransports;
import dev.remora.samples.photos.v1.MediaRpc;
import dev.remora.samples.photos.v1.TimelinesRpc;
import dev.remora.samples.photos.v1.UsersRpc;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node that serves nothing: channels to the services that users' devices talk to, and the metrics of its calls. */
final class DemoClient implements AutoCloseable {
    private final RemoraNode node;
    private final MetricRegistry registry;
    private final List<Channel> services;
    private final UsersRpc.BlockingStub users;
    private final MediaRpc.BlockingStub media;
    private final TimelinesRpc.BlockingStub timelines;

    private DemoClient(Injector injector) {
        node = injector.getInstance(RemoraNode.class);
        registry = injector.getInstance(MetricRegistry.class);
        Channels channels = injector.getInstance(Channels.class);
        services = List.of(channels.channel("users"), channels.channel("media"), channels.channel("timeline"));
        users = UsersRpc.blockingStub(services.get(0));
        media = MediaRpc.blockingStub(services.get(1));
        timelines = TimelinesRpc.blockingStub(services.get(2));
    }

    /** @param addresses of the services */
    static DemoClient connect(String transport, Map<String, String> addresses) {
        Map<String, Object> keys = new HashMap<>();
        keys.put("remora.transport", transport);
        // Patience for a small machine whose services have just been started.
        keys.put("remora.client.timeout", "5s");
        addresses.forEach((service, address) -> keys.put("remora.clients." + service + ".target", address));
        Config config = ConfigFactory.parseMap(keys, "demo client");
        return new DemoClient(Guice.createInjector(new RemoraModule(config), new InstalledTransports()));
    }

    /** Why this machine cannot have a transport, with the remedy; empty if it can. */
    static Optional<String> obstacle(String transport) {
        Config config = ConfigFactory.parseMap(Map.of("remora.transport", transport), "demo client");
        try {
            Guice.createInjector(new RemoraModule(config), new InstalledTransports())
                    .getInstance(Transport.class)
                    .close();
            return Optional.empty();
        } catch (ProvisionException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof TransportException refused) {
                    return Optional.of(String.valueOf(refused.getMessage()));
                }
            }
            throw e;
        } catch (TransportException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    UsersRpc.BlockingStub users() {
        return users;
    }

    MediaRpc.BlockingStub media() {
        return media;
    }

    TimelinesRpc.BlockingStub timelines() {
        return timelines;
    }

    /**
     * Has a health check answered by each service: connections, or shared memory, are there afterwards. That is part of a
     * client's start, as a service that is up for longer has it behind itself, and not of the calls that are compared.
     */
    void meetServices() {
        for (Channel channel : services) {
            HealthRpc.blockingStub(channel).check(CheckRequest.getDefaultInstance());
        }
    }

    /** Where its calls are counted and timed. */
    MetricRegistry registry() {
        return registry;
    }

    @Override
    public void close() {
        node.close();
    }
}
