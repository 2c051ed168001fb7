package dev.remora.runtime.config;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;

/** A transport that only has settings. */
record FakeProvider(String name, List<Setting<?>> settings) implements TransportProvider {
    static final Setting<Long> KEEPALIVE = Setting.duration(
            "keepalive.interval", "20s", 1_000_000, 3_600_000_000_000L, "Finds dead peers. | Short is costly.");
    static final Setting<Double> RATIO = Setting.real("ratio", 0.5, 0, 1, "", "Share.");
    static final Setting<String> MODE = Setting.text("mode", "auto", "How.", "auto", "nio", "epoll");
    static final Setting<List<String>> NICS = Setting.texts("nics", "Which cards.");

    static final FakeProvider TCP = new FakeProvider("tcp", List.of(KEEPALIVE, RATIO, MODE, NICS));
    static final FakeProvider PIGEON = new FakeProvider("pigeon", List.of());

    @Override
    public Transport create(SettingValues values) {
        throw new UnsupportedOperationException("only its settings are of use");
    }
}
