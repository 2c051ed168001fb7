package dev.remora.homa;

import dev.remora.contract.TransportContract;
import dev.remora.contract.TransportFixture;
import java.util.Map;

/** The contract with another limit of messages, engines that sleep at once, and units that the link cuts. */
class HomaSmallMessagesContractTest extends TransportContract {
    private final HomaFixture fixture = new HomaFixture(
            new dev.remora.homa.net.MemoryNetwork.Hub(true, (packet, bytes) -> false),
            true,
            Map.of(
                    HomaSettings.MAX_MESSAGE_BYTES.name(), "2MiB",
                    HomaSettings.IDLE.name(), "park",
                    HomaSettings.SEND_POOL.name(), "64KiB"));

    @Override
    public TransportFixture fixture() {
        return fixture;
    }
}
