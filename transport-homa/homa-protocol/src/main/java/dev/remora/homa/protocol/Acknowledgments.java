package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.AckList;
import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Tells servers which RPCs they may forget. A finished RPC waits in a list of five for a DATA packet between the same two ports
 * to ride on; after a while an ACK packet of its own flushes the list, which spares the server its NEED_ACKs and its memory.
 * (The kernel module has no such timer, and one list for all ports of a server.)
 */
final class Acknowledgments {
    /** Pairs of ports of one server for which acknowledgments may wait; those of further ones are sent at once. */
    private static final int MAX_LISTS = 16;

    private final Core core;
    private final long flushNs;
    /** Lists that wait to be flushed, in the order in which they began. */
    private AckList[] waiting = new AckList[16];

    private int head;
    private int size;
    private @Nullable AckList free;

    Acknowledgments(Core core) {
        this.core = core;
        flushNs = core.config.get(Tunable.ACK_FLUSH_NS);
    }

    /** The application has taken the response of a client RPC. */
    void onTaken(Rpc rpc) {
        Peer peer = rpc.peer();
        AckList list = peer.acks(rpc.localPort, rpc.peerPort);
        if (list == null && peer.ackLists() < MAX_LISTS) {
            list = begin(peer, rpc.localPort, rpc.peerPort);
        }
        if (list == null || !list.add(rpc.id)) {
            core.metrics.add(Counter.ACK_OVERFLOWS);
            sendAck(peer, rpc.localPort, rpc.peerPort, rpc.id);
        }
    }

    /** An acknowledgment to ride on a packet between these ports, or 0. */
    long next(Peer peer, int localPort, int serverPort) {
        AckList list = peer.acks(localPort, serverPort);
        return list == null || list.isEmpty() ? 0 : list.pop();
    }

    /** An ACK for this RPC, with all that waits between the same ports. */
    void sendAck(Peer peer, int localPort, int serverPort, long id) {
        if (!core.control.add(
                HomaHeader.ACK, peer.addressHigh(), peer.addressLow(), localPort, serverPort, id, 0, 0, 0)) {
            core.metrics.add(Counter.CONTROL_QUEUE_FULL);
            return;
        }
        AckList list = peer.acks(localPort, serverPort);
        while (list != null && !list.isEmpty()) {
            core.control.addAckEntry(list.pop(), serverPort);
        }
    }

    /** Flushes lists that have waited long enough. */
    void onTick() {
        while (size > 0) {
            AckList list = waiting[head];
            if (core.nowNs - list.sinceNs < flushNs) {
                return;
            }
            head = (head + 1) & (waiting.length - 1);
            size--;
            Peer peer = list.peer();
            if (!list.isEmpty()) {
                sendAck(peer, list.clientPort(), list.serverPort(), list.pop());
            }
            peer.remove(list);
            peer.liveRpcs--;
            list.next = free;
            free = list;
        }
    }

    long nextDeadlineNs() {
        return size == 0 ? Long.MAX_VALUE : waiting[head].sinceNs + flushNs;
    }

    private AckList begin(Peer peer, int localPort, int serverPort) {
        AckList list = free;
        if (list == null) {
            list = new AckList();
        } else {
            free = list.next;
        }
        list.reset(peer, localPort, serverPort, core.nowNs);
        peer.add(list);
        peer.liveRpcs++;
        if (size == waiting.length) {
            AckList[] more = Arrays.copyOf(waiting, size * 2);
            for (int i = 0; i < size; i++) {
                more[i] = waiting[(head + i) & (size - 1)];
            }
            head = 0;
            waiting = more;
        }
        waiting[(head + size) & (waiting.length - 1)] = list;
        size++;
        return list;
    }
}
