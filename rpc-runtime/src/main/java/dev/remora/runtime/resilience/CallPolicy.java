package dev.remora.runtime.resilience;

import dev.remora.api.Criticality;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.CallPolicySettings;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.spi.SettingValues;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a channel makes the calls of a method.
 *
 * @param name what breakers of one policy share, and messages say; empty for the channel's own
 * @param timeoutNs deadline of a call whose options set none, from its start; 0 for none
 * @param criticality sent with calls that say nothing themselves; null: that of the call being served, if any
 * @param breaker null for none
 */
public record CallPolicy(
        String name,
        long timeoutNs,
        @Nullable Criticality criticality,
        RetryPolicy retry,
        HedgePolicy hedge,
        @Nullable BreakerPolicy breaker) {
    /** What holds where nothing is configured. */
    public static final CallPolicy DEFAULT = of("", DefaultValues.of(ClientSettings.ALL));

    /**
     * Reads a policy.
     *
     * @param values of {@link ClientSettings#TIMEOUT} and {@link CallPolicySettings}
     */
    public static CallPolicy of(String name, SettingValues values) {
        return new CallPolicy(
                name,
                values.get(ClientSettings.TIMEOUT),
                Criticality.ofWord(values.get(CallPolicySettings.CRITICALITY)),
                new RetryPolicy(
                        values.getInt(CallPolicySettings.RETRY_MAX_ATTEMPTS),
                        codes(values.get(CallPolicySettings.RETRY_STATUS_CODES)),
                        values.get(CallPolicySettings.RETRY_INITIAL_BACKOFF),
                        values.get(CallPolicySettings.RETRY_MAX_BACKOFF),
                        values.get(CallPolicySettings.RETRY_BACKOFF_MULTIPLIER),
                        values.get(CallPolicySettings.RETRY_JITTER),
                        values.get(CallPolicySettings.RETRY_ATTEMPT_TIMEOUT)),
                new HedgePolicy(
                        values.getInt(CallPolicySettings.HEDGE_MAX_HEDGES),
                        values.get(CallPolicySettings.HEDGE_DELAY),
                        values.get(CallPolicySettings.HEDGE_PERCENTILE)),
                values.get(CallPolicySettings.BREAKER_ENABLED) ? breaker(values) : null);
    }

    private static BreakerPolicy breaker(SettingValues values) {
        return new BreakerPolicy(
                values.get(CallPolicySettings.BREAKER_SCOPE).equals("method"),
                values.get(CallPolicySettings.BREAKER_FAILURE_RATE),
                codes(values.get(CallPolicySettings.BREAKER_STATUS_CODES)),
                values.get(CallPolicySettings.BREAKER_SLOW_DURATION),
                values.get(CallPolicySettings.BREAKER_SLOW_RATE),
                values.get(CallPolicySettings.BREAKER_WINDOW),
                values.getInt(CallPolicySettings.BREAKER_MIN_CALLS),
                values.get(CallPolicySettings.BREAKER_OPEN_DURATION),
                values.getInt(CallPolicySettings.BREAKER_TRIAL_CALLS));
    }

    private static Set<StatusCode> codes(List<String> names) {
        return names.stream().map(StatusCode::valueOf).collect(Collectors.toSet());
    }

    public CallPolicy withName(String newName) {
        return new CallPolicy(newName, timeoutNs, criticality, retry, hedge, breaker);
    }

    public CallPolicy withRetry(RetryPolicy newRetry) {
        return new CallPolicy(name, timeoutNs, criticality, newRetry, hedge, breaker);
    }

    public CallPolicy withHedge(HedgePolicy newHedge) {
        return new CallPolicy(name, timeoutNs, criticality, retry, newHedge, breaker);
    }

    public CallPolicy withBreaker(@Nullable BreakerPolicy newBreaker) {
        return new CallPolicy(name, timeoutNs, criticality, retry, hedge, newBreaker);
    }
}
