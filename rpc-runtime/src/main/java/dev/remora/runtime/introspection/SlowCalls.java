package dev.remora.runtime.introspection;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The slowest calls of one method of late: the slowest of the present window and those of the one before. Per method, so
 * that one which waits by design does not push out all others. What a call that is not kept costs is two comparisons.
 */
final class SlowCalls {
    private final int capacity;
    private final long windowNs;

    /** A call must have taken longer than this; 0 until the window's places are full. */
    private volatile long thresholdNs;

    private volatile long windowEndNs;

    // Both unsorted, guarded by this.
    private List<CallReport> present = new ArrayList<>();
    private List<CallReport> previous = new ArrayList<>();
    private boolean began;

    SlowCalls(int capacity, long windowNs) {
        this.capacity = capacity;
        this.windowNs = windowNs;
    }

    boolean wants(long durationNs, long nowNs) {
        return durationNs > thresholdNs || nowNs - windowEndNs >= 0;
    }

    synchronized void offer(CallReport call, long nowNs) {
        turn(nowNs);
        if (present.size() < capacity) {
            present.add(call);
        } else {
            int fastest = fastest();
            if (fastest < 0 || call.durationNs() <= present.get(fastest).durationNs()) {
                return;
            }
            present.set(fastest, call);
        }
        if (present.size() == capacity) {
            thresholdNs = present.get(fastest()).durationNs();
        }
    }

    /** In no order. */
    synchronized List<CallReport> kept(long nowNs) {
        turn(nowNs);
        List<CallReport> all = new ArrayList<>(present);
        all.addAll(previous);
        return all;
    }

    private void turn(long nowNs) {
        if (!began) {
            began = true;
            windowEndNs = nowNs + windowNs;
        } else if (nowNs - windowEndNs >= 0) {
            // After a pause of a whole window, what is here is not of late any more.
            previous = nowNs - windowEndNs >= windowNs ? new ArrayList<>() : present;
            present = new ArrayList<>();
            thresholdNs = 0;
            windowEndNs = nowNs + windowNs;
        }
    }

    private int fastest() {
        int at = -1;
        @Nullable CallReport found = null;
        for (int i = 0; i < present.size(); i++) {
            CallReport each = present.get(i);
            if (found == null || each.durationNs() < found.durationNs()) {
                found = each;
                at = i;
            }
        }
        return at;
    }
}
