package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of a server, below {@code remora.server}. */
public final class ServerSettings {
    private static final long HOUR_NS = 3_600_000_000_000L;

    public static final Setting<String> ADDRESS = Setting.text(
            "address",
            "127.0.0.1:0",
            "where to listen; loopback and any free port, so that nothing is exposed by accident");
    public static final Setting<Long> MAX_CONCURRENT_CALLS = Setting.number(
            "max-concurrent-calls",
            1000,
            1,
            1_000_000,
            "calls",
            "beyond it calls get RESOURCE_EXHAUSTED instead of a queue that grows");
    public static final Setting<Long> MAX_REQUEST_BYTES = Setting.bytes(
            "max-request-bytes", "4MiB", 1, 1 << 30, "largest request accepted; one request's memory is bounded by it");
    public static final Setting<Long> MAX_RESPONSE_BYTES =
            Setting.bytes("max-response-bytes", "4MiB", 1, 1 << 30, "largest response sent");
    public static final Setting<Long> MAX_METADATA_BYTES =
            Setting.bytes("max-metadata-bytes", "8KiB", 64, 1 << 20, "bound for the metadata of one message");
    public static final Setting<Long> DRAIN_TIMEOUT = Setting.duration(
            "drain-timeout", "10s", 0, HOUR_NS, "how long a closing server waits for calls in progress");

    public static final List<Setting<?>> ALL = List.of(
            ADDRESS, MAX_CONCURRENT_CALLS, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_METADATA_BYTES, DRAIN_TIMEOUT);

    private ServerSettings() {}
}
