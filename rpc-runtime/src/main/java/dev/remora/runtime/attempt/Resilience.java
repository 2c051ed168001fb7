package dev.remora.runtime.attempt;

import dev.remora.api.MethodDescriptor;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.BreakerPolicy;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.time.TimeSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** What the calls of a channel have in common when they are retried, hedged and broken. For any thread. */
public final class Resilience {
    private final CallPolicies policies;
    private final AttemptBudget budget;
    private final TimeSource time;
    private final DoubleSupplier random;
    private final AttemptChannel attempts;
    /** Breakers of policies whose methods share one; as many as policies at most. */
    private final ConcurrentHashMap<String, CircuitBreaker> shared = new ConcurrentHashMap<>();

    /**
     * @param random for jitter: at least 0, below 1
     * @param attempts where attempts are sent
     */
    public Resilience(
            CallPolicies policies,
            AttemptBudget budget,
            TimeSource time,
            DoubleSupplier random,
            AttemptChannel attempts) {
        this.policies = policies;
        this.budget = budget;
        this.time = time;
        this.random = random;
        this.attempts = attempts;
    }

    /** What the calls of a method need; to be asked for once per method and kept. */
    public MethodResilience of(MethodDescriptor<?, ?> method, MethodMetrics metrics) {
        CallPolicy policy = policies.policyFor(method.fullName());
        return new MethodResilience(policy, metrics, budget, breaker(policy, method, metrics), time, random, attempts);
    }

    private @Nullable CircuitBreaker breaker(CallPolicy policy, MethodDescriptor<?, ?> method, MethodMetrics metrics) {
        BreakerPolicy breaker = policy.breaker();
        if (breaker == null) {
            return null;
        }
        if (breaker.perMethod()) {
            return new CircuitBreaker(method.fullName(), breaker, metrics);
        }
        String name = policy.name().isEmpty() ? "the channel" : policy.name();
        return shared.computeIfAbsent(name, key -> new CircuitBreaker(key, breaker, metrics));
    }
}
