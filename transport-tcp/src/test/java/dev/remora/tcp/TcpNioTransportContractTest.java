package dev.remora.tcp;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

class TcpNioTransportContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new TcpFixture(Map.of(TcpSettings.IO.name(), "nio"));
    }
}
