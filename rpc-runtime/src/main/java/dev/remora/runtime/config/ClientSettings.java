package dev.remora.runtime.config;

import dev.remora.runtime.balance.BalanceSettings;
import dev.remora.spi.Setting;
import java.util.List;

/**
 * Knobs of channels: below {@code remora.client} for all channels of the process, below {@code remora.clients.<name>} for
 * one of them.
 */
public final class ClientSettings {
    /** Only below {@code remora.clients.<name>}. */
    public static final Setting<List<String>> TARGET = Setting.texts(
            "target",
            "Where the service is: host:port, or several, as a list or separated by commas; or a target with a scheme, such as"
                    + " dns:///users:7000 (docs/discovery.md). No default: it must be set for every client that is used.");

    public static final Setting<Long> TIMEOUT = Setting.duration(
            "timeout",
            "0",
            0,
            86_400_000_000_000L,
            "Deadline of a call whose options set none, counted from its start. 0 is none: a call then waits as long as"
                    + " its caller does.");

    public static final Setting<Long> MAX_REQUEST_BYTES = Setting.bytes(
            "max-request-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest request message sent; a larger one fails with RESOURCE_EXHAUSTED before anything is sent.");

    public static final Setting<Long> MAX_RESPONSE_BYTES = Setting.bytes(
            "max-response-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest response message accepted; a larger one ends the call with RESOURCE_EXHAUSTED.");

    public static final Setting<Long> MAX_METADATA_BYTES = Setting.bytes(
            "max-metadata-bytes",
            "8KiB",
            0,
            MessageLimits.MAX_METADATA_BYTES,
            "Most metadata sent with a request or accepted with a response.");

    public static final Setting<Double> RETRY_BUDGET_RATIO = Setting.real(
            "retry-budget.ratio",
            0.2,
            0,
            1,
            "attempts per call",
            "How many further attempts (retries and hedges of all methods together) each call of the channel allows: 0.2 is one"
                    + " per five calls. Keeps clients from multiplying the load of servers that are in trouble.");

    public static final Setting<Double> RETRY_BUDGET_MIN_PER_SECOND = Setting.real(
            "retry-budget.min-per-second",
            1,
            0,
            1_000_000,
            "attempts per second",
            "Further attempts allowed whatever the number of calls, so that a channel with few calls can retry too.");

    public static final Setting<Long> RETRY_BUDGET_BURST = Setting.number(
            "retry-budget.burst",
            20,
            0,
            1_000_000,
            "attempts",
            "Most further attempts that can be saved up, and what a new channel begins with.");

    /** Those of a channel as a whole; those of policies stand beside them. */
    static final List<Setting<?>> OF_CHANNEL = joined(List.of(
            List.of(
                    TIMEOUT,
                    MAX_REQUEST_BYTES,
                    MAX_RESPONSE_BYTES,
                    MAX_METADATA_BYTES,
                    RETRY_BUDGET_RATIO,
                    RETRY_BUDGET_MIN_PER_SECOND,
                    RETRY_BUDGET_BURST),
            CompressionSettings.CLIENT,
            BalanceSettings.ALL,
            StreamSettings.CLIENT));

    /** Those that stand in both places, in the order of the documentation; without {@link #TARGET}. */
    public static final List<Setting<?>> ALL = joined(List.of(OF_CHANNEL, CallPolicySettings.ALL));

    private static final List<Setting<?>> WITH_TARGET = joined(List.of(List.of(TARGET), ALL));

    private static final List<Setting<?>> OF_POLICY =
            joined(List.of(List.of(CallPolicySettings.METHODS, TIMEOUT), CallPolicySettings.ALL));

    /** Those of one named client, in the order of the documentation. */
    public static List<Setting<?>> withTarget() {
        return WITH_TARGET;
    }

    /** Those of one policy, in the order of the documentation. */
    public static List<Setting<?>> ofPolicy() {
        return OF_POLICY;
    }

    private static List<Setting<?>> joined(List<List<Setting<?>>> groups) {
        return groups.stream().<Setting<?>>flatMap(List::stream).toList();
    }

    private ClientSettings() {}
}
