package dev.remora.runtime.resilience;

import dev.remora.api.StatusCode;
import java.util.Set;

/**
 * When a circuit breaker opens and closes. It counts attempts, whichever server they went to.
 *
 * @param perMethod one breaker for each method, instead of one for all methods of the channel with the same policy
 * @param failureRate which part of the attempts in the window has to fail for it to open, above 0, at most 1
 * @param statusCodes what is a failure
 * @param slowDurationNs from when on an attempt is slow, 0 for never
 * @param slowRate which part has to be slow for it to open, above 0, at most 1
 * @param windowNs how far back attempts are counted, more than 0
 * @param minCalls attempts the window has to hold before rates mean anything, 1 or more
 * @param openDurationNs how long it stays open, more than 0
 * @param trialCalls attempts it lets through when it is half open, 1 or more
 */
public record BreakerPolicy(
        boolean perMethod,
        double failureRate,
        Set<StatusCode> statusCodes,
        long slowDurationNs,
        double slowRate,
        long windowNs,
        int minCalls,
        long openDurationNs,
        int trialCalls) {
    public BreakerPolicy {
        statusCodes = Set.copyOf(statusCodes);
        RetryPolicy.check(failureRate > 0 && failureRate <= 1, "failureRate", failureRate, "above 0, at most 1");
        RetryPolicy.check(slowDurationNs >= 0, "slowDurationNs", slowDurationNs, "0 or more");
        RetryPolicy.check(slowRate > 0 && slowRate <= 1, "slowRate", slowRate, "above 0, at most 1");
        RetryPolicy.check(windowNs > 0, "windowNs", windowNs, "more than 0");
        RetryPolicy.check(minCalls >= 1, "minCalls", minCalls, "1 or more");
        RetryPolicy.check(openDurationNs > 0, "openDurationNs", openDurationNs, "more than 0");
        RetryPolicy.check(trialCalls >= 1, "trialCalls", trialCalls, "1 or more");
    }
}
