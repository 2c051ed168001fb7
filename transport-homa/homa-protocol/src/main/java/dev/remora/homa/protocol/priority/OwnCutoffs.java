package dev.remora.homa.protocol.priority;

import org.jspecify.annotations.Nullable;

/** Our cutoffs as one endpoint uses them: its own, or a copy of those that it shares with others of its address. */
public final class OwnCutoffs {
    private final Cutoffs table = Cutoffs.initial();
    private final SizeHistogram histogram = new SizeHistogram();
    private final CutoffPolicy policy;
    private final @Nullable SharedCutoffs shared;
    private final long intervalNs;
    private boolean started;
    private long lastNs;

    /**
     * @param shared null for the only endpoint of an address
     * @param intervalNs distance of two looks at the lengths of messages
     * @param minMessages fewest messages since the last look
     */
    public OwnCutoffs(@Nullable SharedCutoffs shared, long intervalNs, long minMessages) {
        this.shared = shared;
        this.intervalNs = intervalNs;
        policy = new CutoffPolicy(table, histogram, 0, intervalNs, minMessages);
        refresh();
    }

    /** What goes into CUTOFFS packets. */
    public Cutoffs table() {
        return table;
    }

    /** A message of this length arrived. */
    public void onMessage(int length) {
        policy.onMessage(length);
    }

    /** Takes over what another endpoint has changed; returns whether that was anything. */
    public boolean refresh() {
        if (shared == null || shared.version() == table.version()) {
            return false;
        }
        shared.copyTo(table);
        return true;
    }

    /** As {@link CutoffPolicy#onTimer}. */
    public boolean onTimer(long nowNs, int numPriorities, int unscheduledBytes) {
        if (shared == null) {
            return policy.onTimer(nowNs, numPriorities, unscheduledBytes);
        }
        if (!started) {
            started = true;
            lastNs = nowNs - intervalNs;
        }
        if (nowNs - lastNs < intervalNs) {
            return false;
        }
        lastNs = nowNs;
        return shared.onTimer(histogram, nowNs, numPriorities, unscheduledBytes) && refresh();
    }
}
