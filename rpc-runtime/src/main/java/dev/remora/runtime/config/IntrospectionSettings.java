package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of watching calls, below {@code remora.introspection}. */
public final class IntrospectionSettings {
    public static final Setting<Boolean> ENABLED = Setting.flag(
            "enabled",
            true,
            "Whether calls and their phases are watched: for the introspection service, and for the explanation that goes"
                    + " with DEADLINE_EXCEEDED. Costs less than 0.1 us per call and side.");

    public static final Setting<Long> MAX_CALLS = Setting.number(
            "max-calls",
            4096,
            16,
            1 << 20,
            "calls",
            "Places in the table of calls in progress, rounded up to a power of two. A call that finds no place is counted"
                    + " as unlisted and runs as ever.");

    public static final Setting<Long> SLOW_CALLS_PER_METHOD = Setting.number(
            "slow-calls-per-method",
            8,
            1,
            1000,
            "calls",
            "How many of the slowest calls are kept, per method, side and window.");

    public static final Setting<Long> SLOW_CALLS_WINDOW = Setting.duration(
            "slow-calls-window",
            "60s",
            1_000_000_000L,
            86_400_000_000_000L,
            "How long slow calls compete for these places. Those of the present window and of the one before are told.");

    public static final Setting<Long> REPORT_PHASES_FROM = Setting.duration(
            "report-phases-from",
            "1ms",
            0,
            3_600_000_000_000L,
            "A server tells its phases in the trailers of answers that took at least so long, some 35 bytes: by them a"
                    + " client can tell a slow handler from a slow network. Faster answers need no explanation.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL =
            List.of(ENABLED, MAX_CALLS, SLOW_CALLS_PER_METHOD, SLOW_CALLS_WINDOW, REPORT_PHASES_FROM);

    private IntrospectionSettings() {}
}
