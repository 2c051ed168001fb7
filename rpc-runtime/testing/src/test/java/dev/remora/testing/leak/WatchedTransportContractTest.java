package dev.remora.testing.leak;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import dev.remora.testing.WrappedFixture;

/** A transport that is watched is the same transport. */
class WatchedTransportContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new WrappedFixture(new BufferWatch()::around);
    }
}
