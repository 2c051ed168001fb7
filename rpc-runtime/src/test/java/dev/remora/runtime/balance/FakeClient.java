package dev.remora.runtime.balance;

import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import java.util.concurrent.CountDownLatch;

/** A client of a peer that is only opened and closed. */
final class FakeClient implements ClientTransport {
    private final Endpoint peer;
    final CountDownLatch closed = new CountDownLatch(1);

    FakeClient(Endpoint peer) {
        this.peer = peer;
    }

    @Override
    public Endpoint peer() {
        return peer;
    }

    @Override
    public MessageBuffer allocate(int size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int outstanding() {
        return 0;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
