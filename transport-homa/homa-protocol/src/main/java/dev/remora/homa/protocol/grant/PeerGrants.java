package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.Nullable;

/**
 * The grant scheduler's state of one peer: how many of its messages are active, and which wait.
 *
 * <p>Queues are per peer because grants are spread over peers first: a second grant to the same sender adds nothing if
 * its uplink is the bottleneck.
 */
public final class PeerGrants {

    /** Active messages of this peer. */
    int active;

    /** Index among the peers with queued messages; -1 if none is queued. */
    int index = -1;

    final MessageHeap queue = new MessageHeap(false, 0);

    /** Number of messages of this peer that may get normal grants. */
    public int active() {
        return active;
    }

    /** Number of messages of this peer that wait for a slot. */
    public int queued() {
        return queue.size();
    }

    /** Whether the scheduler holds nothing of this peer, so that it may be forgotten. */
    public boolean isIdle() {
        return active == 0 && queue.size() == 0;
    }

    /** Order of promotion: fewest active messages, then the rank of the best waiting message. */
    boolean promotedBefore(PeerGrants other) {
        if (active != other.active) {
            return active < other.active;
        }
        return head().ranksBefore(other.head());
    }

    Grantable head() {
        @Nullable Grantable head = queue.first();
        if (head == null) {
            throw new IllegalStateException("peer without queued message");
        }
        return head;
    }
}
