package dev.remora.homa.protocol;

import dev.remora.homa.protocol.peer.AckList;
import dev.remora.homa.protocol.peer.Peer;
import dev.remora.homa.protocol.wire.HomaHeader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells servers which RPCs they may forget. A finished RPC waits in a list of five for a DATA packet between the same two ports
 * to ride on: it comes to the queue of the server that knows the RPC. When it has waited for a while it takes any packet to the
 * same port, which the server may have to pass on to another queue; and in the end an ACK packet of its own tells all that wait,
 * which spares the server its NEED_ACKs and its memory. (The kernel module has no such timer, and one list for all ports of a server.)
 */
final class Acknowledgments {
    /** Pairs of ports of one server for which acknowledgments may wait; those of further ones are sent at once. */
    private static final int MAX_LISTS = 16;

    private final Core core;
    private final long flushNs;
    /** In use, in no order. */
    private final List<AckList> lists = new ArrayList<>();

    private final List<AckList> free = new ArrayList<>();
    /** When lists are looked at next, and twice in the time that an acknowledgment may wait from then on. */
    private long lookNs = Long.MAX_VALUE;

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
        if (list == null || !list.add(rpc.id, core.nowNs)) {
            core.metrics.add(Counter.ACK_OVERFLOWS);
            sendAck(peer, rpc.localPort, rpc.peerPort, rpc.id);
        }
    }

    /** What may ride on a packet between these ports: something waits in it. Null when nothing may. */
    @Nullable
    AckList next(Peer peer, int localPort, int serverPort) {
        AckList own = peer.acks(localPort, serverPort);
        if (own != null && !own.isEmpty()) {
            return own;
        }
        long longAgoNs = core.nowNs - flushNs / 4;
        for (AckList other = peer.firstAcks(); other != null; other = other.next()) {
            if (other.serverPort() == serverPort && other.waitsSince(longAgoNs)) {
                return other;
            }
        }
        return null;
    }

    /** An ACK for this RPC, with what waits for the same server's port: first those between the same ports. */
    void sendAck(Peer peer, int localPort, int serverPort, long id) {
        if (!core.control.add(
                HomaHeader.ACK, peer.addressHigh(), peer.addressLow(), localPort, serverPort, id, 0, 0, 0)) {
            core.metrics.add(Counter.CONTROL_QUEUE_FULL);
            return;
        }
        int left = add(peer.acks(localPort, serverPort), HomaHeader.MAX_ACKS);
        for (AckList other = peer.firstAcks(); other != null && left > 0; other = other.next()) {
            if (other.serverPort() == serverPort) {
                left = add(other, left);
            }
        }
    }

    /** Puts what waits in a list into the ACK packet; how many more may follow. */
    private int add(@Nullable AckList list, int most) {
        int left = most;
        while (list != null && left > 0 && !list.isEmpty()) {
            core.control.addAckEntry(list.pop(), list.serverPort());
            left--;
        }
        return left;
    }

    /** Flushes lists in which something has waited long enough, and is done with those in which nothing waits. */
    void onTick() {
        if (core.nowNs < lookNs) {
            return;
        }
        long longAgoNs = core.nowNs - flushNs / 2;
        for (int i = lists.size() - 1; i >= 0; i--) {
            AckList list = lists.get(i);
            while (list.waitsSince(longAgoNs)) {
                sendAck(list.peer(), list.clientPort(), list.serverPort(), list.pop());
            }
        }
        for (int i = lists.size() - 1; i >= 0; i--) {
            if (lists.get(i).isEmpty()) {
                end(i);
            }
        }
        lookNs = lists.isEmpty() ? Long.MAX_VALUE : core.nowNs + flushNs / 2;
    }

    long nextDeadlineNs() {
        return lookNs;
    }

    private AckList begin(Peer peer, int localPort, int serverPort) {
        AckList list = free.isEmpty() ? new AckList() : free.removeLast();
        list.reset(peer, localPort, serverPort);
        peer.add(list);
        peer.liveRpcs++;
        lists.add(list);
        if (lookNs == Long.MAX_VALUE) {
            lookNs = core.nowNs + flushNs;
        }
        return list;
    }

    private void end(int place) {
        AckList list = lists.set(place, lists.getLast());
        lists.removeLast();
        Peer peer = list.peer();
        peer.remove(list);
        peer.liveRpcs--;
        free.add(list);
    }
}
