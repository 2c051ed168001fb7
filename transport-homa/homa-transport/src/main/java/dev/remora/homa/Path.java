package dev.remora.homa;

import dev.remora.homa.net.PeerAddress;
import java.util.Arrays;

/** A server that was found, as one life of it: when it is lost a new path is looked for. */
final class Path {
    final PeerAddress server;
    private final ShardPorts[] ports;
    private volatile boolean lost;

    /** Our ports for one shard, which uses them in turn; its engine only. */
    private static final class ShardPorts {
        final int[] ports;
        int next;

        ShardPorts(int[] ports) {
            this.ports = ports;
        }
    }

    /** @param ports of ours, for each shard; none for one that has no way to the server */
    Path(PeerAddress server, int[][] ports) {
        this.server = server;
        this.ports = Arrays.stream(ports).map(ShardPorts::new).toArray(ShardPorts[]::new);
    }

    /** Whether a shard can send to the server. For any thread. */
    boolean leadsFrom(Shard shard) {
        return ports[shard.index].ports.length > 0;
    }

    /** The port for the next call of a shard. Its engine only. */
    int nextPort(Shard shard) {
        ShardPorts mine = ports[shard.index];
        int at = mine.next;
        mine.next = at + 1 == mine.ports.length ? 0 : at + 1;
        return mine.ports[at];
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
