package dev.remora.homa.protocol.priority;

import java.util.Arrays;

/**
 * Chooses our own cutoffs from the lengths of the messages we receive.
 *
 * <p>The rule is that of the daemon beside the Homa kernel module: unscheduled traffic gets a share of the levels equal
 * to its share of the bytes, and each of these levels carries about the same number of unscheduled bytes, shortest
 * messages highest. It runs rarely, needs enough messages, and leaves the table alone until the lengths have really
 * changed, since each new table costs one CUTOFFS packet per sender.
 */
public final class CutoffPolicy {
    public static final long INTERVAL_NS = 1_000_000_000L;

    /** Fewer messages than this since the last evaluation say too little. */
    public static final long MIN_MESSAGES = 10_000;

    /** Sum of the relative changes of nine deciles that counts as another load. */
    static final double MIN_DRIFT = 1.0;

    private static final int DECILES = 9;

    private final Cutoffs cutoffs;
    private final SizeHistogram histogram;
    private final double boost;

    private final long[] unscheduled = new long[SizeHistogram.BUCKETS];
    private final int[] table = new int[Cutoffs.LEVELS];
    private final int[] deciles = new int[DECILES];

    /** Deciles of the load the present table was made for. */
    private final int[] tableDeciles = new int[DECILES];

    private int tablePriorities;
    private int tableUnscheduledBytes;

    private final long intervalNs;
    private final long minMessages;
    private boolean started;
    private long lastNs;
    private long recent;

    /** @param boost levels to add to those for unscheduled traffic, normally 0 */
    public CutoffPolicy(Cutoffs cutoffs, SizeHistogram histogram, double boost) {
        this(cutoffs, histogram, boost, INTERVAL_NS, MIN_MESSAGES);
    }

    /**
     * @param boost levels to add to those for unscheduled traffic, normally 0
     * @param intervalNs distance of two looks at the lengths
     * @param minMessages fewest messages since the last look
     */
    public CutoffPolicy(Cutoffs cutoffs, SizeHistogram histogram, double boost, long intervalNs, long minMessages) {
        this.intervalNs = intervalNs;
        this.minMessages = minMessages;
        this.cutoffs = cutoffs;
        this.histogram = histogram;
        this.boost = boost;
    }

    /** A message of this length arrived (or began to). */
    public void onMessage(int length) {
        onMessages(length, 1);
    }

    void onMessages(int length, long count) {
        histogram.onMessages(length, count);
        recent += count;
    }

    /** Takes over what was counted elsewhere, which is counted anew then. */
    void take(SizeHistogram counts) {
        recent += counts.messages();
        histogram.take(counts);
    }

    /**
     * Looks at the lengths once per interval, and installs another table if they call for it.
     *
     * @param unscheduledBytes what senders send without grants
     * @return whether there is a new table with a new version
     */
    public boolean onTimer(long nowNs, int numPriorities, int unscheduledBytes) {
        if (!started) {
            started = true;
            lastNs = nowNs;
            return false;
        }
        if (nowNs - lastNs < intervalNs) {
            return false;
        }
        lastNs = nowNs;
        if (recent < minMessages) {
            return false;
        }
        recent = 0;
        boolean changed = evaluate(Math.clamp(numPriorities, 1, Cutoffs.LEVELS), Math.max(1, unscheduledBytes));
        histogram.decay();
        return changed;
    }

    private boolean evaluate(int numPriorities, int unscheduledBytes) {
        histogram.deciles(deciles);
        if (numPriorities == tablePriorities
                && Math.abs(unscheduledBytes - tableUnscheduledBytes) <= tableUnscheduledBytes / 4
                && drift(deciles, tableDeciles) < MIN_DRIFT) {
            return false;
        }
        tablePriorities = numPriorities;
        tableUnscheduledBytes = unscheduledBytes;
        System.arraycopy(deciles, 0, tableDeciles, 0, DECILES);
        compute(numPriorities, unscheduledBytes);
        if (same()) {
            return false;
        }
        cutoffs.install(table);
        return true;
    }

    private boolean same() {
        for (int level = 1; level < Cutoffs.LEVELS; level++) {
            if (table[level] != cutoffs.cutoff(level)) {
                return false;
            }
        }
        return true;
    }

    static double drift(int[] now, int[] before) {
        double sum = 0;
        for (int i = 0; i < DECILES; i++) {
            int larger = Math.max(now[i], before[i]);
            if (larger > 0) {
                sum += (double) Math.abs(now[i] - before[i]) / larger;
            }
        }
        return sum;
    }

    private void compute(int numPriorities, int unscheduledBytes) {
        long allBytes = 0;
        long allUnscheduled = 0;
        for (int i = 0; i < SizeHistogram.BUCKETS; i++) {
            unscheduled[i] = unscheduledOf(i, unscheduledBytes);
            allUnscheduled += unscheduled[i];
            allBytes += histogram.bytes(i);
        }
        Arrays.fill(table, 0, numPriorities, Cutoffs.MAX_MESSAGE_LENGTH);
        Arrays.fill(table, numPriorities, Cutoffs.LEVELS, 0);
        if (allBytes == 0) {
            return;
        }
        double share = (double) allUnscheduled / allBytes;
        int levels = Math.max(1, (int) Math.floor(numPriorities * share + 0.5 + boost));
        long perLevel = 1 + (levels >= numPriorities ? allBytes / numPriorities : allUnscheduled / levels);
        fill(numPriorities, perLevel, allUnscheduled);
    }

    /** Unscheduled bytes of a bucket; its messages are taken to lie evenly between its bounds. */
    private long unscheduledOf(int bucket, int unscheduledBytes) {
        long bytes = histogram.bytes(bucket);
        if (bucket == SizeHistogram.LARGE) {
            return Math.min(bytes, histogram.count(bucket) * unscheduledBytes);
        }
        int upper = SizeHistogram.upperBound(bucket);
        if (upper <= unscheduledBytes) {
            return bytes;
        }
        int lower = bucket == 0 ? 0 : SizeHistogram.upperBound(bucket - 1);
        return Math.min(bytes, 2 * bytes / (upper + lower) * unscheduledBytes);
    }

    /** Cuts the unscheduled bytes, shortest messages first, into levels from the highest down. */
    private void fill(int numPriorities, long perLevel, long allUnscheduled) {
        int level = numPriorities - 1;
        long sum = 0;
        long threshold = perLevel;
        for (int i = 0; i < SizeHistogram.BUCKETS && level > 0; i++) {
            sum += unscheduled[i];
            if (sum >= allUnscheduled || threshold >= allUnscheduled) {
                return;
            }
            if (sum >= threshold) {
                table[level] = SizeHistogram.upperBound(i);
                level--;
                threshold = sum + perLevel;
            }
        }
    }
}
