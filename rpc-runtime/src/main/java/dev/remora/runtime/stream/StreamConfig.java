package dev.remora.runtime.stream;

import dev.remora.runtime.call.Limit;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;

/**
 * The knobs of one side's streams, read once. See {@link StreamSettings} for what each is for.
 *
 * @param root where they stand in the configuration, for messages
 */
record StreamConfig(
        String root,
        int maxOpen,
        long window,
        long maxWindow,
        long receiveMemory,
        long sendBuffer,
        long maxSendQueue,
        long batch,
        long keepaliveNs,
        long leaseNs,
        Limit received,
        Limit sent,
        Limit metadata,
        CompressionPolicy compression) {

    static StreamConfig client(SettingValues values) {
        return of(
                "remora.client.",
                values,
                ClientSettings.MAX_RESPONSE_BYTES,
                ClientSettings.MAX_REQUEST_BYTES,
                CompressionPolicy.ofClient(values));
    }

    static StreamConfig server(SettingValues values) {
        return of(
                "remora.server.",
                values,
                ServerSettings.MAX_REQUEST_BYTES,
                ServerSettings.MAX_RESPONSE_BYTES,
                CompressionPolicy.ofServer(values));
    }

    private static StreamConfig of(
            String root,
            SettingValues values,
            Setting<Long> maxReceived,
            Setting<Long> maxSent,
            CompressionPolicy compression) {
        return new StreamConfig(
                root,
                values.getInt(StreamSettings.MAX_OPEN),
                values.get(StreamSettings.WINDOW),
                values.get(StreamSettings.MAX_WINDOW),
                values.get(StreamSettings.RECEIVE_MEMORY),
                values.get(StreamSettings.SEND_BUFFER),
                values.get(StreamSettings.MAX_SEND_QUEUE),
                values.get(StreamSettings.BATCH),
                values.get(StreamSettings.KEEPALIVE),
                values.get(StreamSettings.LEASE),
                Limit.of(root, maxReceived, values),
                Limit.of(root, maxSent, values),
                Limit.of(root, ClientSettings.MAX_METADATA_BYTES, values),
                compression);
    }

    /** How often streams are looked at for peers that are lost and requests that were kept long enough. */
    long sweepNs() {
        return Math.clamp(Math.min(keepaliveNs, leaseNs) / 4, 1_000_000L, 1_000_000_000L);
    }
}
