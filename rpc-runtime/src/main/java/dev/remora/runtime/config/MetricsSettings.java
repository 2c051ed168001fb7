package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of metrics, below {@code remora.metrics}. */
public final class MetricsSettings {
    private static final long DAY_NS = 86_400_000_000_000L;

    public static final Setting<Boolean> ENABLED = Setting.flag("enabled", true, "count and time every call");
    public static final Setting<Boolean> JMX = Setting.flag("jmx", false, "publish the registry as MBeans");
    public static final Setting<String> PROMETHEUS_ADDRESS = Setting.text(
            "prometheus.address",
            "",
            "host:port of an HTTP endpoint /metrics; port 0 takes any free one; empty = none");
    public static final Setting<Long> CONSOLE_INTERVAL = Setting.duration(
            "console.interval", "0s", 0, DAY_NS, "print all metrics to standard output this often; 0 = never");

    public static final List<Setting<?>> ALL = List.of(ENABLED, JMX, PROMETHEUS_ADDRESS, CONSOLE_INTERVAL);

    private MetricsSettings() {}
}
