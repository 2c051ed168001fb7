package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

class HomaTransportContractTest extends TransportContract {
    private final HomaFixture fixture = new HomaFixture(Map.of());

    @Override
    public TransportFixture fixture() {
        return fixture;
    }
}
