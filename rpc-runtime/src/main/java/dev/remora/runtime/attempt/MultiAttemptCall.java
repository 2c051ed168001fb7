package dev.remora.runtime.attempt;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.SentAttempt.Kind;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.call.ServedCall;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.runtime.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A unary call made by one or several attempts. The next attempt is a retry, some time after one failed, or a hedge, when one
 * takes long. The first attempt that succeeds, or fails for good, ends the call; the others are cancelled then.
 *
 * <p>All decisions are made under this object's lock, all calls to others outside of it.
 */
final class MultiAttemptCall<Q, R> implements ClientCall<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(MultiAttemptCall.class);

    private final MethodResilience resilience;
    private final TimeSource time;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final @Nullable CallContext served;
    private final RetryPolicy retry;
    private final HedgePolicy hedge;
    private final TriedPeers tried;

    // Written before the first attempt, which publishes them.
    private @Nullable Listener<R> listener;
    private Metadata headers = Metadata.EMPTY;
    private @Nullable Q request;
    private @Nullable Deadline deadline;
    private long startNs;
    private boolean halfClosed;

    private volatile @Nullable SentAttempt<Q, R> first;
    private volatile CallContext.@Nullable Registration registration;

    // Guarded by this.
    private final List<SentAttempt<Q, R>> live = new ArrayList<>(2);
    private int made;
    private int retries;
    private int hedges;
    private boolean retryWaits;
    private TimeSource.@Nullable Timer retryTimer;
    private TimeSource.@Nullable Timer hedgeTimer;
    private volatile boolean ended;

    MultiAttemptCall(
            MethodResilience resilience,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext served,
            RetryPolicy retry,
            HedgePolicy hedge) {
        this(resilience, method, options, served, retry, hedge, new TriedPeers());
    }

    /** @param tried where attempts of the call went before this object saw it */
    MultiAttemptCall(
            MethodResilience resilience,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext served,
            RetryPolicy retry,
            HedgePolicy hedge,
            TriedPeers tried) {
        this.resilience = resilience;
        this.time = resilience.time();
        this.method = method;
        this.options = options;
        this.served = served;
        this.retry = retry;
        this.hedge = hedge;
        this.tried = tried;
    }

    @Override
    public void start(Listener<R> newListener, Metadata newHeaders) {
        if (listener != null) {
            throw new IllegalStateException("call of " + method + " was started already");
        }
        listener = newListener;
        headers = newHeaders;
        startNs = time.nowNs();
        deadline = options.deadlineOfCall(startNs, resilience.timeoutNs(), served);
        resilience.metrics().started();
        resilience.begins();
    }

    /** Stands, instead of {@link #start} to {@link #halfClose}, for a call whose first attempt was made elsewhere. */
    void takeOver(FailedCall<Q, R> failed) {
        listener = failed.listener();
        headers = failed.headers();
        request = failed.request();
        deadline = failed.deadline();
        startNs = failed.startNs();
        halfClosed = true;
        made = 1;
    }

    /** After {@link #takeOver}: decides what follows. */
    void firstFailed(FailedCall<Q, R> failed) {
        SentAttempt<Q, R> attempt = new SentAttempt<>(this, Kind.FIRST, 1, startNs, deadline, false, 0);
        attempt.onHeaders(failed.responseHeaders());
        attempt.measured(failed.requestBytes(), MethodMetrics.NO_MESSAGE, failed.endNs());
        watchServed();
        if (!ended) {
            failed(attempt, failed.status(), failed.trailers(), failed.endNs());
        }
        if (ended) {
            unregister();
        }
    }

    /** One response is all there can be, so starting the call has asked for it. */
    @Override
    public void request(int count) {}

    @Override
    public void sendMessage(Q message) {
        if (listener == null || halfClosed || request != null) {
            throw new IllegalStateException("a unary call of " + method + " sends one message, after start");
        }
        request = message;
    }

    @Override
    public void halfClose() {
        if (halfClosed || request == null) {
            throw new IllegalStateException("a unary call of " + method + " sends one message, then half-closes once");
        }
        halfClosed = true;
        watchServed();
        if (!ended) {
            make(Kind.FIRST, startNs);
        }
        if (ended) {
            unregister();
        }
    }

    private void watchServed() {
        if (served != null) {
            registration = served.onCancel(() -> end(ServedCall.whyCancelled(served)));
        }
    }

    /** Makes an attempt, unless the breaker is against it. */
    private void make(Kind kind, long nowNs) {
        CircuitBreaker breaker = resilience.breaker();
        long permit = breaker == null ? 0 : breaker.acquire(kind == Kind.HEDGE, nowNs);
        if (permit == CircuitBreaker.REFUSED) {
            refusedByBreaker(kind, Objects.requireNonNull(breaker).reason(nowNs));
            return;
        }
        SentAttempt<Q, R> attempt;
        synchronized (this) {
            if (ended) {
                if (breaker != null) {
                    breaker.dropped(permit, 0, nowNs);
                }
                if (kind == Kind.HEDGE) {
                    resilience.budget().refund();
                }
                return;
            }
            retryWaits = kind != Kind.RETRY && retryWaits;
            made++;
            long timeoutNs = method.isIdempotent() ? retry.attemptTimeoutNs() : 0;
            boolean own = timeoutNs > 0 && (deadline == null || nowNs + timeoutNs - deadline.atNs() < 0);
            attempt = new SentAttempt<>(
                    this, kind, made, nowNs, own ? Deadline.at(nowNs + timeoutNs) : deadline, own, permit);
            live.add(attempt);
        }
        if (kind == Kind.FIRST) {
            first = attempt;
        } else {
            resilience.metrics().happened(kind == Kind.RETRY ? CallEvent.RETRY : CallEvent.HEDGE);
        }
        send(attempt);
        waitForHedge();
    }

    private void send(SentAttempt<Q, R> attempt) {
        try {
            attempt.send(
                    resilience.attempts().newCall(method, options, null, attempt, null),
                    Objects.requireNonNull(request),
                    attempt.number() == 1
                            ? headers
                            : headers.plus(RetryMetadata.ATTEMPT, Integer.toString(attempt.number())));
        } catch (RuntimeException | Error e) {
            attemptEnded(
                    attempt,
                    Status.of(StatusCode.INTERNAL, "an attempt of " + method + " cannot be made")
                            .withCause(e),
                    Metadata.EMPTY,
                    time.nowNs());
            attempt.abandon();
        }
    }

    private void refusedByBreaker(Kind kind, String reason) {
        if (kind == Kind.HEDGE) {
            resilience.budget().refund();
            return;
        }
        resilience.metrics().happened(CallEvent.BREAKER_REFUSED);
        synchronized (this) {
            giveBackRetry();
            if (!live.isEmpty()) {
                return;
            }
        }
        end(Status.of(StatusCode.UNAVAILABLE, method + " was not sent: " + reason));
    }

    /** On any thread: an attempt has ended, by itself or because it was given up. */
    void attemptEnded(SentAttempt<Q, R> attempt, Status status, Metadata trailers, long nowNs) {
        boolean late;
        synchronized (this) {
            if (!live.remove(attempt)) {
                // An attempt that could not even be sent may report its end twice.
                return;
            }
            late = ended;
        }
        observe(attempt, status, late, nowNs);
        if (late) {
            return;
        }
        if (status.isOk()) {
            if (attempt.kind() == Kind.HEDGE) {
                resilience.metrics().happened(CallEvent.HEDGE_WIN);
            }
            end(attempt, status, trailers, nowNs);
        } else {
            failed(attempt, status, trailers, nowNs);
        }
    }

    /** Tells breaker and percentiles. What was given up took at least that long: leaving it out would flatter the percentile. */
    private void observe(SentAttempt<Q, R> attempt, Status status, boolean late, long nowNs) {
        long durationNs = nowNs - attempt.startNs();
        boolean timedOut = status.code() == StatusCode.DEADLINE_EXCEEDED;
        if (hedge.percentile() > 0 && (status.isOk() || late || timedOut)) {
            resilience.latencies().record(durationNs, nowNs);
        }
        CircuitBreaker breaker = resilience.breaker();
        if (breaker != null) {
            if (late) {
                breaker.dropped(attempt.permit(), durationNs, nowNs);
            } else {
                breaker.ended(attempt.permit(), status.code(), durationNs, nowNs);
            }
        }
    }

    private void failed(SentAttempt<Q, R> attempt, Status status, Metadata trailers, long nowNs) {
        boolean timedOut = attempt.hasOwnTimeout() && status.code() == StatusCode.DEADLINE_EXCEEDED;
        if (timedOut) {
            resilience.metrics().happened(CallEvent.ATTEMPT_TIMEOUT);
        }
        boolean cannotHaveRun = Failures.cannotHaveRun(status, trailers);
        boolean worthIt = cannotHaveRun
                || (method.isIdempotent()
                        && !Failures.isClosed(status)
                        && (timedOut || retry.statusCodes().contains(status.code())));
        if (!worthIt) {
            end(attempt, status, trailers, nowNs);
            return;
        }
        String obstacle;
        synchronized (this) {
            if (ended) {
                return;
            }
            RetryRules rules = new RetryRules(resilience, retry, tried);
            long delayNs = rules.delayNs(retries, cannotHaveRun, trailers);
            obstacle = retryWaits ? "" : rules.obstacle(retries, made, delayNs, deadline, nowNs);
            if (obstacle == null) {
                retries++;
                retryWaits = true;
                if (delayNs > 0) {
                    retryTimer = time.after(delayNs, this::retryNow);
                    return;
                }
            } else if (!live.isEmpty() || retryWaits) {
                // Another attempt may still succeed.
                return;
            }
        }
        if (obstacle == null) {
            make(Kind.RETRY, nowNs);
        } else {
            end(attempt, status.withMessage(status.message() + obstacle), trailers, nowNs);
        }
    }

    private void retryNow() {
        guarded(() -> make(Kind.RETRY, time.nowNs()));
    }

    /** Sets the alarm for the next hedge, unless it is set or there is none. */
    private void waitForHedge() {
        if (hedge.maxHedges() == 0) {
            return;
        }
        long delayNs = hedge.delayNs();
        if (hedge.percentile() > 0) {
            delayNs = resilience.latencies().percentileNs(hedge.percentile(), delayNs, time.nowNs());
        }
        synchronized (this) {
            if (!ended && hedgeTimer == null && hedges < hedge.maxHedges() && !live.isEmpty()) {
                hedgeTimer = time.after(delayNs, this::hedgeNow);
            }
        }
    }

    private void hedgeNow() {
        long nowNs = time.nowNs();
        boolean allowed;
        synchronized (this) {
            hedgeTimer = null;
            // Between a failure and its retry nothing is slow.
            if (ended || live.isEmpty() || hedges >= hedge.maxHedges()) {
                return;
            }
            hedges++;
            allowed = resilience.budget().withdraw(nowNs);
        }
        if (allowed) {
            guarded(() -> make(Kind.HEDGE, nowNs));
        } else {
            resilience.metrics().happened(CallEvent.BUDGET_EXHAUSTED);
        }
    }

    /** Nobody sees what is thrown on the clock's thread, and a call that was started must end. */
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            end(Status.of(StatusCode.INTERNAL, "the call of " + method + " cannot be made")
                    .withCause(e));
        }
    }

    /** Ends the call, whatever its attempts do. */
    private void end(Status status) {
        end(null, status, Metadata.EMPTY, time.nowNs());
    }

    /** Ends the call, once. */
    private void end(@Nullable SentAttempt<Q, R> attempt, Status status, Metadata trailers, long nowNs) {
        List<SentAttempt<Q, R>> losers;
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            losers = List.copyOf(live);
            cancelTimers();
        }
        unregister();
        for (SentAttempt<Q, R> loser : losers) {
            loser.giveUp(attempt == null ? status.message() : "another attempt has ended the call");
        }
        int requestBytes = attempt == null ? MethodMetrics.NO_MESSAGE : attempt.requestBytes();
        int responseBytes = attempt == null ? MethodMetrics.NO_MESSAGE : attempt.responseBytes();
        resilience.metrics().ended(status.code(), nowNs - startNs, requestBytes, responseBytes);
        deliver(attempt, status, trailers);
    }

    /** The token of a retry that was not made, once: the end of the call and the breaker may both prevent it. */
    private void giveBackRetry() {
        if (retryWaits) {
            retryWaits = false;
            resilience.budget().refund();
        }
    }

    private void cancelTimers() {
        if (retryTimer != null) {
            retryTimer.cancel();
        }
        giveBackRetry();
        if (hedgeTimer != null) {
            hedgeTimer.cancel();
        }
    }

    private void unregister() {
        CallContext.Registration r = registration;
        if (r != null) {
            r.close();
        }
    }

    private void deliver(@Nullable SentAttempt<Q, R> attempt, Status status, Metadata trailers) {
        Listener<R> l = Objects.requireNonNull(listener);
        try {
            if (attempt != null && !attempt.headers().isEmpty()) {
                l.onHeaders(attempt.headers());
            }
            R message = attempt == null ? null : attempt.message();
            if (message != null) {
                l.onMessage(message);
            }
            l.onClose(status, trailers);
        } catch (RuntimeException e) {
            // The thread that reports it is the transport's or the clock's, and must not die of an application's
            // callback.
            LOG.error("a listener of {} failed", method, e);
        }
    }

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {
        if (listener == null) {
            throw new IllegalStateException("call of " + method + " was not started");
        }
        Status status = Status.of(StatusCode.CANCELLED, reason);
        end(cause == null ? status : status.withCause(cause));
    }

    /** The thread that waits for the call drives the attempt that it has sent itself; the others do without. */
    @Override
    public boolean drive() {
        SentAttempt<Q, R> driven = first;
        return driven != null && driven.drive();
    }

    boolean callerDrives() {
        Listener<R> l = listener;
        return l != null && l.drives();
    }

    TriedPeers tried() {
        return tried;
    }
}
