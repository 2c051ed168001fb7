package dev.remora.discovery.zookeeper;

import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.spi.Endpoint;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.details.ServiceCacheListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches the entries of one service. A virtual thread gets it going; then Curator's threads tell what changes. */
final class ZookeeperResolver implements NameResolver {
    private static final Logger LOG = LoggerFactory.getLogger(ZookeeperResolver.class);
    private static final long RETRY_PAUSE_MS = 1000;

    private final String text;
    private final ZookeeperTarget target;
    private final ZookeeperConnection.Options options;
    private @Nullable Thread starter;
    private volatile boolean closed;

    ZookeeperResolver(String text, ZookeeperTarget target, ZookeeperConnection.Options options) {
        this.text = text;
        this.target = target;
        this.options = options;
    }

    @Override
    public synchronized void start(Listener listener) {
        if (starter != null || closed) {
            throw new IllegalStateException("the resolver of " + text + " was started or closed already");
        }
        starter = Thread.ofVirtual().name("remora-zookeeper " + text).start(() -> run(listener));
    }

    private void run(Listener listener) {
        try (ZookeeperConnection connection = ZookeeperConnection.borrow(options)) {
            while (!connection.await()) {
                tell(listener, "no ZooKeeper server of " + target.servers() + " answers", null);
            }
            while (!closed) {
                try {
                    watch(connection.curator(), listener);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    tell(listener, "ZooKeeper at " + target.servers() + ": " + e, e);
                    TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS);
                }
            }
        } catch (InterruptedException e) {
            LOG.trace("the resolver of {} ends", text, e); // close() does that
        } catch (RuntimeException | LinkageError e) {
            LOG.error("the resolver of {} cannot work here", text, e);
            tell(listener, "ZooKeeper at " + target.servers() + " cannot be used: " + e, e);
        }
    }

    /** Tells what is there now and what changes, until it is closed. */
    private void watch(CuratorFramework curator, Listener listener) throws Exception {
        try (ServiceDiscovery<ServerEntry> discovery = ServiceDiscoveryBuilder.builder(ServerEntry.class)
                        .client(curator)
                        .basePath(target.folder())
                        .serializer(new EntryFormat())
                        .build();
                ServiceCache<ServerEntry> cache =
                        discovery.serviceCacheBuilder().name(target.service()).build()) {
            CountDownLatch known = cache.startImmediate();
            while (!known.await(options.connectionTimeoutMs(), TimeUnit.MILLISECONDS)) {
                tell(listener, "ZooKeeper at " + target.servers() + " is slow to list the servers", null);
            }
            cache.addListener(new ServiceCacheListener() {
                @Override
                public void cacheChanged() {
                    tellAll(cache, listener);
                }

                @Override
                public void stateChanged(CuratorFramework client, ConnectionState state) {
                    if (state == ConnectionState.LOST) {
                        tell(listener, "the session with ZooKeeper at " + target.servers() + " is lost", null);
                    } else if (state.isConnected()) {
                        tellAll(cache, listener);
                    }
                }
            });
            tellAll(cache, listener);
            new CountDownLatch(1).await(); // until close() interrupts
        }
    }

    /** What is seen twice is told twice, which harms nobody. */
    private synchronized void tellAll(ServiceCache<ServerEntry> cache, Listener listener) {
        if (closed) {
            return;
        }
        Set<Endpoint> seen = new HashSet<>();
        List<ServerAddress> servers = cache.getInstances().stream()
                .filter(ServiceInstance::isEnabled)
                .map(ZookeeperResolver::address)
                // A server that came back may stand there twice, until its old session ends.
                .filter(server -> seen.add(server.endpoint()))
                .sorted(Comparator.comparingInt(ServerAddress::priority)
                        .thenComparing(server -> server.endpoint().toString()))
                .limit(MAX_ADDRESSES)
                .toList();
        listener.onAddresses(servers);
    }

    private static ServerAddress address(ServiceInstance<ServerEntry> instance) {
        return new ServerAddress(
                new Endpoint(instance.getAddress(), instance.getPort()),
                instance.getPayload().weight(),
                instance.getPayload().priority());
    }

    private synchronized void tell(Listener listener, String what, @Nullable Throwable cause) {
        if (!closed) {
            listener.onFailure(what, cause);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (starter != null) {
            starter.interrupt();
        }
    }
}
