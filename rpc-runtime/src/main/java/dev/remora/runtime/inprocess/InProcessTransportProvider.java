package dev.remora.runtime.inprocess;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;

/** Makes in-process transports: {@code remora.transport = in-process}, settings below {@code remora.in-process}. */
public final class InProcessTransportProvider implements TransportProvider {
    /** Name in configuration. */
    public static final String NAME = "in-process";

    static final int DEFAULT_MAX_MESSAGE_BYTES = 16 << 20;
    static final int DEFAULT_MAX_OUTSTANDING = 10_000;
    static final int DEFAULT_MAX_REQUESTS = 10_000;
    static final int DEFAULT_THREADS = 1;

    private static final Setting<Long> MAX_MESSAGE_BYTES = Setting.bytes(
            "max-message-bytes",
            "16MiB",
            1,
            1 << 30,
            "largest request or response; as large as the TCP transport's, so that no message passes here and fails there");
    private static final Setting<Long> MAX_OUTSTANDING = Setting.number(
            "max-outstanding",
            DEFAULT_MAX_OUTSTANDING,
            1,
            1_000_000,
            "calls",
            "calls one client may have outstanding; more are OVERLOADED at once instead of filling the heap");
    private static final Setting<Long> MAX_REQUESTS = Setting.number(
            "max-requests",
            DEFAULT_MAX_REQUESTS,
            1,
            1_000_000,
            "requests",
            "requests one server may hold, waiting or in progress, from all its clients; more are REFUSED");
    private static final Setting<Long> THREADS = Setting.number(
            "threads",
            DEFAULT_THREADS,
            1,
            256,
            "threads",
            "threads that deliver requests and responses; one keeps the order and is enough while handlers are short");

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Setting<?>> settings() {
        return List.of(MAX_MESSAGE_BYTES, MAX_OUTSTANDING, MAX_REQUESTS, THREADS);
    }

    @Override
    public Transport create(SettingValues values) {
        return new InProcessTransport(
                values.getInt(MAX_MESSAGE_BYTES),
                values.getInt(MAX_OUTSTANDING),
                values.getInt(MAX_REQUESTS),
                values.getInt(THREADS));
    }
}
