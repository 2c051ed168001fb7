package dev.remora.homa;

import dev.remora.homa.net.MemoryNetwork;
import dev.remora.homa.net.Network;
import dev.remora.homa.net.PacketPort;
import dev.remora.homa.net.PeerAddress;
import dev.remora.spi.Endpoint;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A network in memory whose peers are lost when the test says so. */
class WatchedNetwork implements Network {
    final AtomicInteger closings = new AtomicInteger();
    private final MemoryNetwork inner;
    private Consumer<PeerAddress> listener = peer -> {};

    WatchedNetwork(MemoryNetwork inner) {
        this.inner = inner;
    }

    /** Nobody sends to or hears of this peer any more, if it is true or not. */
    void lose(PeerAddress peer) {
        listener.accept(new PeerAddress(peer.high(), peer.low(), 0));
    }

    @Override
    public List<PacketPort> ports() {
        return inner.ports();
    }

    @Override
    public void resolve(Endpoint server, Resolution outcome) {
        inner.resolve(server, outcome);
    }

    @Override
    public Listening listen(Endpoint local) {
        return inner.listen(local);
    }

    @Override
    public void onPeerLost(Consumer<PeerAddress> newListener) {
        listener = newListener;
    }

    @Override
    public int[][] clientPorts(PeerAddress server, int most) {
        return inner.clientPorts(server, most);
    }

    @Override
    public boolean noticesPeerLoss() {
        return true;
    }

    @Override
    public boolean freshAddress() {
        return true;
    }

    @Override
    public boolean crossesHosts() {
        return false;
    }

    @Override
    public void close() {
        closings.incrementAndGet();
        inner.close();
    }
}
