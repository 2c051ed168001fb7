package dev.remora.discovery.zookeeper;

import dev.remora.runtime.resolve.Target;
import dev.remora.spi.SettingValues;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;

/**
 * A session with ZooKeeper, shared by all of this process that want the same one: whoever {@linkplain #borrow borrows} it closes
 * it once. It connects, and connects anew, by itself.
 */
final class ZookeeperConnection implements AutoCloseable {
    private static final int RETRY_PAUSE_MS = 200;
    private static final int MAX_RETRIES = 5;
    private static final Map<Options, ZookeeperConnection> OPEN = new HashMap<>();

    /** What makes two sessions different. */
    record Options(String servers, int sessionTimeoutMs, int connectionTimeoutMs, String auth, String acl) {
        /** Auth is a secret. */
        @Override
        public String toString() {
            return servers;
        }
    }

    private final Options options;
    private final CuratorFramework curator;
    private int borrowers;

    private ZookeeperConnection(Options options) {
        this.options = options;
        CuratorFrameworkFactory.Builder builder = CuratorFrameworkFactory.builder()
                .connectString(options.servers())
                .sessionTimeoutMs(options.sessionTimeoutMs())
                .connectionTimeoutMs(options.connectionTimeoutMs())
                .retryPolicy(new ExponentialBackoffRetry(RETRY_PAUSE_MS, MAX_RETRIES))
                // What the ensemble says about its members may not be what reaches them from here.
                .ensembleTracker(false);
        if (!options.auth().isEmpty()) {
            int colon = options.auth().indexOf(':');
            builder.authorization(
                    options.auth().substring(0, colon),
                    options.auth().substring(colon + 1).getBytes(StandardCharsets.UTF_8));
        }
        if (options.acl().equals("creator")) {
            builder.aclProvider(creatorOnly());
        }
        curator = builder.build();
        curator.start();
    }

    /** @throws IllegalArgumentException if they do not fit together */
    static Options options(Target target, SettingValues values) {
        String auth = values.get(ZookeeperSettings.AUTH);
        String acl = values.get(ZookeeperSettings.ACL);
        if (!auth.isEmpty() && auth.indexOf(':') < 1) {
            throw new IllegalArgumentException(
                    "remora.resolve.zookeeper.auth is scheme:credentials, such as digest:user:password");
        }
        if (acl.equals("creator") && auth.isEmpty()) {
            throw new IllegalArgumentException(
                    "remora.resolve.zookeeper.acl = creator needs remora.resolve.zookeeper.auth,"
                            + " for nobody is no creator");
        }
        return new Options(
                ZookeeperTarget.of(target).servers(),
                milliseconds(values.get(ZookeeperSettings.SESSION_TIMEOUT)),
                milliseconds(values.get(ZookeeperSettings.CONNECTION_TIMEOUT)),
                auth,
                acl);
    }

    private static int milliseconds(long ns) {
        return Math.toIntExact(TimeUnit.NANOSECONDS.toMillis(ns));
    }

    private static ACLProvider creatorOnly() {
        List<ACL> acl = new ArrayList<>(ZooDefs.Ids.CREATOR_ALL_ACL);
        acl.addAll(ZooDefs.Ids.READ_ACL_UNSAFE);
        return new ACLProvider() {
            @Override
            public List<ACL> getDefaultAcl() {
                return acl;
            }

            @Override
            public List<ACL> getAclForPath(String path) {
                return acl;
            }
        };
    }

    /** The session with these options, which the first borrower starts. Does not wait for it. */
    static ZookeeperConnection borrow(Options options) {
        synchronized (OPEN) {
            ZookeeperConnection connection = OPEN.computeIfAbsent(options, ZookeeperConnection::new);
            connection.borrowers++;
            return connection;
        }
    }

    CuratorFramework curator() {
        return curator;
    }

    /** Waits a while for it to be there. */
    boolean await() throws InterruptedException {
        return curator.blockUntilConnected(options.connectionTimeoutMs(), TimeUnit.MILLISECONDS);
    }

    /** Gives it back; the last borrower ends it. */
    @Override
    public void close() {
        boolean last;
        synchronized (OPEN) {
            last = --borrowers == 0;
            if (last) {
                OPEN.remove(options);
            }
        }
        if (last) {
            curator.close();
        }
    }
}
