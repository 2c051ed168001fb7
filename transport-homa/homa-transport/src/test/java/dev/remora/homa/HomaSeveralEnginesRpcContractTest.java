package dev.remora.homa;

import dev.remora.contract.RpcContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Calls through channel, server and stubs, with two engines. */
class HomaSeveralEnginesRpcContractTest extends RpcContract {
    private final HomaFixture fixture = new HomaFixture(Map.of(HomaSettings.ENGINES.name(), "2"));
    private final List<Transport> made = new ArrayList<>();

    @Override
    protected Transport newTransport() {
        Transport transport = fixture.create(Map.of());
        made.add(transport);
        return transport;
    }

    @Override
    protected Endpoint freshAddress() {
        return fixture.anyAddress();
    }

    @Override
    protected long buffersInUse() {
        return made.stream()
                .mapToLong(transport -> fixture.buffersInUse(transport).orElse(0))
                .sum();
    }
}
