package dev.remora.homa.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Events too far ahead for the {@link EventQueue}'s wheel, in order of time and, at the same time, of arrival here.
 *
 * <p>A heap with four children to a node: half as deep as a binary one, and the four keys compared on the way down lie
 * side by side in one array. Keys are primitive, so nothing is allocated once the heap has its size.
 */
final class FarEvents {
    private static final int FIRST_CAPACITY = 1024;

    /** Time and sequence number of entry i stand at 2i and 2i + 1. */
    private long[] keys = new long[2 * FIRST_CAPACITY];

    private @Nullable SimEvent[] events = new SimEvent[FIRST_CAPACITY];
    private int size;
    private long sequence;

    void add(long time, SimEvent event) {
        if (size == events.length) {
            keys = Arrays.copyOf(keys, 4 * size);
            events = Arrays.copyOf(events, 2 * size);
        }
        // The newest has the greatest sequence number: on the way up only the time decides.
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

    /** Removes the next event; there must be one. */
    SimEvent removeFirst() {
        SimEvent removed = Objects.requireNonNull(events[0]);
        int last = --size;
        SimEvent event = events[last];
        events[last] = null;
        if (last == 0 || event == null) {
            return removed;
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
        return removed;
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

    /** Time of the next event; {@link Long#MAX_VALUE} when there is none. */
    long firstTimeNs() {
        return size == 0 ? Long.MAX_VALUE : keys[0];
    }

    int size() {
        return size;
    }
}
