package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import dev.remora.homa.net.MemoryNetwork;
import java.util.Map;

/** The contract with three engines and a network that brings packets to any of them. */
class HomaUnsteeredContractTest extends TransportContract {
    private final HomaFixture fixture = new HomaFixture(
            new MemoryNetwork.Hub(true, (packet, bytes) -> false), false, Map.of(HomaSettings.ENGINES.name(), "3"));

    @Override
    public TransportFixture fixture() {
        return fixture;
    }
}
