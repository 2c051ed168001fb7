package dev.remora.discovery.zookeeper;

import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.spi.SettingValues;
import java.util.List;
import java.util.Map;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;

/** A real ZooKeeper server in this process, with a short tick so that sessions may be short. */
final class EmbeddedZookeeper implements AutoCloseable {
    private static final int TICK_MS = 100;
    private static final long MS = 1_000_000L;

    final TestingServer server;

    EmbeddedZookeeper(boolean start) throws Exception {
        server = new TestingServer(new InstanceSpec(null, -1, -1, -1, true, -1, TICK_MS, -1), start);
    }

    String target(String path) {
        return "zookeeper://" + server.getConnectString() + path;
    }

    static SettingValues settings() {
        return DefaultValues.of(ZookeeperSettings.ALL)
                .with(ZookeeperSettings.SESSION_TIMEOUT, 600 * MS)
                .with(ZookeeperSettings.CONNECTION_TIMEOUT, 2000 * MS);
    }

    static InstalledResolvers resolvers() {
        return InstalledResolvers.of(List.of(new ZookeeperResolverProvider())).with(Map.of("zookeeper", settings()));
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
