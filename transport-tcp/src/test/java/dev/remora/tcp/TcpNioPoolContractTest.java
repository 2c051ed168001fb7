package dev.remora.tcp;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

/**
 * The contract on NIO, with several connections per peer and tight queues, so that every wait is taken. The bound on bytes
 * in flight leaves room for all calls that the stress test holds open on purpose: a server that has reached it reads
 * nothing, not even the cancel that would end them.
 */
class TcpNioPoolContractTest extends TransportContract {
    @Override
    public TransportFixture fixture() {
        return new TcpFixture(Map.of(
                TcpSettings.IO.name(), "nio",
                TcpSettings.CONNECTIONS_PER_PEER.name(), "3",
                TcpSettings.WRITE_HIGH_WATER.name(), "16KiB",
                TcpSettings.SERVER_MAX_IN_FLIGHT_BYTES.name(), "8MiB",
                TcpSettings.ASSEMBLY_BUDGET.name(), "64KiB"));
    }
}
