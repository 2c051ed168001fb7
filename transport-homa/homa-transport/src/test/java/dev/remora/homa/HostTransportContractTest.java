package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over DPDK: every transport is a host of its own, joined with the others by vhost-user devices. */
class HostTransportContractTest extends TransportContract {
    @TempDir
    Path folder;

    @Override
    public TransportFixture fixture() {
        return new HostFixture(folder, 1);
    }
}
