package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.Nullable;

/**
 * Which messages are active, that is, may get normal grants, and which are queued.
 *
 * <p>Few are active, so that each has a window worth having, but more than one, since a sender may be silent: it may be
 * busy with messages to others (SIGCOMM'18 §3.5, overcommitment). Slots go to messages with few bytes remaining, but are
 * spread over peers first.
 *
 * <p>The active ones are an unsorted array: it has at most {@link GrantSettings#LIMIT_OVERCOMMIT} places and the number
 * of bytes remaining of each changes with each batch. The queued ones are in a heap per peer and a heap of peers.
 */
final class GrantPlaces {

    private final GrantSettings settings;
    private final @Nullable GrantShare share;
    private final @Nullable Grantable[] active = new @Nullable Grantable[GrantSettings.LIMIT_OVERCOMMIT];
    private final PeerHeap waiting = new PeerHeap();
    private int activeCount;
    private int queuedCount;
    private int needyCount;
    private int appliedSlots;
    private int appliedPerPeer;

    GrantPlaces(GrantSettings settings, @Nullable GrantShare share) {
        this.settings = settings;
        this.share = share;
        this.appliedSlots = slots();
        this.appliedPerPeer = settings.slotsPerPeer();
    }

    private int slots() {
        return share == null ? settings.slots() : share.slots(settings.slots());
    }

    int active() {
        return activeCount;
    }

    /** Those of other shards included. */
    int activeEverywhere() {
        return share == null ? activeCount : activeCount + share.activeElsewhere();
    }

    /** For other shards. */
    long ranks() {
        long ranks = SharedGrants.NO_RANKS;
        for (int i = 0; i < activeCount; i++) {
            ranks = SharedGrants.withRank(ranks, SharedGrants.rank(at(i).remaining()));
        }
        return ranks;
    }

    int queued() {
        return queuedCount;
    }

    int needy() {
        return needyCount;
    }

    /** Gives a new message a slot, possibly that of another one, or queues it. */
    void admit(Grantable message) {
        if (!takesSlot(message)) {
            enqueue(message);
        }
    }

    /** A queued message has fewer bytes remaining than before. */
    void improve(Grantable message) {
        PeerGrants peer = peerOf(message);
        peer.queue.reorder(message);
        waiting.reorder(peer);
        takesSlot(message);
    }

    /** Takes a message out, wherever it is; a slot that becomes free is filled. */
    void remove(Grantable message) {
        if (message.place == Grantable.ACTIVE) {
            deactivate(message);
            fill();
        } else {
            dequeue(message);
        }
    }

    void markNeedy(Grantable message) {
        if (!message.needy) {
            message.needy = true;
            needyCount++;
        }
    }

    void clearNeedy(Grantable message) {
        if (message.needy) {
            message.needy = false;
            needyCount--;
        }
    }

    @Nullable
    Grantable bestNeedy() {
        Grantable best = null;
        for (int i = 0; i < activeCount; i++) {
            Grantable candidate = at(i);
            if (candidate.needy && (best == null || candidate.ranksBefore(best))) {
                best = candidate;
            }
        }
        return best;
    }

    /** Number of active messages that rank better than an active one; those of other shards about. */
    int betterThan(Grantable message) {
        int better = 0;
        for (int i = 0; i < activeCount; i++) {
            Grantable other = at(i);
            if (other.ranksBefore(message)) {
                better++;
            }
        }
        return share == null ? better : better + share.betterElsewhere(message.remaining());
    }

    /** Follows a change of the settings: too many active messages give up their slots, new slots are filled. */
    void applyLimits() {
        int slots = slots();
        int perPeer = settings.slotsPerPeer();
        if (slots == appliedSlots && perPeer == appliedPerPeer) {
            return;
        }
        appliedSlots = slots;
        appliedPerPeer = perPeer;
        while (activeCount > slots) {
            demote(victim(null, false));
        }
        // From behind: a demotion moves the last message to the hole, which is then looked at already.
        for (int i = activeCount - 1; i >= 0; i--) {
            while (i < activeCount && peerOf(at(i)).active > perPeer) {
                demote(victim(peerOf(at(i)), true));
            }
        }
        fill();
    }

    /**
     * Tries to make a message active that is new or queued.
     *
     * <p>A message of a peer at its limit competes with that peer's messages only.
     */
    private boolean takesSlot(Grantable message) {
        PeerGrants peer = peerOf(message);
        boolean peerFull = peer.active >= appliedPerPeer;
        if (activeCount < appliedSlots && !peerFull) {
            leaveQueue(message);
            activate(message);
            return true;
        }
        Grantable victim = victim(peer, peerFull);
        boolean spread = peerOf(victim).active > peer.active + 1;
        if (!spread && !message.ranksBefore(victim)) {
            return false;
        }
        leaveQueue(message);
        demote(victim);
        activate(message);
        return true;
    }

    /**
     * The active message that has to give way first: of the peer with the most active messages, the worst in rank.
     *
     * @param newcomer peer of the message that wants a slot; counts as one more
     * @param ownOnly whether only messages of that peer come into question
     */
    private Grantable victim(@Nullable PeerGrants newcomer, boolean ownOnly) {
        Grantable worst = null;
        int worstCount = 0;
        for (int i = 0; i < activeCount; i++) {
            Grantable candidate = at(i);
            PeerGrants peer = peerOf(candidate);
            if (ownOnly && peer != newcomer) {
                continue;
            }
            int count = peer == newcomer ? peer.active + 1 : peer.active;
            if (worst == null || count > worstCount || (count == worstCount && worst.ranksBefore(candidate))) {
                worst = candidate;
                worstCount = count;
            }
        }
        if (worst == null) {
            throw new IllegalStateException("no active message");
        }
        return worst;
    }

    /** Promotes queued messages to free slots. They are needy: no data of theirs may be on the way that would trigger a grant. */
    private void fill() {
        while (activeCount < appliedSlots) {
            PeerGrants peer = waiting.first();
            if (peer == null || peer.active >= appliedPerPeer) {
                return;
            }
            Grantable head = peer.head();
            dequeue(head);
            activate(head);
            markNeedy(head);
        }
    }

    private void leaveQueue(Grantable message) {
        if (message.place == Grantable.QUEUED) {
            dequeue(message);
        }
    }

    private void demote(Grantable message) {
        deactivate(message);
        enqueue(message);
    }

    private void activate(Grantable message) {
        message.place = Grantable.ACTIVE;
        message.placeIndex = activeCount;
        active[activeCount++] = message;
        countActive(peerOf(message), 1);
    }

    private void deactivate(Grantable message) {
        clearNeedy(message);
        int hole = message.placeIndex;
        Grantable last = at(--activeCount);
        active[hole] = last;
        last.placeIndex = hole;
        active[activeCount] = null;
        message.place = Grantable.NONE;
        message.placeIndex = -1;
        countActive(peerOf(message), -1);
    }

    private void countActive(PeerGrants peer, int change) {
        peer.active += change;
        if (peer.index >= 0) {
            waiting.reorder(peer);
        }
    }

    private void enqueue(Grantable message) {
        PeerGrants peer = peerOf(message);
        message.place = Grantable.QUEUED;
        peer.queue.add(message);
        if (peer.index < 0) {
            waiting.add(peer);
        } else {
            waiting.reorder(peer);
        }
        queuedCount++;
    }

    private void dequeue(Grantable message) {
        PeerGrants peer = peerOf(message);
        message.place = Grantable.NONE;
        peer.queue.remove(message);
        if (peer.queue.size() == 0) {
            waiting.remove(peer);
        } else {
            waiting.reorder(peer);
        }
        queuedCount--;
    }

    private Grantable at(int index) {
        Grantable message = active[index];
        if (message == null) {
            throw new IllegalStateException("hole among the active messages");
        }
        return message;
    }

    static PeerGrants peerOf(Grantable message) {
        PeerGrants peer = message.peer;
        if (peer == null) {
            throw new IllegalStateException("message without peer");
        }
        return peer;
    }
}
