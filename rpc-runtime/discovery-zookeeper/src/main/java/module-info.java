/**
 * Servers that register in ZooKeeper, and clients that find them there. Curator and ZooKeeper cannot be modules (two of their
 * jars share packages): on a module path they stay on the class path, and the program is started with
 * {@code --add-reads dev.remora.discovery.zookeeper=ALL-UNNAMED}.
 */
module dev.remora.discovery.zookeeper {
    requires transitive dev.remora.runtime;
    requires static transitive org.jspecify;
    requires org.slf4j;

    exports dev.remora.discovery.zookeeper;

    provides dev.remora.runtime.resolve.NameResolverProvider with
            dev.remora.discovery.zookeeper.ZookeeperResolverProvider;
}
