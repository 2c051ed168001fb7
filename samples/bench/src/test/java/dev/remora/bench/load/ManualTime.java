package dev.remora.bench.load;

import java.util.PriorityQueue;

/** A clock that only waiting moves, and what happens at its times. A sleep ends a little late, as a machine's does. */
final class ManualTime implements TimeSource {
    static final long OVERSHOOT_NS = 3_000;
    static final long SPIN_NS = 100;

    private record Event(long ns, long order, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.ns != b.ns ? Long.compare(a.ns, b.ns) : Long.compare(a.order, b.order));
    private long nowNs = 1_000_000;
    private long order;

    @Override
    public long nanoTime() {
        return nowNs;
    }

    @Override
    public long epochNs() {
        return 5_000_000_000L + nowNs;
    }

    @Override
    public void parkNanos(long ns) {
        advance(ns + OVERSHOOT_NS);
    }

    @Override
    public void spin() {
        advance(SPIN_NS);
    }

    void after(long ns, Runnable action) {
        events.add(new Event(nowNs + ns, order++, action));
    }

    /** Lets time pass, and what is to happen in it. */
    void advance(long ns) {
        long toNs = nowNs + ns;
        while (!events.isEmpty() && events.peek().ns <= toNs) {
            Event event = events.remove();
            nowNs = Math.max(nowNs, event.ns);
            event.action.run();
        }
        nowNs = Math.max(nowNs, toNs);
    }
}
