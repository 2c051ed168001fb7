package dev.remora.homa.protocol.grant;

import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is for a FIFO grant, and when.
 *
 * <p>Long messages may starve under SRPT. So a small share of the link goes to the oldest message, whatever its rank.
 * The choice sticks until that message is fully granted, has gone, or does not respond (has far more granted than it
 * sends): a share spread over several old messages would complete none of them.
 *
 * <p>Candidates are in a heap by age. One found not to respond leaves the heap and comes back when data of it arrive, so
 * that many silent old messages cost nothing and do not stand in the way of others.
 */
final class FifoTurn {

    private final GrantSettings settings;
    private final @Nullable GrantShare share;
    private final MessageHeap candidates = new MessageHeap(true, 64);
    private @Nullable Grantable choice;
    private boolean scheduled;
    private long nextNs;

    FifoTurn(GrantSettings settings, @Nullable GrantShare share) {
        this.settings = settings;
        this.share = share;
    }

    /** A message came under management, not fully granted. */
    void add(Grantable message) {
        candidates.add(message);
    }

    /** Data of a message arrived that is not fully granted: it responds again. */
    void onData(Grantable message, int window) {
        if (message.ageIndex < 0 && responds(message, window)) {
            candidates.add(message);
        }
    }

    /** A message is fully granted or has gone. */
    void remove(Grantable message) {
        if (message.ageIndex >= 0) {
            candidates.remove(message);
        }
        if (choice != null && choice.ageIndex < 0) {
            choice = null;
        }
    }

    boolean isEmpty() {
        return candidates.size() == 0;
    }

    /** The message to get a FIFO grant now, if one is due. */
    @Nullable
    Grantable take(int window, long nowNs) {
        if (!settings.fifoOn() || (scheduled && nowNs - nextNs < 0)) {
            return null;
        }
        scheduled = true;
        // The share of the link is for all shards together.
        nextNs = nowNs + settings.fifoIntervalNs() * (share == null ? 1 : share.demanding());
        Grantable candidate = choice != null ? choice : candidates.first();
        while (candidate != null && !responds(candidate, window)) {
            candidates.remove(candidate);
            candidate = candidates.first();
        }
        choice = candidate;
        return candidate;
    }

    private boolean responds(Grantable message, int window) {
        return message.accountedIncoming < window + 2L * Math.max(0, settings.fifoIncrement);
    }
}
