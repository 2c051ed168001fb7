package dev.remora.tcp;

import dev.remora.contract.StreamContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.Map;

class TcpStreamContractTest extends StreamContract {
    private final TcpFixture fixture = new TcpFixture(Map.of());

    @Override
    protected Transport newTransport() {
        return fixture.create(Map.of());
    }

    @Override
    protected Endpoint freshAddress() {
        return fixture.anyAddress();
    }
}
