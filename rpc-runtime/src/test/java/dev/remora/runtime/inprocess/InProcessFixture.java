package dev.remora.runtime.inprocess;

import dev.remora.contract.TransportFixture;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.OptionalLong;

/** In-process transports for the contract suite. */
final class InProcessFixture implements TransportFixture {
    private final Map<String, String> always;

    InProcessFixture(Map<String, String> always) {
        this.always = always;
    }

    @Override
    public Map<String, String> always() {
        return always;
    }

    @Override
    public TransportProvider provider() {
        return new InProcessTransportProvider();
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("contract", 0);
    }

    @Override
    public OptionalLong buffersInUse(Transport transport) {
        return OptionalLong.of(((InProcessTransport) transport).buffersInUse());
    }
}
