package dev.remora.homa.protocol.grant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The peers with queued messages, next to be promoted first.
 *
 * <p>The key of a peer is its number of active messages and the rank of its head; whoever changes one of them calls
 * {@link #reorder}.
 */
final class PeerHeap {

    private @Nullable PeerGrants[] heap = new @Nullable PeerGrants[16];
    private int size;

    @Nullable
    PeerGrants first() {
        return size == 0 ? null : heap[0];
    }

    void add(PeerGrants peer) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        size++;
        siftUp(size - 1, peer);
    }

    void remove(PeerGrants peer) {
        int hole = peer.index;
        size--;
        PeerGrants last = at(size);
        heap[size] = null;
        peer.index = -1;
        if (hole < size) {
            settle(hole, last);
        }
    }

    void reorder(PeerGrants peer) {
        settle(peer.index, peer);
    }

    private void settle(int hole, PeerGrants peer) {
        if (hole > 0 && peer.promotedBefore(at((hole - 1) >>> 1))) {
            siftUp(hole, peer);
        } else {
            siftDown(hole, peer);
        }
    }

    private void siftUp(int start, PeerGrants peer) {
        int hole = start;
        while (hole > 0) {
            int parent = (hole - 1) >>> 1;
            PeerGrants above = at(parent);
            if (!peer.promotedBefore(above)) {
                break;
            }
            put(hole, above);
            hole = parent;
        }
        put(hole, peer);
    }

    private void siftDown(int start, PeerGrants peer) {
        int hole = start;
        while (true) {
            int child = 2 * hole + 1;
            if (child >= size) {
                break;
            }
            PeerGrants below = at(child);
            if (child + 1 < size && at(child + 1).promotedBefore(below)) {
                child++;
                below = at(child);
            }
            if (!below.promotedBefore(peer)) {
                break;
            }
            put(hole, below);
            hole = child;
        }
        put(hole, peer);
    }

    private void put(int index, PeerGrants peer) {
        heap[index] = peer;
        peer.index = index;
    }

    private PeerGrants at(int index) {
        PeerGrants peer = heap[index];
        if (peer == null) {
            throw new IllegalStateException("hole in heap");
        }
        return peer;
    }
}
