package dev.remora.samples.photos.demo;

import com.google.inject.Module;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.remora.samples.photos.media.MediaModule;
import dev.remora.samples.photos.node.ServiceConfig;
import dev.remora.samples.photos.node.ServiceNode;
import dev.remora.samples.photos.posts.PostsModule;
import dev.remora.samples.photos.timeline.TimelineModule;
import dev.remora.samples.photos.users.UsersModule;
import dev.remora.spi.Endpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All services in this JVM: the same modules as in processes of their own, on the in-process transport or any other. */
final class OneProcess implements PhotoSystem {
    private final List<ServiceNode> nodes = new ArrayList<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();

    private OneProcess() {}

    static OneProcess start(String transport, Path dataDirectory) {
        return start(transport, dataDirectory, new Endpoint("127.0.0.1", 0), ConfigFactory.empty());
    }

    /** @param first where the first service listens, the others at the ports after it; with port 0 at any free ones */
    static OneProcess start(String transport, Path dataDirectory, Endpoint first, Config more) {
        OneProcess system = new OneProcess();
        boolean started = false;
        try {
            for (String service : SERVICES) {
                Map<String, Object> chosen =
                        new HashMap<>(ServiceOverrides.of(service, transport, dataDirectory, system.addresses));
                // One endpoint per process would do, and nobody is told of these.
                chosen.put("remora.metrics.prometheus.address", "");
                int port = first.port() == 0 ? 0 : first.port() + system.nodes.size();
                chosen.put("remora.server.address", new Endpoint(first.host(), port).toString());
                Config config = ConfigFactory.parseMap(chosen, "demo")
                        .withFallback(more)
                        .withFallback(ServiceConfig.shipped(service))
                        .resolve();
                ServiceNode node = ServiceNode.start(config, module(service));
                system.nodes.add(node);
                system.addresses.put(service, node.address().toString());
            }
            started = true;
            return system;
        } finally {
            if (!started) {
                system.close();
            }
        }
    }

    private static Module module(String service) {
        return switch (service) {
            case "users" -> new UsersModule();
            case "posts" -> new PostsModule();
            case "media" -> new MediaModule();
            case "timeline" -> new TimelineModule();
            default -> throw new IllegalArgumentException("no service " + service);
        };
    }

    @Override
    public Map<String, String> addresses() {
        return Collections.unmodifiableMap(addresses);
    }

    @Override
    public void close() {
        // Callers before those they call.
        for (ServiceNode node : nodes.reversed()) {
            node.close();
        }
        nodes.clear();
    }
}
