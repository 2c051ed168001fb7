package dev.remora.homa.net;

import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.spi.Endpoint;
import java.util.List;
import java.util.function.Consumer;

/** Two hosts joined by a wire that makes no garbage; one serves, the other calls. */
public final class QuietNetwork implements Network {
    private static final int SERVER_PORT = 4_000;
    private static final long SERVER = IpHeader.mapped(0x0a00_0001);
    private static final long CLIENT = IpHeader.mapped(0x0a00_0002);

    private final QuietPort port;

    private QuietNetwork(QuietPort port) {
        this.port = port;
    }

    /** The serving one, then the calling one. */
    public static List<QuietNetwork> pair() {
        QuietPort.Wire toServer = new QuietPort.Wire();
        QuietPort.Wire toClient = new QuietPort.Wire();
        return List.of(
                new QuietNetwork(new QuietPort(SERVER, toClient, toServer)),
                new QuietNetwork(new QuietPort(CLIENT, toServer, toClient)));
    }

    @Override
    public List<PacketPort> ports() {
        return List.of(port);
    }

    @Override
    public void resolve(Endpoint server, Resolution outcome) {
        outcome.found(new PeerAddress(0, SERVER, server.port()));
    }

    @Override
    public Listening listen(Endpoint local) {
        Endpoint address = new Endpoint(local.host(), SERVER_PORT);
        return new Listening() {
            @Override
            public Endpoint address() {
                return address;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void onPeerLost(Consumer<PeerAddress> listener) {}

    @Override
    public int[][] clientPorts(PeerAddress server, int most) {
        return new int[][] {{40_000}};
    }

    @Override
    public boolean noticesPeerLoss() {
        return false;
    }

    @Override
    public boolean crossesHosts() {
        return false;
    }

    @Override
    public void close() {}
}
