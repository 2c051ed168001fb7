package dev.remora.runtime.attempt;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Criticality;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.runtime.time.TimeSource;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What a channel keeps per method to retry, hedge and break its calls. For any thread. */
public final class MethodResilience {
    private final CallPolicy policy;
    private final MethodMetrics metrics;
    private final AttemptBudget budget;
    private final @Nullable CircuitBreaker breaker;
    private final LatencyWindow latencies;
    private final TimeSource time;
    private final DoubleSupplier random;
    private final AttemptChannel attempts;

    MethodResilience(
            CallPolicy policy,
            MethodMetrics metrics,
            AttemptBudget budget,
            @Nullable CircuitBreaker breaker,
            TimeSource time,
            DoubleSupplier random,
            AttemptChannel attempts) {
        this.policy = policy;
        this.metrics = metrics;
        this.budget = budget;
        this.breaker = breaker;
        this.latencies = new LatencyWindow(time.nowNs());
        this.time = time;
        this.random = random;
        this.attempts = attempts;
    }

    /** A call of a unary method, made by as many attempts as it takes and its policy allows. */
    public <Q, R> ClientCall<Q, R> newCall(
            MethodDescriptor<Q, R> method, CallOptions options, @Nullable CallContext served) {
        CallOptions marked = withCriticality(options, served);
        RetryPolicy retry = options.get(RetryPolicy.OPTION);
        HedgePolicy hedge = options.get(HedgePolicy.OPTION);
        retry = retry == null ? policy.retry() : retry;
        hedge = !method.isIdempotent() ? HedgePolicy.NONE : hedge == null ? policy.hedge() : hedge;
        boolean ownTimeouts = retry.attemptTimeoutNs() > 0 && method.isIdempotent();
        // Nearly all calls end well at once: unless something has to watch them meanwhile, the attempt is the call, and
        // only
        // a failure makes it one of several.
        return hedge.maxHedges() > 0 || breaker != null || ownTimeouts
                ? new MultiAttemptCall<>(this, method, marked, served, retry, hedge)
                : attempts.newCall(method, marked, served, null, retry.maxAttempts() == 1 ? null : retry);
    }

    /** A call that {@link #goOn} may be asked for begins. */
    public void begins() {
        budget.deposit();
    }

    /**
     * Goes on with a call that has failed: retries it, or ends it. Its listener hears of the end either way, perhaps before
     * this returns.
     *
     * @param onStart gets what goes on, to cancel it by, before anything happens
     */
    public <Q, R> void goOn(FailedCall<Q, R> failed, Consumer<ClientCall<Q, R>> onStart) {
        MultiAttemptCall<Q, R> call = new MultiAttemptCall<>(
                this,
                failed.method(),
                failed.options(),
                failed.served(),
                failed.retry(),
                HedgePolicy.NONE,
                failed.tried());
        call.takeOver(failed);
        onStart.accept(call);
        call.firstFailed(failed);
    }

    /** The openings of one stream. @param patient whether it waits for a server */
    public StreamAttempts newStream(MethodDescriptor<?, ?> method, CallOptions options, boolean patient) {
        RetryPolicy retry = options.get(RetryPolicy.OPTION);
        return new StreamAttempts(this, method, retry == null ? policy.retry() : retry, patient);
    }

    /** The options with the criticality that the policy, or the call being served, gives a call that has none. */
    public CallOptions withCriticality(CallOptions options, @Nullable CallContext served) {
        Metadata sent = options.metadata();
        if (!sent.isEmpty() && sent.get(Criticality.KEY) != null) {
            return options;
        }
        Criticality own = policy.criticality();
        if (own == null && served != null && !served.requestMetadata().isEmpty()) {
            own = Criticality.ofWord(served.requestMetadata().get(Criticality.KEY));
        }
        return own == null ? options : options.withMetadata(own.asMetadata());
    }

    /** Deadline of a call whose options set none, in nanoseconds from its start; 0 for none. */
    public long timeoutNs() {
        return policy.timeoutNs();
    }

    MethodMetrics metrics() {
        return metrics;
    }

    AttemptBudget budget() {
        return budget;
    }

    @Nullable
    CircuitBreaker breaker() {
        return breaker;
    }

    LatencyWindow latencies() {
        return latencies;
    }

    TimeSource time() {
        return time;
    }

    double random() {
        return random.getAsDouble();
    }

    AttemptChannel attempts() {
        return attempts;
    }
}
