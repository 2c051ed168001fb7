package dev.remora.homa;

import dev.remora.homa.net.PeerAddress;

/** A server that was found, as one life of it: when it is lost a new path is looked for. */
final class Path {
    final PeerAddress server;
    private final int[] clientPorts;
    private volatile boolean lost;

    /** @param clientPorts our port for each shard */
    Path(PeerAddress server, int[] clientPorts) {
        this.server = server;
        this.clientPorts = clientPorts;
    }

    int clientPort(Shard shard) {
        return clientPorts[shard.index];
    }

    boolean isHost(PeerAddress peer) {
        return server.high() == peer.high() && server.low() == peer.low();
    }

    /** The network has said that the peer is gone. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }
}
