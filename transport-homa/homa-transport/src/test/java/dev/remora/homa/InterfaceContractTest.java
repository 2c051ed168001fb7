package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The contract between two network namespaces, with two engines on two packet sockets at each end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterfaceContractTest extends TransportContract {
    private InterfaceRig rig;

    @BeforeAll
    void join() {
        rig = new InterfaceRig();
    }

    @AfterAll
    void part() {
        rig.close();
    }

    @Override
    public TransportFixture fixture() {
        // The default time-out: a test waits for the end of calls to a transport that is gone.
        return new InterfaceFixture(
                rig, Map.of("engines", "2", "interface.link", "packet-socket", "protocol.timeout-ticks", "2000"));
    }

    // No tests here: each transport has an IP address of its own, and cannot take another's.

    @Override
    public void serverThatComesBackIsFound() {}

    @Override
    public void serverThatComesLaterIsFound() {}

    @Override
    public void addressInUseIsNamedAndFreeAgainAfterClose() {}

    // Nor here: on a network the end of a peer shows as its silence only.

    @Override
    public void serverThatClosesDuringTheCallsIsLost() {}
}
