package dev.remora.testing.fault;

import dev.remora.contract.RpcContract;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.concurrent.atomic.AtomicInteger;

/** Delays change when things happen and nothing else. */
class DelayedTransportContractTest extends RpcContract {
    private static final AtomicInteger NAMES = new AtomicInteger();

    private final Faults faults =
            Faults.of(3, FaultRule.parse("client * delay 300us 20%"), FaultRule.parse("server * delay 200us 20%"));

    @Override
    protected Transport newTransport() {
        return faults.around(InProcessTransport.create());
    }

    @Override
    protected Endpoint freshAddress() {
        return new Endpoint("delayed-" + NAMES.incrementAndGet(), 1);
    }
}
