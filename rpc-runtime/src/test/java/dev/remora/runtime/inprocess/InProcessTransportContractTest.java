package dev.remora.runtime.inprocess;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;

class InProcessTransportContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new InProcessFixture();
    }
}
