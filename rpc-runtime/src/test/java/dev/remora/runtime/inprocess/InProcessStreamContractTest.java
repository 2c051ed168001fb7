package dev.remora.runtime.inprocess;

import dev.remora.contract.StreamContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

class InProcessStreamContractTest extends StreamContract {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final List<InProcessTransport> transports = new ArrayList<>();

    @Override
    protected Transport newTransport() {
        InProcessTransport transport = InProcessTransport.create();
        transports.add(transport);
        return transport;
    }

    @Override
    protected long buffersInUse() {
        return transports.stream().mapToLong(InProcessTransport::buffersInUse).sum();
    }

    @Override
    protected Endpoint freshAddress() {
        return new Endpoint("stream-contract-" + NAMES.incrementAndGet(), 1);
    }
}
