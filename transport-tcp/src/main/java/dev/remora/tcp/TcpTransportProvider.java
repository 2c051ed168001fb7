package dev.remora.tcp;

import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;

/** Makes kernel-TCP transports; {@code remora.transport = tcp}. */
public final class TcpTransportProvider implements TransportProvider {
    static final String NAME = "tcp";

    /** For ServiceLoader and Guice. */
    public TcpTransportProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Setting<?>> settings() {
        return TcpSettings.ALL;
    }

    @Override
    public Transport create(SettingValues values) {
        return TcpTransport.create(values);
    }
}
