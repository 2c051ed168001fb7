package dev.remora.runtime.config;

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
            "Where the service is: host:port, or several, as a list or separated by commas. No default: it must be set"
                    + " for every client that is used.");

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

    /** Those that stand in both places, in the order of the documentation; without {@link #TARGET}. */
    public static final List<Setting<?>> ALL =
            List.of(TIMEOUT, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_METADATA_BYTES);

    private static final List<Setting<?>> WITH_TARGET =
            List.of(TARGET, TIMEOUT, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_METADATA_BYTES);

    /** Those of one named client, in the order of the documentation. */
    public static List<Setting<?>> withTarget() {
        return WITH_TARGET;
    }

    private ClientSettings() {}
}
