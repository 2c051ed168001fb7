package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;

/** The contract over DPDK: every transport is a host of its own, joined with the others by vhost-user devices. */
class HostTransportContractTest extends TransportContract {
    private final HostFixture fixture = new HostFixture();

    @Override
    public TransportFixture fixture() {
        return fixture;
    }
}
