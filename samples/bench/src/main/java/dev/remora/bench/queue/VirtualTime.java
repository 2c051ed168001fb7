package dev.remora.bench.queue;

import dev.remora.runtime.time.TimeSource;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that jumps from event to event. For one thread. */
final class VirtualTime implements TimeSource {
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNs).thenComparingLong(Event::number));
    private long nowNs;
    private long number;

    private record Event(long atNs, long number, Runnable action) {}

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer after(long delayNs, Runnable action) {
        Event event = new Event(nowNs + Math.max(0, delayNs), number++, action);
        events.add(event);
        return () -> events.remove(event);
    }

    /** Runs events until there are none. */
    void run() {
        for (Event event = events.poll(); event != null; event = events.poll()) {
            nowNs = event.atNs;
            event.action.run();
        }
    }
}
