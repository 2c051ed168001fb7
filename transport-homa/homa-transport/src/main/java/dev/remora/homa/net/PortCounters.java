package dev.remora.homa.net;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts of one port. Written by its owner; others read values that may lag. */
public final class PortCounters {
    private static final int COUNT = PortCounter.values().length;

    private final AtomicLongArray counts = new AtomicLongArray(COUNT);

    PortCounters() {}

    public long get(PortCounter counter) {
        return counts.getOpaque(counter.ordinal());
    }

    void add(PortCounter counter) {
        int i = counter.ordinal();
        counts.setOpaque(i, counts.getPlain(i) + 1);
    }
}
