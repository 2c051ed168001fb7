package dev.remora.homa.protocol.table;

import org.jspecify.annotations.Nullable;

/**
 * Timers in slots by time (Varghese and Lauck's hashed wheel).
 *
 * <p>Nearly all timers of a transport are cancelled or moved before they expire, so scheduling and cancelling must be
 * cheap; expiry need not be exact. A node expires at the first multiple of the tick at or after its deadline: never
 * early, at most a tick late. Nodes of one tick come in no particular order.
 *
 * <p>A bitmap of the slots in use lets an idle wheel skip them, and a jump of the clock over any time costs one walk
 * around the wheel. Time that goes backwards is ignored. A node whose deadline is already past expires at the next
 * tick, not at once, so that one who schedules again while polling does not poll for ever.
 */
public final class TimerWheel<T extends TimerNode> {
    private final long tickNs;
    private final int mask;
    private final @Nullable TimerNode[] slots;
    private final long[] used;

    /** Nodes that have expired and wait to be polled. */
    private @Nullable TimerNode due;

    /** All slots up to and with this tick have been emptied of what was due. */
    private long cursor;

    private int size;

    /**
     * @param tickNs precision
     * @param slotCount a power of two, at least 64; timers further away than slotCount ticks are looked at once per turn
     * @param startNs no deadline expires before it
     */
    public TimerWheel(long tickNs, int slotCount, long startNs) {
        if (tickNs < 1 || slotCount < Long.SIZE || Integer.bitCount(slotCount) != 1) {
            throw new IllegalArgumentException("a wheel of " + slotCount + " slots of " + tickNs + " ns");
        }
        this.tickNs = tickNs;
        mask = slotCount - 1;
        slots = new @Nullable TimerNode[slotCount];
        used = new long[slotCount / Long.SIZE];
        cursor = Math.floorDiv(startNs, tickNs);
    }

    /** Lets a node expire at a time; one that is scheduled already is moved. */
    public void schedule(T node, long deadlineNs) {
        cancel(node);
        long tick = Math.floorDiv(deadlineNs, tickNs);
        if (tick * tickNs != deadlineNs) {
            tick++;
        }
        if (tick <= cursor) {
            tick = cursor + 1;
        }
        node.wheel = this;
        node.deadline(deadlineNs);
        node.timerTick = tick;
        int slot = (int) tick & mask;
        node.timerSlot = slot;
        slots[slot] = push(node, slots[slot]);
        used[slot >>> 6] |= 1L << slot;
        size++;
    }

    /** Takes a node out; nothing happens if it is not scheduled. */
    public void cancel(T node) {
        if (node.wheel == null) {
            return;
        }
        if (node.wheel != this) {
            throw new IllegalStateException("the timer is scheduled in another wheel");
        }
        unlink(node);
        node.wheel = null;
        size--;
    }

    /** The next node that has expired, no longer scheduled; null if there is none. Call until null. */
    public @Nullable T pollExpired(long nowNs) {
        if (size == 0) {
            cursor = Math.max(cursor, Math.floorDiv(nowNs, tickNs));
            return null;
        }
        if (due == null) {
            advance(Math.floorDiv(nowNs, tickNs));
        }
        TimerNode node = due;
        if (node == null) {
            return null;
        }
        unlink(node);
        node.wheel = null;
        size--;
        @SuppressWarnings("unchecked") // only T is scheduled
        T expired = (T) node;
        return expired;
    }

    /**
     * When {@link #pollExpired} may have something next; never later than when it has, Long.MAX_VALUE if nothing is
     * scheduled. A timer that is more than a turn away makes it earlier than needed, once per turn.
     */
    public long nextDeadlineNs() {
        if (size == 0) {
            return Long.MAX_VALUE;
        }
        long tick = due != null ? cursor : cursor + distance();
        return tick > Long.MAX_VALUE / tickNs ? Long.MAX_VALUE : tick * tickNs;
    }

    /** Nodes scheduled, with those expired but not yet polled. */
    public int size() {
        return size;
    }

    private void advance(long nowTick) {
        if (nowTick - cursor > mask + 1L) {
            // Each slot is passed once in the last turn before now; what was due earlier is found there too.
            cursor = nowTick - mask - 1;
        }
        while (due == null && cursor < nowTick) {
            int distance = distance();
            if (distance > nowTick - cursor) {
                cursor = nowTick;
                return;
            }
            cursor += distance;
            collect((int) cursor & mask, nowTick);
        }
    }

    /** Ticks from the cursor to the next slot in use, 1 to all; one more than all if none is. */
    private int distance() {
        int first = ((int) cursor + 1) & mask;
        int word = first >>> 6;
        long bits = used[word] & (-1L << first);
        for (int i = 0; i <= used.length; i++) {
            if (bits != 0) {
                int slot = (word << 6) + Long.numberOfTrailingZeros(bits);
                return ((slot - first) & mask) + 1;
            }
            word = (word + 1) & (used.length - 1);
            bits = used[word];
        }
        return mask + 2;
    }

    private void collect(int slot, long nowTick) {
        TimerNode node = slots[slot];
        while (node != null) {
            TimerNode next = node.nextTimer;
            if (node.timerTick <= nowTick) {
                unlink(node);
                node.timerSlot = TimerNode.DUE;
                due = push(node, due);
            }
            node = next;
        }
    }

    private static TimerNode push(TimerNode node, @Nullable TimerNode first) {
        node.nextTimer = first;
        if (first != null) {
            first.previousTimer = node;
        }
        return node;
    }

    private void unlink(TimerNode node) {
        TimerNode previous = node.previousTimer;
        TimerNode next = node.nextTimer;
        if (next != null) {
            next.previousTimer = previous;
        }
        if (previous != null) {
            previous.nextTimer = next;
        } else if (node.timerSlot == TimerNode.DUE) {
            due = next;
        } else {
            int slot = node.timerSlot;
            slots[slot] = next;
            if (next == null) {
                used[slot >>> 6] &= ~(1L << slot);
            }
        }
        node.previousTimer = null;
        node.nextTimer = null;
    }
}
