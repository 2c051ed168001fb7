package dev.remora.homa.net;

import dev.remora.spi.TransportMetric;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
        add(counter, 1);
    }

    void add(PortCounter counter, long more) {
        int i = counter.ordinal();
        counts.setOpaque(i, counts.getPlain(i) + more);
    }

    /** All of them. */
    List<TransportMetric> metrics(String prefix) {
        return Arrays.stream(PortCounter.values())
                .map(counter -> TransportMetric.counter(
                        prefix + counter.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        counter.unit(),
                        counter.meaning(),
                        () -> get(counter)))
                .toList();
    }
}
