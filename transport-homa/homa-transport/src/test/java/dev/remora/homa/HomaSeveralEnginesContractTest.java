package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

/** The contract with two engines, whose packets find the right one by themselves. */
class HomaSeveralEnginesContractTest extends TransportContract {
    private final HomaFixture fixture = new HomaFixture(Map.of(HomaSettings.ENGINES.name(), "2"));

    @Override
    public TransportFixture fixture() {
        return fixture;
    }
}
