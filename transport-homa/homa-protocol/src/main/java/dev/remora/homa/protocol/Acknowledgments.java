package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.Arrays;

/**
 * Tells servers which RPCs they may forget. A finished RPC waits in its peer's list of five for a DATA packet to ride on;
 * after a while an ACK packet of its own flushes the list, which spares the server its NEED_ACKs and its memory. (The kernel
 * module has no such timer.)
 */
final class Acknowledgments {
    private final Core core;
    private final long flushNs;
    /** Peers with acknowledgments waiting, in the order in which the lists became non-empty. */
    private Peer[] waiting = new Peer[16];

    private int head;
    private int size;

    Acknowledgments(Core core) {
        this.core = core;
        flushNs = core.config.get(Tunable.ACK_FLUSH_NS);
    }

    /** The application has taken the response of a client RPC. */
    void onTaken(Rpc rpc) {
        Peer peer = rpc.peer();
        if (!peer.addAck(rpc.id, rpc.peerPort)) {
            core.metrics.add(Counter.ACK_OVERFLOWS);
            sendAck(peer, rpc.localPort, rpc.peerPort, rpc.id);
            return;
        }
        peer.lastClientPort = rpc.localPort;
        if (!peer.awaitsFlush) {
            peer.awaitsFlush = true;
            peer.liveRpcs++;
            peer.firstUnackedNs = core.nowNs;
            add(peer);
        }
    }

    /** An ACK for this RPC, with all that waits for the same server. */
    void sendAck(Peer peer, int localPort, int serverPort, long id) {
        if (!core.control.add(
                HomaHeader.ACK, peer.addressHigh(), peer.addressLow(), localPort, serverPort, id, 0, 0, 0)) {
            core.metrics.add(Counter.CONTROL_QUEUE_FULL);
            return;
        }
        while (peer.ackCount() > 0) {
            core.control.addAckEntry(peer.ackId(peer.ackCount() - 1), peer.ackPort(peer.ackCount() - 1));
            peer.popAck();
        }
    }

    /** Flushes lists that have waited long enough. */
    void onTick() {
        while (size > 0) {
            Peer peer = waiting[head];
            if (core.nowNs - peer.firstUnackedNs < flushNs) {
                return;
            }
            head = (head + 1) & (waiting.length - 1);
            size--;
            peer.awaitsFlush = false;
            peer.liveRpcs--;
            if (peer.ackCount() > 0) {
                long id = peer.ackId(peer.ackCount() - 1);
                int port = peer.ackPort(peer.ackCount() - 1);
                peer.popAck();
                sendAck(peer, peer.lastClientPort, port, id);
            }
        }
    }

    long nextDeadlineNs() {
        return size == 0 ? Long.MAX_VALUE : waiting[head].firstUnackedNs + flushNs;
    }

    private void add(Peer peer) {
        if (size == waiting.length) {
            Peer[] more = Arrays.copyOf(waiting, size * 2);
            for (int i = 0; i < size; i++) {
                more[i] = waiting[(head + i) & (size - 1)];
            }
            head = 0;
            waiting = more;
        }
        waiting[(head + size) & (waiting.length - 1)] = peer;
        size++;
    }
}
