package dev.remora.tcp;

import dev.remora.contract.RpcContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.Map;

class TcpPoolRpcContractTest extends RpcContract {
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
