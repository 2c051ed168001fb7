package dev.remora.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.InstalledResolvers;
import dev.remora.runtime.resolve.HeardAddresses;
import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.resolve.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Entries of servers and those who watch them, at a real ZooKeeper. */
class ZookeeperDiscoveryTest {
    private final List<AutoCloseable> open = new ArrayList<>();

    private <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    private HeardAddresses watch(String target) {
        InstalledResolvers resolvers = EmbeddedZookeeper.resolvers();
        HeardAddresses heard = new HeardAddresses();
        NameResolver resolver = closing(resolvers.resolver(resolvers.target(target)));
        resolver.start(heard);
        return heard;
    }

    private Registration register(String target, String server) {
        InstalledResolvers resolvers = EmbeddedZookeeper.resolvers();
        return closing(resolvers.register(resolvers.target(target), ServerAddress.parse(server)));
    }

    private CuratorFramework curator(EmbeddedZookeeper zookeeper) {
        CuratorFramework curator =
                closing(CuratorFrameworkFactory.newClient(zookeeper.server.getConnectString(), new RetryOneTime(100)));
        curator.start();
        return curator;
    }

    @Test
    void whoRegistersIsFoundUntilHeTakesItBack() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(true));
        String target = zookeeper.target("/services/photos");
        HeardAddresses heard = watch(target);
        heard.await();
        Registration a = register(target, "10.0.0.1:7000 weight=3");
        heard.await("10.0.0.1:7000 weight=3");
        register(target, "10.0.0.2:7000 priority=1");
        heard.await("10.0.0.1:7000 weight=3", "10.0.0.2:7000 priority=1");
        register(zookeeper.target("/services/users"), "10.0.0.3:7000");
        a.close();
        a.close();
        heard.await("10.0.0.2:7000 priority=1");
        watch(target).await("10.0.0.2:7000 priority=1");
    }

    @Test
    void aLostSessionIsMendedByRegisteringAnew() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(true));
        String target = zookeeper.target("/services/photos");
        HeardAddresses heard = watch(target);
        register(target, "10.0.0.1:7000");
        heard.await("10.0.0.1:7000");

        // Both use one session: the entry goes with it, and the watch too.
        ZookeeperConnection.Options options =
                ZookeeperConnection.options(Target.parse(target, List.of("zookeeper")), EmbeddedZookeeper.settings());
        CuratorFramework observer = curator(zookeeper);
        String path = "/services/photos";
        String before = observer.getChildren().forPath(path).get(0);
        long owner = observer.checkExists().forPath(path + "/" + before).getEphemeralOwner();
        assertThat(owner).as("an ephemeral node").isNotZero();
        try (ZookeeperConnection shared = ZookeeperConnection.borrow(options)) {
            shared.curator().getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
        }
        heard.next(
                what -> what.toString().contains("session") && what.toString().contains("lost"));
        heard.await("10.0.0.1:7000");
        // The node of the old session goes when that ends at the server.
        while (true) {
            List<String> children = observer.getChildren().forPath(path);
            if (children.size() == 1) {
                try {
                    long now = observer.checkExists()
                            .forPath(path + "/" + children.get(0))
                            .getEphemeralOwner();
                    if (now != owner) {
                        return;
                    }
                } catch (NullPointerException | KeeperException.NoNodeException e) {
                    continue; // it went in between
                }
            }
            Thread.onSpinWait();
        }
    }

    @Test
    void withoutZookeeperItSaysSoAndGoesOnTrying() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(false));
        String target = zookeeper.target("/services/photos");
        HeardAddresses heard = watch(target);
        register(target, "10.0.0.1:7000");
        assertThat(heard.failure())
                .isEqualTo("no ZooKeeper server of " + zookeeper.server.getConnectString() + " answers");
        zookeeper.server.start();
        heard.await("10.0.0.1:7000");
    }

    @Test
    void aRestartOfZookeeperTakesNobodyAway() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(true));
        String target = zookeeper.target("/services/photos");
        HeardAddresses heard = watch(target);
        register(target, "10.0.0.1:7000");
        heard.await("10.0.0.1:7000");
        zookeeper.server.restart();
        register(target, "10.0.0.2:7000");
        heard.await("10.0.0.1:7000", "10.0.0.2:7000");
    }

    @Test
    void entriesThatCannotBeReadDoNotHideTheOthers() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(true));
        String target = zookeeper.target("/services/photos");
        CuratorFramework curator = curator(zookeeper);
        String[] entries = {
            "not json",
            "{}",
            "{\"address\":\"\",\"port\":1}",
            "{\"address\":\"10.0.0.9\",\"port\":99999}",
            "{\"address\":\"10.0.0.8\",\"port\":7000,\"enabled\":false}",
            // What Curator's own serializer would make an object of.
            "{\"address\":\"10.0.0.7\",\"port\":7000,\"payload\":{\"@class\":\"java.net.URL\",\"val\":\"http://x\"}}",
        };
        for (int i = 0; i < entries.length; i++) {
            curator.create()
                    .creatingParentsIfNeeded()
                    .withMode(CreateMode.EPHEMERAL)
                    .forPath("/services/photos/e" + i, entries[i].getBytes(StandardCharsets.UTF_8));
        }
        register(target, "10.0.0.1:7000");
        watch(target).await("10.0.0.1:7000", "10.0.0.7:7000");
    }

    @Test
    void anEntryOfTheCreatorsCannotBeChangedByOthers() throws Exception {
        EmbeddedZookeeper zookeeper = closing(new EmbeddedZookeeper(true));
        String target = zookeeper.target("/services/photos");
        InstalledResolvers resolvers = InstalledResolvers.of(List.of(new ZookeeperResolverProvider()))
                .with(Map.of(
                        "zookeeper",
                        DefaultValues.of(ZookeeperSettings.ALL)
                                .with(ZookeeperSettings.AUTH, "digest:photos:secret")
                                .with(ZookeeperSettings.ACL, "creator")));
        closing(resolvers.register(resolvers.target(target), ServerAddress.parse("10.0.0.1:7000")));
        watch(target).await("10.0.0.1:7000");
        CuratorFramework stranger = curator(zookeeper);
        String node = "/services/photos/"
                + stranger.getChildren().forPath("/services/photos").get(0);
        org.assertj.core.api.Assertions.assertThatExceptionOfType(KeeperException.NoAuthException.class)
                .isThrownBy(() -> stranger.setData().forPath(node, new byte[0]));
    }

    @Test
    void badTargetsSayHowToWriteThem() {
        InstalledResolvers resolvers = EmbeddedZookeeper.resolvers();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("zookeeper:///services/photos"))
                .withMessageContaining("write zookeeper://host:2181,host:2181/services/name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("zookeeper://h:x/services/photos"))
                .withMessageContaining("ZooKeeper server 'h:x'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> resolvers.check("zookeeper://h/services//photos"))
                .withMessageContaining("empty node name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InstalledResolvers.of(List.of(new ZookeeperResolverProvider()))
                        .with(Map.of(
                                "zookeeper",
                                DefaultValues.of(ZookeeperSettings.ALL).with(ZookeeperSettings.ACL, "creator")))
                        .check("zookeeper://h/s"))
                .withMessageContaining("needs remora.resolve.zookeeper.auth");
        assertThat(ZookeeperTarget.of(resolvers.target("zookeeper://a,b:99,[::1]/photos")))
                .isEqualTo(new ZookeeperTarget("a:2181,b:99,[::1]:2181", "/", "photos"));
    }
}
