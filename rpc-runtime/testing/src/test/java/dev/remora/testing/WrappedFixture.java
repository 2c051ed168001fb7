package dev.remora.testing;

import dev.remora.contract.TransportFixture;
import dev.remora.runtime.inprocess.InProcessTransportProvider;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Setting;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.List;
import java.util.function.UnaryOperator;

/** In-process transports inside of something, for the contract suite. */
public record WrappedFixture(UnaryOperator<Transport> wrap) implements TransportFixture {
    @Override
    public TransportProvider provider() {
        TransportProvider inner = new InProcessTransportProvider();
        return new TransportProvider() {
            @Override
            public String name() {
                return inner.name();
            }

            @Override
            public List<Setting<?>> settings() {
                return inner.settings();
            }

            @Override
            public Transport create(SettingValues values) {
                return wrap.apply(inner.create(values));
            }
        };
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("wrapped", 0);
    }
}
