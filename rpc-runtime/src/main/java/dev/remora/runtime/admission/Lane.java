package dev.remora.runtime.admission;

import dev.remora.api.Criticality;
import dev.remora.runtime.metrics.MethodMetrics;

/** The way in of the calls of one method: its bound, what is known of its handlers, where its calls wait. */
public final class Lane {
    private final int limit;
    private final Criticality criticality;
    private final MethodMetrics metrics;
    private final WaitingCalls waiting;
    private final ServiceTimes times = new ServiceTimes();
    private int inProgress;
    private boolean reserved;

    /**
     * @param limit calls of the method in progress
     * @param criticality of calls that say nothing
     * @param waiting where its calls wait, which methods without a limit of their own share
     */
    Lane(int limit, Criticality criticality, MethodMetrics metrics, WaitingCalls waiting) {
        this.limit = limit;
        this.criticality = criticality;
        this.metrics = metrics;
        this.waiting = waiting;
    }

    /** What a call of the method is that does not say how critical it is. */
    public Criticality criticality() {
        return criticality;
    }

    /** Its calls do not compete with those of the application. */
    Lane reserve() {
        reserved = true;
        return this;
    }

    boolean isReserved() {
        return reserved;
    }

    MethodMetrics metrics() {
        return metrics;
    }

    WaitingCalls waiting() {
        return waiting;
    }

    ServiceTimes times() {
        return times;
    }

    boolean isFull() {
        return inProgress >= limit;
    }

    int limit() {
        return limit;
    }

    void enter() {
        inProgress++;
    }

    void exit() {
        inProgress--;
    }
}
