package dev.remora.homa.protocol.priority;

import java.util.Arrays;

/**
 * Which level the unscheduled packets of a message get, by its length: a table made by the receiver, since only the
 * receiver sees all that arrives at its downlink (SIGCOMM'18 §3.4).
 *
 * <p>One object per remote address, filled by CUTOFFS packets, and one for ourselves, filled by {@link CutoffPolicy}.
 * The version tells a receiver whether the sender has the present table.
 */
public final class Cutoffs {
    public static final int LEVELS = 8;

    /** Longest message; a cutoff of at least this means that the level takes everything. */
    public static final int MAX_MESSAGE_LENGTH = 1_000_000;

    private static final int MAX_VERSION = 0xFFFF;

    /** Level of all messages to a host whose table is unknown: below control packets, above scheduled data. */
    private static final int UNKNOWN_LEVEL = 6;

    private final int[] cutoffs = new int[LEVELS];
    private int version;
    private boolean known;

    /** Table of a host that has not told us its own: version 0. */
    public Cutoffs() {
        clear();
    }

    /** Table a receiver starts with: the one built into the Homa kernel module, version 1. */
    public static Cutoffs initial() {
        Cutoffs own = new Cutoffs();
        own.onReceived(new int[] {0, 0, 0, 0, MAX_MESSAGE_LENGTH, 15_000, 2_800, 200}, 1);
        return own;
    }

    /** Forgets the table, as if the host had never sent one. */
    public void clear() {
        Arrays.fill(cutoffs, 0);
        cutoffs[0] = Integer.MAX_VALUE;
        version = 0;
        known = false;
    }

    public int version() {
        return version;
    }

    /** Largest message length for which unscheduled packets use this level. */
    public int cutoff(int level) {
        return cutoffs[level];
    }

    /** Level for all unscheduled packets of a message of this length. */
    public int levelFor(int length, int numPriorities) {
        int top = Math.clamp(numPriorities, 1, LEVELS) - 1;
        if (!known) {
            return Math.max(0, Math.min(UNKNOWN_LEVEL, top - 1));
        }
        int level = top;
        while (level > 0 && cutoffs[level] < length) {
            level--;
        }
        return level;
    }

    /**
     * Highest level for scheduled packets: just below the lowest level that is for unscheduled ones. In a table that
     * gives all lengths to several levels, the highest of these is the one in use.
     */
    public int maxSchedPrio() {
        int level = LEVELS - 1;
        while (level > 0 && cutoffs[level] < MAX_MESSAGE_LENGTH) {
            level--;
        }
        return Math.max(0, level - 1);
    }

    /**
     * A table from the wire: any bytes at all. Negative entries count as 0 and entry 0 takes every length, so that
     * each length has a level; the order of the entries is not checked, as the search goes from the top.
     */
    public void onReceived(int[] values, int newVersion) {
        store(values);
        version = newVersion & MAX_VERSION;
    }

    /**
     * Installs a table of our own under the next version. 0 is left out, since it says "none yet" on the wire.
     */
    public void install(int[] values) {
        store(values);
        version = version >= MAX_VERSION ? 1 : version + 1;
    }

    private void store(int[] values) {
        for (int level = 0; level < LEVELS; level++) {
            cutoffs[level] = level < values.length ? Math.max(0, values[level]) : 0;
        }
        cutoffs[0] = Integer.MAX_VALUE;
        known = true;
    }
}
