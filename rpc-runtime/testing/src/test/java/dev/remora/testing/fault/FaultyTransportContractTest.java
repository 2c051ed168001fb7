package dev.remora.testing.fault;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import dev.remora.testing.WrappedFixture;

/** Calls that no rule is for are as they were. */
class FaultyTransportContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new WrappedFixture(
                Faults.of(1, FaultRule.client("some.Other/Method").dropRequest())::around);
    }
}
