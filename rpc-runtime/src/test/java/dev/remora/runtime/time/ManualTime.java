package dev.remora.runtime.time;

import java.util.PriorityQueue;

/** A clock that a test moves by hand; what is due runs, in order, on the thread that moves it. */
public final class ManualTime implements TimeSource {
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private long nowNs;
    private long made;

    /** Begins at the machine's time, so that deadlines made by the clock of the machine are in its future. */
    public ManualTime() {
        this(System.nanoTime());
    }

    public ManualTime(long startNs) {
        nowNs = startNs;
    }

    private record Alarm(long atNs, long number, Runnable action) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            long byTimeNs = atNs - other.atNs;
            return byTimeNs != 0 ? Long.signum(byTimeNs) : Long.compare(number, other.number);
        }
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public Timer after(long delayNs, Runnable action) {
        Alarm alarm = new Alarm(nowNs + Math.max(0, delayNs), made++, action);
        alarms.add(alarm);
        return () -> alarms.remove(alarm);
    }

    /** Moves on, running what becomes due at its own time. */
    public void advanceMs(long ms) {
        advanceNs(ms * 1_000_000);
    }

    public void advanceNs(long ns) {
        long endNs = nowNs + ns;
        for (Alarm next = alarms.peek(); next != null && next.atNs - endNs <= 0; next = alarms.peek()) {
            alarms.remove();
            nowNs = next.atNs;
            next.action.run();
        }
        nowNs = endNs;
    }

    /** Actions that wait for their time. */
    public int waiting() {
        return alarms.size();
    }
}
