package dev.remora.homa.sim;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The simulator's clock and its future. Events run in order of time and, at the same time, in the order in which they
 * were scheduled: that makes a run a function of its seed alone.
 *
 * <p>A heap with four children to a node: half as deep as a binary one, and the four keys compared on the way down lie
 * side by side in one array. Keys are primitive, so nothing is allocated once the heap has its size.
 */
public final class EventQueue {
    private static final int FIRST_CAPACITY = 1024;

    /** Time and sequence number of entry i stand at 2i and 2i + 1. */
    private long[] keys = new long[2 * FIRST_CAPACITY];

    private @Nullable SimEvent[] events = new SimEvent[FIRST_CAPACITY];
    private int size;
    private long sequence;
    private long now;
    private long ran;

    /** Time zero is not used: the protocol takes times greater than 0 only. */
    public EventQueue(long startNs) {
        now = startNs;
    }

    /**
     * @param timeNs when; the past counts as now
     */
    public void schedule(long timeNs, SimEvent event) {
        if (size == events.length) {
            keys = Arrays.copyOf(keys, 4 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        // The newest has the greatest sequence number: on the way up only the time decides.
        long time = Math.max(timeNs, now);
        int at = size++;
        while (at > 0) {
            int parent = (at - 1) >> 2;
            if (keys[2 * parent] <= time) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        place(at, time, sequence++, event);
    }

    /** Runs the next event; false when there is none. */
    public boolean step() {
        if (size == 0) {
            return false;
        }
        now = keys[0];
        ran++;
        SimEvent event = events[0];
        removeFirst();
        if (event != null) {
            event.run(now);
        }
        return true;
    }

    /** Runs all events up to and at that time; the clock then stands there. */
    public void runUntil(long timeNs) {
        while (size > 0 && keys[0] <= timeNs) {
            step();
        }
        now = Math.max(now, timeNs);
    }

    private void removeFirst() {
        int last = --size;
        SimEvent event = events[last];
        events[last] = null;
        if (last == 0 || event == null) {
            return;
        }
        long time = keys[2 * last];
        long order = keys[2 * last + 1];
        int at = 0;
        for (int child = 1; child < last; child = 4 * at + 1) {
            int least = child;
            int end = Math.min(child + 4, last);
            for (int other = child + 1; other < end; other++) {
                if (before(keys[2 * other], keys[2 * other + 1], keys[2 * least], keys[2 * least + 1])) {
                    least = other;
                }
            }
            if (before(time, order, keys[2 * least], keys[2 * least + 1])) {
                break;
            }
            move(least, at);
            at = least;
        }
        place(at, time, order, event);
    }

    private static boolean before(long time, long order, long otherTime, long otherOrder) {
        return time < otherTime || (time == otherTime && order < otherOrder);
    }

    private void move(int from, int to) {
        keys[2 * to] = keys[2 * from];
        keys[2 * to + 1] = keys[2 * from + 1];
        events[to] = events[from];
    }

    private void place(int at, long time, long order, SimEvent event) {
        keys[2 * at] = time;
        keys[2 * at + 1] = order;
        events[at] = event;
    }

    public long nowNs() {
        return now;
    }

    /** Time of the next event; {@link Long#MAX_VALUE} when there is none. */
    public long nextTimeNs() {
        return size == 0 ? Long.MAX_VALUE : keys[0];
    }

    public int size() {
        return size;
    }

    /** Events that have run. */
    public long ran() {
        return ran;
    }
}
