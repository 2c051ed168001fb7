package dev.remora.discovery.zookeeper;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of targets such as {@code zookeeper://zk-1:2181/services/users}, below {@code remora.resolve.zookeeper}. */
public final class ZookeeperSettings {
    public static final Setting<Long> SESSION_TIMEOUT = Setting.duration(
            "session-timeout",
            "10s",
            100_000_000L,
            3_600_000_000_000L,
            "a server that dies stays registered for so long; one that is only cut off from ZooKeeper is taken for dead after"
                    + " it. ZooKeeper's own bounds (2 to 20 ticks) go before");

    public static final Setting<Long> CONNECTION_TIMEOUT = Setting.duration(
            "connection-timeout",
            "5s",
            10_000_000L,
            60_000_000_000L,
            "a first connection that takes longer is a failed look-up; it is tried again without end");

    public static final Setting<String> AUTH = Setting.text(
            "auth",
            "",
            "who we are to ZooKeeper, as scheme:credentials, such as digest:user:password. Empty is nobody. Set it by"
                    + " ${?VARIABLE} rather than in a file");

    public static final Setting<String> ACL = Setting.text(
            "acl",
            "open",
            "what a server that registers lets others do with its entry: open is everything; creator lets them read only, and"
                    + " needs auth",
            "open",
            "creator");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(SESSION_TIMEOUT, CONNECTION_TIMEOUT, AUTH, ACL);

    private ZookeeperSettings() {}
}
