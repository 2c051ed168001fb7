package dev.remora.runtime.attempt;

import dev.remora.api.StatusCode;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.CallLevel;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.BreakerPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops attempts that would most likely fail. Closed, it counts how attempts end; when too many of them failed or were slow it
 * opens and lets nothing through; after a while it is half open and lets a few through on trial, whose ends close it or open
 * it again. For any thread.
 */
final class CircuitBreaker {
    /** No permit: the attempt must not be made. */
    static final long REFUSED = -1;

    private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

    private enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    private final String name;
    private final BreakerPolicy policy;
    private final MethodMetrics metrics;
    private final SlidingWindow window;
    private State state = State.CLOSED;
    private long sinceNs;
    private String why = "";

    /** Counts changes of state: an attempt that was let through before the last one has no say any more. */
    private long era;

    private int trialsBegun;
    private int trialsEnded;
    private int trialsFailed;
    private int trialsSlow;

    /**
     * @param name of what it watches, for messages
     * @param metrics where opening is counted
     */
    CircuitBreaker(String name, BreakerPolicy policy, MethodMetrics metrics) {
        this.name = name;
        this.policy = policy;
        this.metrics = metrics;
        window = new SlidingWindow(policy.windowNs());
    }

    /**
     * Asks to make an attempt.
     *
     * @param hedge whether it is one that could as well be left: no trial is given to it
     * @return a permit to be handed to {@link #ended} or {@link #dropped}, or {@link #REFUSED}
     */
    synchronized long acquire(boolean hedge, long nowNs) {
        if (state == State.CLOSED) {
            return era;
        }
        if (hedge) {
            return REFUSED;
        }
        if (state == State.OPEN) {
            if (nowNs - sinceNs < policy.openDurationNs()) {
                return REFUSED;
            }
            become(State.HALF_OPEN, nowNs);
        } else if (trialsBegun >= policy.trialCalls() && nowNs - sinceNs >= policy.openDurationNs()) {
            // Trials that do not end must not keep it half open for ever.
            become(State.HALF_OPEN, nowNs);
        }
        if (trialsBegun >= policy.trialCalls()) {
            return REFUSED;
        }
        trialsBegun++;
        return era;
    }

    /** An attempt has ended by itself. */
    void ended(long permit, StatusCode code, long durationNs, long nowNs) {
        record(permit, policy.statusCodes().contains(code), isSlow(durationNs), nowNs);
    }

    /**
     * An attempt goes on, perhaps for hours, but was answered: enough for a trial.
     *
     * @return whether it has no say any more, so that its end need not be told
     */
    synchronized boolean answered(long permit, long nowNs) {
        if (permit == era && state != State.HALF_OPEN) {
            return false;
        }
        record(permit, false, false, nowNs);
        return true;
    }

    /** How far back it looks. */
    long windowNs() {
        return policy.windowNs();
    }

    /** An attempt was given up for reasons of the caller's, such as that another one was faster. */
    void dropped(long permit, long durationNs, long nowNs) {
        if (isSlow(durationNs)) {
            record(permit, false, true, nowNs);
        } else {
            takeBack(permit);
        }
    }

    private synchronized void takeBack(long permit) {
        if (permit == era && state == State.HALF_OPEN) {
            trialsBegun--;
        }
    }

    private boolean isSlow(long durationNs) {
        return policy.slowDurationNs() > 0 && durationNs >= policy.slowDurationNs();
    }

    private synchronized void record(long permit, boolean failed, boolean slow, long nowNs) {
        if (permit != era) {
            return;
        }
        if (state == State.HALF_OPEN) {
            trialsEnded++;
            trialsFailed += failed ? 1 : 0;
            trialsSlow += slow ? 1 : 0;
            judgeTrials(nowNs);
        } else {
            window.record(failed, slow, nowNs);
            if (failed || slow) {
                judgeWindow(nowNs);
            }
        }
    }

    private void judgeWindow(long nowNs) {
        SlidingWindow.Counts counts = window.counts(nowNs);
        if (counts.calls() >= policy.minCalls() && isTooMany(counts.failed(), counts.slow(), counts.calls())) {
            open(counts.failed(), counts.slow(), counts.calls(), nowNs);
        }
    }

    /** As soon as the trials that are still out cannot change the outcome. */
    private void judgeTrials(long nowNs) {
        if (isTooMany(trialsFailed, trialsSlow, policy.trialCalls())) {
            open(trialsFailed, trialsSlow, trialsEnded, nowNs);
        } else if (trialsEnded >= policy.trialCalls()) {
            become(State.CLOSED, nowNs);
            window.clear();
            LOG.info("circuit of {} is closed: its trials went well", name);
        }
    }

    private boolean isTooMany(int failed, int slow, int calls) {
        return failed >= policy.failureRate() * calls
                || (policy.slowDurationNs() > 0 && slow >= policy.slowRate() * calls);
    }

    private void open(int failed, int slow, int calls, long nowNs) {
        why = failed + " of the last " + calls + " calls failed" + (slow > 0 ? ", " + slow + " were slow" : "");
        become(State.OPEN, nowNs);
        metrics.happened(CallEvent.BREAKER_OPENED);
        LOG.warn("circuit of {} is open: {}", name, why);
    }

    private void become(State next, long nowNs) {
        count(state, -1);
        count(next, 1);
        state = next;
        sinceNs = nowNs;
        era++;
        trialsBegun = 0;
        trialsEnded = 0;
        trialsFailed = 0;
        trialsSlow = 0;
    }

    private void count(State of, int delta) {
        switch (of) {
            case OPEN -> metrics.moved(CallLevel.BREAKERS_OPEN, delta);
            case HALF_OPEN -> metrics.moved(CallLevel.BREAKERS_HALF_OPEN, delta);
            case CLOSED -> {}
        }
    }

    /** Why attempts are refused, for people. */
    synchronized String reason(long nowNs) {
        return switch (state) {
            case CLOSED -> "the circuit of " + name + " is closed again";
            case OPEN ->
                "the circuit of " + name + " is open: " + why + "; it tries again in "
                        + Math.max(0, (policy.openDurationNs() - (nowNs - sinceNs)) / 1_000_000) + " ms";
            case HALF_OPEN -> "the circuit of " + name + " is half open and its trials are under way: " + why;
        };
    }
}
