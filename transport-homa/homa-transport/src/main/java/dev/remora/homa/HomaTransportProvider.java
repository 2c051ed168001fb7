package dev.remora.homa;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;

/** Makes Homa transports; {@code remora.transport = homa}. */
public final class HomaTransportProvider implements TransportProvider {
    static final String NAME = "homa";

    /** For ServiceLoader and Guice. */
    public HomaTransportProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Setting<?>> settings() {
        return HomaSettings.ALL;
    }

    @Override
    public Transport create(SettingValues values) {
        return new HomaTransport(Networks.open(values), values);
    }
}
