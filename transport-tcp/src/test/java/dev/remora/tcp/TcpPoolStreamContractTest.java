package dev.remora.tcp;

import dev.remora.contract.StreamContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.Map;

class TcpPoolStreamContractTest extends StreamContract {
    private final TcpFixture fixture = new TcpFixture(Map.of(TcpSettings.CONNECTIONS_PER_PEER.name(), "4"));

    @Override
    protected Transport newTransport() {
        return fixture.create(Map.of());
    }

    @Override
    protected Endpoint freshAddress() {
        return fixture.anyAddress();
    }
}
