package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of metrics and their reporters, below {@code remora.metrics}. */
public final class MetricsSettings {
    public static final Setting<Boolean> ENABLED =
            Setting.flag("enabled", true, "Whether calls are measured at all. Off, no reporter starts.");

    public static final Setting<Boolean> JMX =
            Setting.flag("jmx", false, "Publishes the metrics as MBeans of the domain remora.");

    public static final Setting<String> PROMETHEUS_ADDRESS = Setting.text(
            "prometheus.address",
            "",
            "Where the Prometheus text endpoint (path /metrics) listens, host:port. Port 0 takes any free one. Empty is"
                    + " off. It has no access control: keep it on a trusted interface.");

    public static final Setting<Long> CONSOLE_INTERVAL = Setting.duration(
            "console.interval",
            "0",
            0,
            86_400_000_000_000L,
            "How often all metrics are printed to standard output, such as 10s. 0 is off.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(ENABLED, JMX, PROMETHEUS_ADDRESS, CONSOLE_INTERVAL);

    private MetricsSettings() {}
}
