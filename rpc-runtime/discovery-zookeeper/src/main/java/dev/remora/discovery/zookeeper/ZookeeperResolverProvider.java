package dev.remora.discovery.zookeeper;

import dev.remora.runtime.resolve.NameResolver;
import dev.remora.runtime.resolve.NameResolverProvider;
import dev.remora.runtime.resolve.Registration;
import dev.remora.runtime.resolve.ServerAddress;
import dev.remora.runtime.resolve.Target;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import java.util.List;

/** {@code zookeeper://host:2181,host:2181/services/name}: who registers there, as long as it lives. */
public final class ZookeeperResolverProvider implements NameResolverProvider {
    @Override
    public String name() {
        return "zookeeper";
    }

    @Override
    public List<Setting<?>> settings() {
        return ZookeeperSettings.ALL;
    }

    @Override
    public NameResolver resolver(Target target, SettingValues values) {
        return new ZookeeperResolver(
                target.text(), ZookeeperTarget.of(target), ZookeeperConnection.options(target, values));
    }

    @Override
    public Registration register(Target target, ServerAddress server, SettingValues values) {
        return ZookeeperRegistration.start(
                target.text(), ZookeeperTarget.of(target), server, ZookeeperConnection.options(target, values));
    }
}
