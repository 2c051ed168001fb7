package dev.remora.homa.sim.fault;

import java.util.PriorityQueue;

/** Simulated time: what is due next, ties in the order in which they were asked for. */
final class FaultTimeline {
    private record Step(long atNs, long order, Runnable action) implements Comparable<Step> {
        @Override
        public int compareTo(Step other) {
            int byTime = Long.compare(atNs, other.atNs);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Step> steps = new PriorityQueue<>();
    private long nowNs;
    private long order;
    private long done;

    long nowNs() {
        return nowNs;
    }

    long done() {
        return done;
    }

    void at(long atNs, Runnable action) {
        steps.add(new Step(Math.max(atNs, nowNs), order++, action));
    }

    void in(long delayNs, Runnable action) {
        at(nowNs + delayNs, action);
    }

    /** Does the next thing due before the end; false when there is none, and then it is the end. */
    boolean step(long endNs) {
        Step next = steps.peek();
        if (next == null || next.atNs > endNs) {
            nowNs = Math.max(nowNs, endNs);
            return false;
        }
        steps.remove();
        nowNs = next.atNs;
        done++;
        next.action.run();
        return true;
    }
}
