package dev.remora.homa.protocol.priority;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The cutoffs of an address with several shards: one table and one version, chosen from the lengths of the messages that all
 * of them receive. For any thread; nobody waits: a shard that finds another at it comes again later.
 */
public final class SharedCutoffs {
    /** Immutable; the array is never written after it is published. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Table(int[] values, int version) {}

    private final AtomicBoolean busy = new AtomicBoolean();
    /** Only for the shard that is busy with it. */
    private final Cutoffs cutoffs = Cutoffs.initial();

    private final SizeHistogram histogram = new SizeHistogram();
    private final CutoffPolicy policy;
    private volatile Table table;

    /** As {@link CutoffPolicy}. */
    public SharedCutoffs(long intervalNs, long minMessages) {
        policy = new CutoffPolicy(cutoffs, histogram, 0, intervalNs, minMessages);
        table = published();
    }

    private Table published() {
        int[] values = new int[Cutoffs.LEVELS];
        for (int level = 0; level < values.length; level++) {
            values[level] = cutoffs.cutoff(level);
        }
        return new Table(values, cutoffs.version());
    }

    int version() {
        return table.version;
    }

    void copyTo(Cutoffs own) {
        Table now = table;
        own.onReceived(now.values, now.version);
    }

    /**
     * Takes a shard's counts over and looks at all of them, once per interval.
     *
     * @return whether there is a new table; no if another shard is at it, and the counts stay where they are
     */
    boolean onTimer(SizeHistogram counts, long nowNs, int numPriorities, int unscheduledBytes) {
        if (!busy.compareAndSet(false, true)) {
            return false;
        }
        try {
            policy.take(counts);
            boolean changed = policy.onTimer(nowNs, numPriorities, unscheduledBytes);
            if (changed) {
                table = published();
            }
            return changed;
        } finally {
            busy.set(false);
        }
    }
}
