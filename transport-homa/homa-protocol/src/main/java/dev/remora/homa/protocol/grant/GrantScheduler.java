package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.Nullable;

/**
 * Decides which incoming messages may send how much, and at which priority.
 *
 * <p>The receiver knows best what goes over its downlink, so it schedules: messages with fewest bytes remaining first
 * (SRPT), several at a time, and altogether not more than {@link GrantSettings#maxIncoming} granted but not received,
 * which bounds the queue in the last switch (SIGCOMM'18 §3.3-3.5). The rules are those of the Homa kernel module as of
 * May 2026, with two differences: there is no grant that does not raise the offset, and FIFO grants are checked on the
 * timer too, so that they go on while the budget blocks the normal ones.
 *
 * <p>Only messages with scheduled bytes are managed. Short ones are not counted either: they neither wait for grants nor
 * reduce those of others.
 *
 * <p>The number of messages is bounded by the owner's table of RPCs. Single-threaded; schedulers of one address share what is
 * the downlink's through a {@link GrantShare}.
 */
public final class GrantScheduler {

    private final GrantSettings settings;
    private final GrantSink sink;
    private final GrantPlaces places;
    private final FifoTurn fifo;
    private final @Nullable GrantShare share;

    private long totalIncoming;
    private long admissions;

    private long integral;
    private long integralNs;
    private int maxGrantable;
    private long grantChecks;
    private long needyGrants;
    private long fifoGrantBytes;

    /**
     * Creates a scheduler without messages.
     *
     * @param settings read at each step; may change at any time
     * @param sink gets the grants
     */
    public GrantScheduler(GrantSettings settings, GrantSink sink) {
        this(settings, sink, null);
    }

    /** @param share what binds it to the other schedulers of its address; null if it is the only one */
    public GrantScheduler(GrantSettings settings, GrantSink sink, @Nullable GrantShare share) {
        this.settings = settings;
        this.sink = sink;
        this.share = share;
        this.places = new GrantPlaces(settings, share);
        this.fifo = new FifoTurn(settings, share);
    }

    /**
     * Data of a message arrived. To be called once per message and batch, after {@code received} was updated; the batch is
     * what keeps the number of grants low. Ignores messages without scheduled bytes.
     */
    public void onData(Grantable message, long nowNs) {
        boolean complete = message.received >= message.length;
        boolean known = message.place != Grantable.NONE;
        if (!known && (complete || message.length <= message.unscheduled)) {
            return;
        }
        places.applyLimits();
        if (complete) {
            forget(message, nowNs);
        } else {
            message.seenReceived = Math.max(0, message.received);
            if (!known) {
                admit(message, nowNs);
            } else {
                account(message);
                if (message.place == Grantable.QUEUED) {
                    places.improve(message);
                }
                if (message.granted < message.length) {
                    fifo.onData(message, window());
                }
            }
            if (message.place == Grantable.ACTIVE) {
                grant(message, false, nowNs);
            }
        }
        serveNeedy(nowNs);
    }

    /**
     * The RPC of a message died before all of it arrived. No effect if the message is not managed. Data of it must not be
     * reported after this.
     */
    public void onDead(Grantable message, long nowNs) {
        if (message.place == Grantable.NONE) {
            return;
        }
        places.applyLimits();
        forget(message, nowNs);
        serveNeedy(nowNs);
        publish();
    }

    /** The messages of a batch have been reported: the other shards learn what has become of the budget. */
    public void publish() {
        if (share != null) {
            share.publish(places.active(), grantable(), places.needy(), places.ranks());
        }
    }

    /** The protocol timer: changed settings take effect, and FIFO grants are made also when no data arrive. */
    public void onTick(long nowNs) {
        places.applyLimits();
        serveNeedy(nowNs);
        // Without candidate the turn is not used up: the first grant after a pause is followed by a FIFO grant at once.
        if (!fifo.isEmpty()) {
            grantOldest(nowNs);
        }
        publish();
    }

    private void admit(Grantable message, long nowNs) {
        GrantPlaces.peerOf(message);
        countTime(nowNs);
        message.granted = Math.max(message.granted, Math.max(0, message.unscheduled));
        message.sequence = admissions++;
        message.accountedIncoming = 0;
        account(message);
        places.admit(message);
        if (message.granted < message.length) {
            fifo.add(message);
        }
        maxGrantable = Math.max(maxGrantable, grantable());
    }

    private void forget(Grantable message, long nowNs) {
        countTime(nowNs);
        changeIncoming(-message.accountedIncoming);
        message.accountedIncoming = 0;
        fifo.remove(message);
        places.remove(message);
    }

    private void account(Grantable message) {
        int incoming = Math.max(0, message.granted - message.seenReceived);
        changeIncoming(incoming - message.accountedIncoming);
        message.accountedIncoming = incoming;
    }

    private void changeIncoming(int change) {
        totalIncoming += change;
        if (share != null) {
            share.account(change);
        }
    }

    private long room() {
        int budget = settings.budget();
        return share == null ? budget - totalIncoming : share.room(budget, totalIncoming);
    }

    /** The budget that was missing goes to the needy ones by rank. */
    private void serveNeedy(long nowNs) {
        while (places.needy() > 0 && room() > 0) {
            Grantable best = places.bestNeedy();
            if (best == null || !suffices(room(), want(best, window()))) {
                return;
            }
            places.clearNeedy(best);
            grant(best, true, nowNs);
        }
    }

    /**
     * Grants an active message what its window allows.
     *
     * @param ofNeedy whether it is the turn of a needy message; otherwise it must not overtake the needy ones
     */
    private void grant(Grantable message, boolean ofNeedy, long nowNs) {
        grantChecks++;
        int window = window();
        long rest = (long) message.length - message.granted;
        long want = want(message, window);
        if (want <= 0 || (want < settings.stepOf(window) && want < rest)) {
            // Data that are on their way will ask again.
            return;
        }
        long room = room();
        if (!suffices(room, want) || (!ofNeedy && places.needy() > 0)) {
            places.markNeedy(message);
            return;
        }
        // What came ahead of its grant is no longer incoming, so granting it costs nothing.
        long ahead = Math.max(0, message.seenReceived - message.granted);
        long give = Math.min(want, room + ahead);
        if (share != null && give > ahead) {
            give = ahead + share.take(give - ahead, settings.budget(), totalIncoming);
        }
        if (give < want) {
            places.markNeedy(message);
        }
        if (give == 0) {
            // Another shard was faster.
            return;
        }
        if (ofNeedy) {
            needyGrants++;
        }
        int level = settings.levelOf(places.betterThan(message), places.activeEverywhere());
        raise(message, (int) give, level, false);
        grantOldest(nowNs);
    }

    /** Bytes by which a message's grant may grow, the budget aside. */
    private static long want(Grantable message, int window) {
        return Math.min((long) message.seenReceived + window, message.length) - message.granted;
    }

    /**
     * Whether what is left of the budget is worth a GRANT: all the message wants, or a step of half the budget. Else each packet
     * that arrives would be answered by a grant for one. More comes with what is under way, or when its RPC ends.
     */
    private boolean suffices(long room, long want) {
        return room > 0 && room >= Math.min(want, settings.stepOf(settings.budget() / 2));
    }

    private void grantOldest(long nowNs) {
        Grantable oldest = fifo.take(window(), nowNs);
        if (oldest != null) {
            int give = Math.min(settings.fifoIncrement, oldest.length - oldest.granted);
            fifoGrantBytes += give;
            raise(oldest, give, settings.fifoLevel(), true);
        }
    }

    private void raise(Grantable message, int bytes, int level, boolean asFifo) {
        message.granted += bytes;
        message.grantLevel = level;
        account(message);
        if (message.granted >= message.length) {
            fifo.remove(message);
        }
        sink.onGrant(message, message.granted, level, asFifo);
    }

    private int window() {
        return settings.windowOf(places.activeEverywhere());
    }

    private void countTime(long nowNs) {
        integral = grantableIntegral(nowNs);
        integralNs = nowNs;
    }

    /** Whether the scheduler holds the message; it must not be reused then. */
    public boolean isManaged(Grantable message) {
        return message.place != Grantable.NONE;
    }

    /** Whether the message may get normal grants at present. */
    public boolean isActive(Grantable message) {
        return message.place == Grantable.ACTIVE;
    }

    /** Bytes granted or unscheduled, but not received, of all managed messages. */
    public long totalIncoming() {
        return totalIncoming;
    }

    /** Messages that may get normal grants. */
    public int active() {
        return places.active();
    }

    /** Of these such as there was no budget for, or too little. */
    public int needy() {
        return places.needy();
    }

    /** Whether a message waits for budget that another shard may give up at any time. */
    public boolean waitsForOthers() {
        return share != null && places.needy() > 0 && share.demanding() > 1;
    }

    /** Messages waiting for a slot. */
    public int queued() {
        return places.queued();
    }

    /** Managed messages: those with scheduled bytes, not yet complete. */
    public int grantable() {
        return places.active() + places.queued();
    }

    /** Sum over time of the number of managed messages; the difference of two readings by time is the mean number. */
    public long grantableIntegral(long nowNs) {
        return integral + grantable() * Math.max(0, nowNs - integralNs);
    }

    /** How often the grant of an active message was computed. */
    public long grantChecks() {
        return grantChecks;
    }

    /** Grants made to messages for which there was no budget, or too little, when their data arrived. */
    public long needyGrants() {
        return needyGrants;
    }

    /** Bytes granted to the oldest messages regardless of rank. */
    public long fifoGrantBytes() {
        return fifoGrantBytes;
    }

    /** Largest number of managed messages since the start or the last reset. */
    public int maxGrantable() {
        return maxGrantable;
    }

    /** Starts the high-water mark anew. */
    public void resetMaxGrantable() {
        maxGrantable = grantable();
    }
}
