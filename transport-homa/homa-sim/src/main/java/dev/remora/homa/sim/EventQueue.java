package dev.remora.homa.sim;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The simulator's clock and its future. Events run in order of time and, at the same time, in the order in which they
 * were scheduled: that makes a run a function of its seed alone.
 *
 * <p>A wheel with a slot for each of the next {@value #SLOTS} nanoseconds, each slot a list in order of arrival, so that
 * neither adding nor removing compares anything. In a large network under load something happens in almost every
 * nanosecond, and a heap would spend more time than the protocol. Events further ahead, mostly timers, wait in a heap
 * and come to the wheel as soon as it reaches them, hence before anything else can be put beside them.
 */
public final class EventQueue {
    private static final int SLOTS = 1 << 14;
    private static final int MASK = SLOTS - 1;
    private static final int WORDS = SLOTS / Long.SIZE;
    private static final int FIRST_CAPACITY = 1024;

    private final FarEvents far = new FarEvents();
    /** First and last entry of each slot's list; valid where the slot's bit is set. */
    private final int[] first = new int[SLOTS];

    private final int[] last = new int[SLOTS];
    /** A bit for each slot that has events, and a bit for each of these words that is not zero. */
    private final long[] occupied = new long[WORDS];

    private final long[] occupiedWords = new long[WORDS / Long.SIZE];
    /** Entries of the lists; the free ones form a list, too. */
    private @Nullable SimEvent[] events = new SimEvent[FIRST_CAPACITY];

    private int[] next = new int[FIRST_CAPACITY];
    private int free = -1;
    private int fresh;
    private int near;
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
        long time = Math.max(timeNs, now);
        if (time - now < SLOTS) {
            addNear(time, event);
        } else {
            far.add(time, event);
        }
    }

    private void addNear(long time, SimEvent event) {
        int entry = free;
        if (entry >= 0) {
            free = next[entry];
        } else {
            entry = fresh++;
            if (entry == events.length) {
                events = Arrays.copyOf(events, 2 * entry);
                next = Arrays.copyOf(next, 2 * entry);
            }
        }
        events[entry] = event;
        next[entry] = -1;
        near++;
        int slot = (int) time & MASK;
        int word = slot / Long.SIZE;
        long bit = 1L << slot;
        if ((occupied[word] & bit) != 0) {
            next[last[slot]] = entry;
        } else {
            first[slot] = entry;
            occupied[word] |= bit;
            occupiedWords[word / Long.SIZE] |= 1L << word;
        }
        last[slot] = entry;
    }

    /** Runs the next event; false when there is none. */
    public boolean step() {
        return stepUntil(Long.MAX_VALUE);
    }

    /** Runs all events up to and at that time; the clock then stands there. */
    public void runUntil(long timeNs) {
        while (stepUntil(timeNs)) {}
        if (timeNs > now) {
            advance(timeNs);
        }
    }

    private boolean stepUntil(long limitNs) {
        long time = nextTimeNs();
        if (time > limitNs || size() == 0) {
            return false;
        }
        if (time > now) {
            advance(time);
        }
        ran++;
        removeFirst((int) time & MASK).run(time);
        return true;
    }

    private void advance(long time) {
        now = time;
        while (far.size() > 0 && far.firstTimeNs() - time < SLOTS) {
            long farTime = far.firstTimeNs();
            addNear(farTime, far.removeFirst());
        }
    }

    private SimEvent removeFirst(int slot) {
        int entry = first[slot];
        SimEvent event = Objects.requireNonNull(events[entry]);
        int second = next[entry];
        if (second >= 0) {
            first[slot] = second;
        } else {
            int word = slot / Long.SIZE;
            occupied[word] &= ~(1L << slot);
            if (occupied[word] == 0) {
                occupiedWords[word / Long.SIZE] &= ~(1L << word);
            }
        }
        events[entry] = null;
        next[entry] = free;
        free = entry;
        near--;
        return event;
    }

    public long nowNs() {
        return now;
    }

    /** Time of the next event; {@link Long#MAX_VALUE} when there is none. */
    public long nextTimeNs() {
        if (near == 0) {
            return far.firstTimeNs();
        }
        int slot = (int) now & MASK;
        return now + ((nextOccupied(slot) - slot) & MASK);
    }

    /** The first slot with events from that one on, around the wheel; there must be one. */
    private int nextOccupied(int slot) {
        int word = slot / Long.SIZE;
        long bits = occupied[word] & (-1L << slot);
        if (bits != 0) {
            return word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        }
        int start = (word + 1) % WORDS;
        int group = start / Long.SIZE;
        long words = occupiedWords[group] & (-1L << start);
        while (words == 0) {
            group = (group + 1) % occupiedWords.length;
            words = occupiedWords[group];
        }
        int found = group * Long.SIZE + Long.numberOfTrailingZeros(words);
        return found * Long.SIZE + Long.numberOfTrailingZeros(occupied[found]);
    }

    public int size() {
        return near + far.size();
    }

    /** Events that have run. */
    public long ran() {
        return ran;
    }
}
