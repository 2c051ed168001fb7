package dev.remora.discovery.zookeeper;

import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's entry: an ephemeral node, which ZooKeeper removes when the session of this process ends, be it that the process
 * has died. After a lost session Curator enters it anew. A virtual thread does it all, for any step may have to wait.
 */
final class ZookeeperRegistration implements Registration {
    private static final Logger LOG = LoggerFactory.getLogger(ZookeeperRegistration.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final long RETRY_PAUSE_MS = 1000;

    private final String text;
    private final ZookeeperTarget target;
    private final ServerAddress server;
    private final ZookeeperConnection.Options options;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Thread thread;

    private ZookeeperRegistration(
            String text, ZookeeperTarget target, ServerAddress server, ZookeeperConnection.Options options) {
        this.text = text;
        this.target = target;
        this.server = server;
        this.options = options;
        this.thread = Thread.ofVirtual().name("remora-zookeeper " + text).unstarted(this::run);
    }

    static ZookeeperRegistration start(
            String text, ZookeeperTarget target, ServerAddress server, ZookeeperConnection.Options options) {
        ZookeeperRegistration registration = new ZookeeperRegistration(text, target, server, options);
        registration.thread.start();
        return registration;
    }

    private void run() {
        try (ZookeeperConnection connection = ZookeeperConnection.borrow(options)) {
            while (!connection.await()) {
                LOG.warn("{} is not registered yet: no ZooKeeper server of {} answers", server, target.servers());
                if (end.getCount() == 0) {
                    return;
                }
            }
            while (end.getCount() > 0) {
                try {
                    enter(connection);
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    LOG.warn("{} cannot be registered as {}, which is tried again", server, text, e);
                    end.await(RETRY_PAUSE_MS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            LOG.warn("{} could not be taken out of {} in time; its session will end by itself", server, text);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("{} cannot be registered as {}", server, text, e);
        }
    }

    /** Stands there until the end. */
    private void enter(ZookeeperConnection connection) throws Exception {
        ServiceInstance<ServerEntry> instance = ServiceInstance.<ServerEntry>builder()
                .name(target.service())
                .id(UUID.randomUUID().toString())
                .address(server.endpoint().host())
                .port(server.endpoint().port())
                .payload(new ServerEntry(server.weight(), server.priority()))
                .build();
        try (ServiceDiscovery<ServerEntry> discovery = ServiceDiscoveryBuilder.builder(ServerEntry.class)
                .client(connection.curator())
                .basePath(target.folder())
                .serializer(new EntryFormat())
                .build()) {
            discovery.start(); // before anything is entered: else it would not fail if that cannot be done
            discovery.registerService(instance);
            LOG.info("{} is registered as {}", server, text);
            end.await();
        }
    }

    @Override
    public void close() {
        end.countDown();
        try {
            if (!thread.join(CLOSE_TIMEOUT)) {
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }
}
