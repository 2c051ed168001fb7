package dev.remora.discovery.zookeeper;

import dev.remora.runtime.resolve.Target;
import dev.remora.spi.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.common.PathUtils;

/**
 * A target in parts.
 *
 * @param servers of ZooKeeper, {@code host:port} separated by commas
 * @param folder absolute path of the node that has the services, such as {@code /services}
 * @param service name of the service's node in it
 */
record ZookeeperTarget(String servers, String folder, String service) {
    private static final int DEFAULT_PORT = 2181;

    /** @throws IllegalArgumentException that says how to write it */
    static ZookeeperTarget of(Target target) {
        if (target.authority().isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + target + "' names no ZooKeeper server: write zookeeper://host:2181,host:2181/services/name");
        }
        String path = "/" + target.name();
        try {
            PathUtils.validatePath(path);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + target + "': " + e.getMessage(), e);
        }
        int slash = path.lastIndexOf('/');
        return new ZookeeperTarget(
                servers(target), slash == 0 ? "/" : path.substring(0, slash), path.substring(slash + 1));
    }

    private static String servers(Target target) {
        List<String> servers = new ArrayList<>();
        for (String one : target.authority().split(",", -1)) {
            String server = one.strip();
            try {
                boolean withPort = server.startsWith("[") ? server.contains("]:") : server.contains(":");
                servers.add(Endpoint.parse(withPort ? server : server + ":" + DEFAULT_PORT)
                        .toString());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'" + target + "': ZooKeeper server " + e.getMessage(), e);
            }
        }
        return String.join(",", servers);
    }
}
