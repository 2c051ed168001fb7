package dev.remora.runtime.inprocess;

import dev.remora.contract.RpcContract;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.util.concurrent.atomic.AtomicInteger;

class InProcessRpcContractTest extends RpcContract {
    private static final AtomicInteger NAMES = new AtomicInteger();

    @Override
    protected Transport newTransport() {
        return InProcessTransport.create();
    }

    @Override
    protected Endpoint freshAddress() {
        return new Endpoint("rpc-contract-" + NAMES.incrementAndGet(), 1);
    }
}
