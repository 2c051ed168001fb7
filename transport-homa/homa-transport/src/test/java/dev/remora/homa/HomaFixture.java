package dev.remora.homa;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.TransportFixture;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.OptionalLong;

/** Homa over a hub in memory for the contract suite. */
record HomaFixture(MemoryNetwork.Hub hub, Map<String, String> always) implements TransportFixture {
    HomaFixture(Map<String, String> always) {
        this(new MemoryNetwork.Hub(), always);
    }

    @Override
    public TransportProvider provider() {
        return new HomaTransportProvider();
    }

    @Override
    public Endpoint anyAddress() {
        return new Endpoint("10.0.0.1", 0);
    }

    @Override
    public OptionalLong buffersInUse(Transport transport) {
        return OptionalLong.of(((HomaTransport) transport).buffersInUse());
    }

    @Override
    public Transport create(Map<String, String> overrides) {
        return transport(overrides);
    }

    HomaTransport transport(Map<String, String> overrides) {
        return new HomaTransport(
                hub.attach(), ContractSettings.of(provider(), always).with(overrides));
    }
}
