package dev.remora.runtime.attempt;

import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.resilience.RetryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The openings of one stream. The circuit breaker is asked before each and told how it went; one that failed and that no handler
 * can have seen is followed by another, as far as the retry policy and the budget go.
 *
 * <p>What a breaker wants to know is whether to open a stream is of use. So a stream that goes on, perhaps for hours, counts as
 * a success once its handler has answered: for a trial at once, otherwise when it ends later than the breaker looks back, or
 * because this side wants no more. How long it lasted says nothing. For any thread.
 */
public final class StreamAttempts {
    private final MethodResilience resilience;
    private final MethodDescriptor<?, ?> method;
    private final RetryPolicy retry;
    private final boolean patient;
    private final @Nullable CircuitBreaker breaker;
    private final TriedPeers tried = new TriedPeers();
    private final RetryRules rules;

    private volatile boolean answered;

    // Guarded by this.
    private int made;
    private long permit;
    private long startNs;
    /** The breaker has heard how the last opening went. */
    private boolean told;
    /** A token was taken for an opening that has not been made yet. */
    private boolean retryWaits;
    /** The last opening is to be made once more, as if it had not been. */
    private boolean sameAgain;

    private boolean ended;

    /**
     * What follows a failed opening that no handler has seen.
     *
     * @param delayNs how long to wait with the next one; negative if there is none
     * @param status if there is none: what the stream ends with
     */
    public record Next(long delayNs, Status status) {
        /** Whether there is a next one. */
        public boolean isOpening() {
            return delayNs >= 0;
        }
    }

    StreamAttempts(MethodResilience resilience, MethodDescriptor<?, ?> method, RetryPolicy retry, boolean patient) {
        this.resilience = resilience;
        this.method = method;
        this.retry = retry;
        this.patient = patient;
        this.breaker = resilience.breaker();
        this.rules = new RetryRules(resilience, retry, tried);
    }

    /** Servers that openings went to; the next one is added when it is chosen. */
    public TriedPeers tried() {
        return tried;
    }

    /** Whether an opening may be followed by another, so that what went with it must be kept. */
    public boolean mayBeSeveral() {
        return patient || retry.maxAttempts() > 1;
    }

    /** Openings so far, at most {@link RetryPolicy#maxAttempts}. */
    public synchronized int made() {
        return made;
    }

    /**
     * Asks to make an opening, the first one or the {@link #failed next}.
     *
     * @return why it must not be made, or null
     */
    public @Nullable Status open() {
        long nowNs = resilience.time().nowNs();
        synchronized (this) {
            if (sameAgain) {
                sameAgain = false;
                return null;
            }
            if (made == 0 && retry.maxAttempts() > 1) {
                resilience.budget().deposit();
            }
            long newPermit = breaker == null || ended ? 0 : breaker.acquire(false, nowNs);
            if (breaker != null && newPermit == CircuitBreaker.REFUSED) {
                refund();
                resilience.metrics().happened(CallEvent.BREAKER_REFUSED);
                return Status.of(StatusCode.UNAVAILABLE, method + " was not sent: " + breaker.reason(nowNs));
            }
            if (ended) {
                return null; // nothing comes of it: whoever ended it sees to that
            }
            retryWaits = false;
            permit = newPermit;
            startNs = nowNs;
            told = breaker == null;
            if (made++ > 0) {
                resilience.metrics().happened(CallEvent.RETRY);
            }
            return null;
        }
    }

    /**
     * An opening has failed, before anything else of its stream was sent that a handler may have seen.
     *
     * @param status with its cause, if it is the transport's
     * @param deadline of the stream
     * @return null if a handler may have seen the opening itself
     */
    public @Nullable Next failed(Status status, Metadata trailers, @Nullable Deadline deadline) {
        if (!Failures.cannotHaveRun(status, trailers)) {
            return null;
        }
        long nowNs = resilience.time().nowNs();
        synchronized (this) {
            if (patient && Failures.isNotThere(status)) {
                sameAgain = true;
                return new Next(0, status);
            }
            long delayNs = rules.delayNs(made - 1, true, trailers);
            String obstacle = rules.obstacle(made - 1, made, delayNs, deadline, nowNs);
            if (obstacle != null) {
                return new Next(-1, status.withMessage(status.message() + obstacle));
            }
            retryWaits = true;
            if (breaker != null && !told) {
                told = true;
                breaker.ended(permit, status.code(), 0, nowNs);
            }
            return new Next(delayNs, status);
        }
    }

    /** Runs {@code action} when the next opening is due. */
    public void after(Next next, Runnable action) {
        resilience.time().after(next.delayNs(), action);
    }

    /** The handler has answered, or has had the time to fail and did not. Any number of times. */
    public void answered() {
        if (answered || breaker == null) {
            return;
        }
        long nowNs = resilience.time().nowNs();
        synchronized (this) {
            answered = true;
            told = told || breaker.answered(permit, nowNs);
        }
    }

    /**
     * The stream has ended. Any number of times; the first one counts.
     *
     * @param givenUp whether this side wanted no more of it
     */
    public void ended(StatusCode code, boolean givenUp) {
        long nowNs = resilience.time().nowNs();
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            refund();
            if (breaker == null || told || made == 0) {
                return;
            }
            told = true;
            if (answered && (givenUp || nowNs - startNs > breaker.windowNs())) {
                breaker.ended(permit, StatusCode.OK, 0, nowNs);
            } else if (givenUp) {
                breaker.dropped(permit, 0, nowNs);
            } else {
                breaker.ended(permit, code, 0, nowNs);
            }
        }
    }

    private void refund() {
        if (retryWaits) {
            retryWaits = false;
            resilience.budget().refund();
        }
    }
}
