package dev.remora.homa.link.socket;

import java.util.concurrent.atomic.AtomicLongArray;

/** Numbers that one thread adds to and any may read. */
final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(PacketSocketCounter.values().length);

    /** By the owner only. */
    void add(PacketSocketCounter what, long number) {
        int i = what.ordinal();
        values.setRelease(i, values.getPlain(i) + number);
    }

    long value(PacketSocketCounter what) {
        return values.getAcquire(what.ordinal());
    }
}
