package dev.remora.runtime.resilience;

import dev.remora.api.CallOptions;
import dev.remora.api.StatusCode;
import java.time.Duration;
import java.util.Set;

/**
 * When a failed call is tried again. A failure that says that the server cannot have run the call is retried for every method;
 * another one only for methods marked idempotent, if its code is among {@code statusCodes}.
 *
 * @param maxAttempts the first one included, 1 to 10; 1 is no retry
 * @param statusCodes failures to retry although the call may have run, for idempotent methods
 * @param initialBackoffNs longest wait before the second attempt, 0 or more
 * @param maxBackoffNs longest wait before any attempt, 0 or more
 * @param backoffMultiplier growth of the wait from attempt to attempt, 1 to 10
 * @param jitter which part of the wait is random, 0 to 1
 * @param attemptTimeoutNs longest time of one attempt of an idempotent method, 0 for no bound but the call's deadline
 */
public record RetryPolicy(
        int maxAttempts,
        Set<StatusCode> statusCodes,
        long initialBackoffNs,
        long maxBackoffNs,
        double backoffMultiplier,
        double jitter,
        long attemptTimeoutNs) {
    /** For one call, instead of the policy of its channel: {@code stub.withOption(RetryPolicy.OPTION, RetryPolicy.NONE)}. */
    public static final CallOptions.Key<RetryPolicy> OPTION = CallOptions.Key.of("retry-policy");

    /** One attempt. */
    public static final RetryPolicy NONE = new RetryPolicy(1, Set.of(), 0, 0, 1, 0, 0);

    /** What holds where nothing is configured. */
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(3, Set.of(StatusCode.UNAVAILABLE), 50_000_000, 2_000_000_000, 2, 0.5, 0);

    private static final int MAX_ATTEMPTS = 10;

    public RetryPolicy {
        statusCodes = Set.copyOf(statusCodes);
        check(maxAttempts >= 1 && maxAttempts <= MAX_ATTEMPTS, "maxAttempts", maxAttempts, "1 to " + MAX_ATTEMPTS);
        check(initialBackoffNs >= 0, "initialBackoffNs", initialBackoffNs, "0 or more");
        check(maxBackoffNs >= 0, "maxBackoffNs", maxBackoffNs, "0 or more");
        check(backoffMultiplier >= 1 && backoffMultiplier <= 10, "backoffMultiplier", backoffMultiplier, "1 to 10");
        check(jitter >= 0 && jitter <= 1, "jitter", jitter, "0 to 1");
        check(attemptTimeoutNs >= 0, "attemptTimeoutNs", attemptTimeoutNs, "0 or more");
        check(!statusCodes.contains(StatusCode.OK), "statusCodes", statusCodes, "codes of failures");
    }

    public RetryPolicy withMaxAttempts(int attempts) {
        return new RetryPolicy(
                attempts, statusCodes, initialBackoffNs, maxBackoffNs, backoffMultiplier, jitter, attemptTimeoutNs);
    }

    public RetryPolicy withStatusCodes(StatusCode... codes) {
        return new RetryPolicy(
                maxAttempts,
                Set.of(codes),
                initialBackoffNs,
                maxBackoffNs,
                backoffMultiplier,
                jitter,
                attemptTimeoutNs);
    }

    public RetryPolicy withBackoff(Duration initial, Duration max) {
        return new RetryPolicy(
                maxAttempts,
                statusCodes,
                initial.toNanos(),
                max.toNanos(),
                backoffMultiplier,
                jitter,
                attemptTimeoutNs);
    }

    public RetryPolicy withAttemptTimeout(Duration timeout) {
        return new RetryPolicy(
                maxAttempts, statusCodes, initialBackoffNs, maxBackoffNs, backoffMultiplier, jitter, timeout.toNanos());
    }

    /**
     * The wait before a retry.
     *
     * @param retry from 1
     * @param random at least 0, below 1
     */
    public long backoffNs(int retry, double random) {
        double whole = Math.min(maxBackoffNs, initialBackoffNs * Math.pow(backoffMultiplier, retry - 1));
        return (long) (whole * (1 - jitter * random));
    }

    static void check(boolean holds, String what, Object value, String allowed) {
        if (!holds) {
            throw new IllegalArgumentException(what + " is " + value + ", it must be " + allowed);
        }
    }
}
