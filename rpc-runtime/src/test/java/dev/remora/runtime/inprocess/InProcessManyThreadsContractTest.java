package dev.remora.runtime.inprocess;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

class InProcessManyThreadsContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new InProcessFixture(Map.of("threads", "4"));
    }
}
