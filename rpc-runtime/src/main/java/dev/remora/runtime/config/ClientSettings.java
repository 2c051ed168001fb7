package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import java.util.List;

/** Knobs of a channel: defaults below {@code remora.client}, per channel below {@code remora.clients.<name>}. */
public final class ClientSettings {
    private static final long DAY_NS = 86_400_000_000_000L;

    public static final Setting<Long> TIMEOUT = Setting.duration(
            "timeout",
            "0s",
            0,
            DAY_NS,
            "deadline of calls that set none; 0 = none, as only the application knows its patience");
    public static final Setting<Long> MAX_REQUEST_BYTES =
            Setting.bytes("max-request-bytes", "4MiB", 1, 1 << 30, "largest request sent");
    public static final Setting<Long> MAX_RESPONSE_BYTES =
            Setting.bytes("max-response-bytes", "4MiB", 1, 1 << 30, "largest response accepted");
    public static final Setting<Long> MAX_METADATA_BYTES =
            Setting.bytes("max-metadata-bytes", "8KiB", 64, 1 << 20, "bound for the metadata of one message");

    public static final List<Setting<?>> ALL =
            List.of(TIMEOUT, MAX_REQUEST_BYTES, MAX_RESPONSE_BYTES, MAX_METADATA_BYTES);

    /** Only below {@code remora.clients.<name>}. */
    static final Setting<String> TARGET =
            Setting.text("target", "", "where the servers are: host:port, or several separated by commas");

    private ClientSettings() {}
}
