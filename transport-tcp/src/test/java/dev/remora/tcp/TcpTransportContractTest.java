package dev.remora.tcp;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

class TcpTransportContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new TcpFixture(Map.of());
    }
}
