package dev.remora.samples.photos.demo;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the demo sets otherwise than the file that ships with a service: ports, places, and who is where. */
final class ServiceOverrides {
    private ServiceOverrides() {}

    /**
     * Configuration keys with their values.
     *
     * @param addresses of the services that run already
     */
    static Map<String, String> of(String service, String transport, Path dataDirectory, Map<String, String> addresses) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("remora.transport", transport);
        keys.put("remora.server.address", "127.0.0.1:0");
        keys.put("remora.server.drain-timeout", "1s");
        keys.put("remora.metrics.prometheus.address", "127.0.0.1:0");
        keys.put("photos.data-dir", dataDirectory.resolve(service).toString());
        if (service.equals("timeline")) {
            keys.put("remora.clients.users.target", known(addresses, "users"));
            keys.put("remora.clients.posts.target", known(addresses, "posts"));
        }
        return keys;
    }

    private static String known(Map<String, String> addresses, String service) {
        String address = addresses.get(service);
        if (address == null) {
            throw new IllegalStateException(service + " must be started first");
        }
        return address;
    }
}
