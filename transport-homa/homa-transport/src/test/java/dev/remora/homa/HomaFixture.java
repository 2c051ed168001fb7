package dev.remora.homa;

import dev.remora.contract.ContractSettings;
import dev.remora.contract.TransportFixture;
import dev.remora.homa.net.MemoryNetwork;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportProvider;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Homa over a hub in memory for the contract suite.
 *
 * @param steered with several engines: packets come to the queue of the engine they are for
 */
record HomaFixture(MemoryNetwork.Hub hub, boolean steered, Map<String, String> always) implements TransportFixture {
    /** 5 s of 1 ms: on a busy machine an engine may get no CPU for longer than the usual 100 ms. */
    static final int PATIENT_TICKS = 5_000;

    HomaFixture(Map<String, String> always) {
        this(new MemoryNetwork.Hub(), true, always);
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
        ContractSettings values = ContractSettings.of(
                        provider(), Map.of("protocol.timeout-ticks", Integer.toString(PATIENT_TICKS)))
                .with(always)
                .with(overrides);
        return new HomaTransport(hub.attach(values.getInt(HomaSettings.ENGINES), steered), values);
    }
}
