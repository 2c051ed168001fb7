package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract over DPDK with two engines in each transport, and two queues between each two. */
class HostSeveralEnginesContractTest extends TransportContract {
    @TempDir
    Path folder;

    @Override
    public TransportFixture fixture() {
        return new HostFixture(folder, 2);
    }
}
