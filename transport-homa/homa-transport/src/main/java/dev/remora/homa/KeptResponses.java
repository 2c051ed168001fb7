package dev.remora.homa;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Large responses whose clients have not fetched them wholly. Each is kept until every part was fetched once, the client says
 * that it does not want it, is lost, or is silent for too long. Bounded in bytes. For any thread.
 */
final class KeptResponses {
    private final Budget budget;
    private final long timeoutNs;
    private final SecureRandom random = new SecureRandom();
    private final Map<Long, Entry> entries = new HashMap<>();

    /** A response being fetched. Its fields are guarded by the table. */
    static final class Entry {
        private final long token;
        private final AnswersUnderWay underWay;
        private final long peerHigh;
        private final long peerLow;
        private final int peerPort;
        private final long rpcId;
        private final OutgoingMessage message;
        private final BitSet fetched = new BitSet();
        private int missing;
        /** The table, and the RPCs that send parts, of which the first exists already. */
        private int holds = 2;

        private long lastNs;

        private Entry(
                long token,
                AnswersUnderWay underWay,
                long peerHigh,
                long peerLow,
                int peerPort,
                long rpcId,
                OutgoingMessage message,
                long nowNs) {
            this.token = token;
            this.underWay = underWay;
            this.peerHigh = peerHigh;
            this.peerLow = peerLow;
            this.peerPort = peerPort;
            this.rpcId = rpcId;
            this.message = message;
            this.missing = Parts.count(message.size()) - 1;
            this.lastNs = nowNs;
        }

        long token() {
            return token;
        }

        AnswersUnderWay underWay() {
            return underWay;
        }

        /** For who holds it. */
        OutgoingMessage message() {
            return message;
        }
    }

    KeptResponses(long maxBytes, long timeoutNs) {
        this.budget = new Budget(maxBytes);
        this.timeoutNs = timeoutNs;
    }

    /**
     * Keeps a large response, with a hold for its first part: {@link #release}.
     *
     * @param underWay counts it until its memory is free
     * @return null when there is no room; the message is the caller's then
     */
    synchronized @Nullable Entry keep(
            AnswersUnderWay underWay,
            long peerHigh,
            long peerLow,
            int peerPort,
            long rpcId,
            OutgoingMessage message,
            long nowNs) {
        if (!budget.take(message.size())) {
            return null;
        }
        long token = random.nextLong();
        while (entries.containsKey(token)) {
            token = random.nextLong();
        }
        Entry entry = new Entry(token, underWay, peerHigh, peerLow, peerPort, rpcId, message, nowNs);
        entries.put(token, entry);
        underWay.begins();
        return entry;
    }

    /**
     * Says that a part is to be sent, and holds the response for that: {@link #release}.
     *
     * @return null when there is no such response for this peer, or no such part, or it was fetched before
     */
    synchronized @Nullable Entry fetch(long token, long peerHigh, long peerLow, int offset, long nowNs) {
        Entry entry = find(token, peerHigh, peerLow);
        if (entry == null) {
            return null;
        }
        int total = entry.message.size();
        if (offset <= 0 || !Parts.isSound(total, offset) || entry.fetched.get(offset / Parts.BYTES)) {
            return null;
        }
        entry.holds++;
        entry.fetched.set(offset / Parts.BYTES);
        entry.lastNs = nowNs;
        if (--entry.missing == 0) {
            discard(entry);
        }
        return entry;
    }

    private @Nullable Entry find(long token, long peerHigh, long peerLow) {
        Entry entry = entries.get(token);
        return entry != null && entry.peerHigh == peerHigh && entry.peerLow == peerLow ? entry : null;
    }

    /** The client does not want it any more. */
    synchronized void discard(long token, long peerHigh, long peerLow) {
        Entry entry = find(token, peerHigh, peerLow);
        if (entry != null) {
            discard(entry);
        }
    }

    /** The client has given up the RPC that it is the response of. Returns whether there was one. */
    synchronized boolean discardAnswerTo(long peerHigh, long peerLow, int peerPort, long rpcId) {
        boolean found = false;
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.rpcId == rpcId
                    && entry.peerPort == peerPort
                    && entry.peerLow == peerLow
                    && entry.peerHigh == peerHigh) {
                discard(entry);
                found = true;
            }
        }
        return found;
    }

    synchronized void discard(Entry entry) {
        if (entries.remove(entry.token, entry)) {
            release(entry);
        }
    }

    /** Gives a hold back. */
    synchronized void release(Entry entry) {
        if (--entry.holds == 0) {
            budget.giveBack(entry.message.size());
            entry.message.free();
            entry.underWay.ends();
        }
    }

    synchronized void onPeerLost(long peerHigh, long peerLow) {
        for (Entry entry : List.copyOf(entries.values())) {
            if (entry.peerHigh == peerHigh && entry.peerLow == peerLow) {
                discard(entry);
            }
        }
    }

    /** Drops what nobody has asked for in a while; returns how many. */
    synchronized int expire(long nowNs) {
        int dropped = 0;
        for (Entry entry : new ArrayList<>(entries.values())) {
            if (nowNs - entry.lastNs > timeoutNs) {
                discard(entry);
                dropped++;
            }
        }
        return dropped;
    }

    /** Drops all. */
    synchronized void clear() {
        List.copyOf(entries.values()).forEach(this::discard);
    }

    synchronized int size() {
        return entries.size();
    }

    /** Bytes of the responses held. */
    long bytes() {
        return budget.used();
    }
}
