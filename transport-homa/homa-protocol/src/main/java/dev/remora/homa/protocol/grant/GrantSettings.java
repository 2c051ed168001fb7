package dev.remora.homa.protocol.grant;

/**
 * Values that steer grants; defaults as in the Homa kernel module.
 *
 * <p>The fields may be changed at any time, since some follow the measured round-trip time and the link's rate. The
 * scheduler reads them through the methods, which bring each into its range: a value out of range must not stop grants.
 */
public final class GrantSettings {

    /** Upper limit of {@link #maxOvercommit}; active messages are searched linearly. */
    public static final int LIMIT_OVERCOMMIT = 64;

    /** Largest {@link #stepPercent}: with more a sender would stand still between grants. */
    public static final int LIMIT_STEP_PERCENT = 50;

    /** Largest share of the link for FIFO grants, per mille. */
    public static final int LIMIT_FIFO_FRACTION = 500;

    /** Limit of bytes granted but not yet received, over all messages with scheduled bytes. */
    public int maxIncoming = 400_000;

    /** Number of messages that get grants at the same time. */
    public int maxOvercommit = 8;

    /** Bytes an active message may have granted but not received; 0: {@link #maxIncoming} / (active messages + 1), if that is enough. */
    public int window;

    /**
     * Least a dynamic window may shrink to; 0: no such limit. With a small budget and many active messages each would get a grant
     * for every single packet; so the most urgent ones get theirs, and the others wait for their turn.
     */
    public int leastWindow;

    /** Smallest normal grant, in per cent of a message's window, unless it is the last one; 0: every batch is worth one. */
    public int stepPercent;

    /** Size of a FIFO grant; 0: none are made. */
    public int fifoIncrement = 50_000;

    /** Share of the link's rate for FIFO grants, per mille; 0: none are made. */
    public int fifoFraction = 50;

    /** Rate of the link. */
    public int linkMbps = 25_000;

    /** Levels in use. */
    public int numPriorities = 8;

    /** Highest level for scheduled bytes. */
    public int maxSchedPrio = 3;

    /**
     * Most active messages of one peer; 0: no limit. Up to May 2026 the Homa kernel module had 1 here; since then it only
     * prefers peers with fewer.
     */
    public int maxPerPeer;

    int budget() {
        return Math.max(1, maxIncoming);
    }

    int slots() {
        return Math.clamp(maxOvercommit, 1, LIMIT_OVERCOMMIT);
    }

    int slotsPerPeer() {
        return maxPerPeer <= 0 ? Integer.MAX_VALUE : maxPerPeer;
    }

    /**
     * With a dynamic window the unused rest of the budget equals what each active message has (a dynamic queue threshold
     * with factor 1). So a new message finds budget at once.
     */
    int windowOf(int activeMessages) {
        if (window > 0) {
            return window;
        }
        return Math.max(Math.clamp(leastWindow, 1, budget()), budget() / (activeMessages + 1));
    }

    /**
     * Bytes by which a message's grant has to grow, at least. The module grants with every batch, and where packets come one by one,
     * as on a slow link, that is a GRANT for each: twice the packets, and two threads woken for each. Half of the least window is
     * not too much for any.
     */
    int stepOf(int windowBytes) {
        int percent = Math.clamp(stepPercent, 0, LIMIT_STEP_PERCENT);
        if (percent == 0) {
            return 0;
        }
        return Math.max(
                (int) ((long) windowBytes * percent / 100), Math.min(windowBytes, Math.max(0, leastWindow)) / 2);
    }

    /** If fewer messages are active than there are levels the lowest are used; a better one can be put above at once. */
    int levelOf(int betterActive, int activeMessages) {
        int top = Math.clamp(maxSchedPrio, 0, Math.max(0, numPriorities - 1));
        return Math.max(0, top - betterActive - Math.max(0, top + 1 - activeMessages));
    }

    boolean fifoOn() {
        return fifoIncrement > 0 && fifoFraction > 0 && linkMbps > 0;
    }

    /** Time to transmit one increment at the share of FIFO grants; only if {@link #fifoOn}. */
    long fifoIntervalNs() {
        long permille = Math.min(fifoFraction, LIMIT_FIFO_FRACTION);
        return fifoIncrement * 8_000_000L / (linkMbps * permille);
    }

    /** High, so that the sender's packets come through in spite of its shorter messages and ours. */
    int fifoLevel() {
        return Math.max(0, numPriorities - 2);
    }
}
