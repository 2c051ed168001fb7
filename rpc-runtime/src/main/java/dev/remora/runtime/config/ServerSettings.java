package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of a server, below {@code remora.server}. */
public final class ServerSettings {
    public static final Setting<String> ADDRESS = Setting.text(
            "address",
            "127.0.0.1:0",
            "Where the server listens, host:port. Port 0 takes any free one. Loopback unless opened on purpose.");

    public static final Setting<Long> MAX_CONCURRENT_CALLS = Setting.number(
            "max-concurrent-calls",
            1000,
            1,
            1_000_000,
            "calls",
            "Calls in progress; one more is refused with RESOURCE_EXHAUSTED before its handler runs. Bounds memory and"
                    + " keeps an overloaded server answering.");

    public static final Setting<Long> MAX_REQUEST_BYTES = Setting.bytes(
            "max-request-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest request message accepted; a larger one is refused with RESOURCE_EXHAUSTED.");

    public static final Setting<Long> MAX_RESPONSE_BYTES = Setting.bytes(
            "max-response-bytes",
            "4MiB",
            1,
            MessageLimits.MAX_MESSAGE_BYTES,
            "Largest response message a handler may return; a larger one ends the call with RESOURCE_EXHAUSTED.");

    public static final Setting<Long> MAX_METADATA_BYTES = Setting.bytes(
            "max-metadata-bytes",
            "8KiB",
            0,
            MessageLimits.MAX_METADATA_BYTES,
            "Most metadata accepted with a request or sent with a response.");

    public static final Setting<Long> DRAIN_TIMEOUT = Setting.duration(
            "drain-timeout",
            "10s",
            0,
            3_600_000_000_000L,
            "How long a closing server waits for calls in progress before it cancels them. Stay below the time after"
                    + " which the process supervisor kills.");

    /** All of them, in the order of the documentation. */
    public static final List<Setting<?>> ALL = List.of(
            ADDRESS, MAX_CONCURRENT_CALLS, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_METADATA_BYTES, DRAIN_TIMEOUT);

    private ServerSettings() {}
}
