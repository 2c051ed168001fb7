package dev.remora.homa;

import dev.remora.contract.ResilienceContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

class HomaResilienceContractTest extends ResilienceContract {
    private final HomaFixture fixture = new HomaFixture(Map.of());
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
