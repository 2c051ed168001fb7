package dev.remora.runtime.resilience;

import dev.remora.api.CallOptions;
import java.time.Duration;

/**
 * When a further attempt of a call is made while another is still waited for; the first answer wins, the others are
 * cancelled. Only for methods marked idempotent.
 *
 * @param maxHedges further attempts, 0 to 5; 0 is no hedging
 * @param delayNs how long an attempt is waited for before the next hedge, 0 or more
 * @param percentile if above 0, the delay is this percentile of the method's latest latencies, below 1; then {@code delayNs}
 *     holds until enough of them are known
 */
public record HedgePolicy(int maxHedges, long delayNs, double percentile) {
    /** For one call, instead of the policy of its channel. */
    public static final CallOptions.Key<HedgePolicy> OPTION = CallOptions.Key.of("hedge-policy");

    /** No hedging. */
    public static final HedgePolicy NONE = new HedgePolicy(0, 0, 0);

    private static final int MAX_HEDGES = 5;

    public HedgePolicy {
        RetryPolicy.check(maxHedges >= 0 && maxHedges <= MAX_HEDGES, "maxHedges", maxHedges, "0 to " + MAX_HEDGES);
        RetryPolicy.check(delayNs >= 0, "delayNs", delayNs, "0 or more");
        RetryPolicy.check(percentile >= 0 && percentile < 1, "percentile", percentile, "0 to below 1");
    }

    /** One hedge after a fixed delay. */
    public static HedgePolicy after(Duration delay) {
        return new HedgePolicy(1, delay.toNanos(), 0);
    }

    /** One hedge when an attempt takes longer than that percentile of the latest ones; after {@code first} until they are known. */
    public static HedgePolicy atPercentile(double percentile, Duration first) {
        return new HedgePolicy(1, first.toNanos(), percentile);
    }

    public HedgePolicy withMaxHedges(int hedges) {
        return new HedgePolicy(hedges, delayNs, percentile);
    }
}
