package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of what is logged about calls, below {@code remora.logging}. */
public final class LoggingSettings {
    /** Which calls. */
    public static final Setting<String> REQUESTS = Setting.text(
            "requests",
            "none",
            "Of which calls a line is written when they end: those served, those made, or both. Off by default: it costs"
                    + " more than a small call itself.",
            "none",
            "server",
            "client",
            "both");

    /** How many of them. */
    public static final Setting<Double> SAMPLE_RATE = Setting.real(
            "sample-rate",
            1.0,
            0,
            1,
            "",
            "Share of the calls that are logged; those that fail or are slow always are. All calls of one trace are logged"
                    + " or none, in every service that has the same rate.");

    /** What is slow. */
    public static final Setting<Long> SLOW_CALL = Setting.duration(
            "slow-call", "1s", 0, 86_400_000_000_000L, "A call that takes longer is logged as a warning. 0 is off.");

    /** The call in the lines of handlers. */
    public static final Setting<Boolean> MDC = Setting.flag(
            "mdc",
            false,
            "Puts rpc.method, rpc.peer and trace_id into SLF4J's MDC while a handler runs, so that each line it logs can"
                    + " show them. Off by default: it costs some allocation per call.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(REQUESTS, SAMPLE_RATE, SLOW_CALL, MDC);

    private LoggingSettings() {}
}
