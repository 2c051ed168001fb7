package dev.remora.runtime.attempt;

import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.metrics.CallEvent;
import dev.remora.runtime.resilience.RetryPolicy;
import org.jspecify.annotations.Nullable;

/**
 * When an attempt that failed, and may be repeated, is followed by another one.
 *
 * @param tried servers that attempts of the call went to
 */
record RetryRules(MethodResilience resilience, RetryPolicy retry, TriedPeers tried) {
    /**
     * The wait before a retry, in nanoseconds; negative if the server wants none.
     *
     * @param retries made so far
     * @param cannotHaveRun see {@link Failures#cannotHaveRun}
     * @param trailers of the failure
     */
    long delayNs(int retries, boolean cannotHaveRun, Metadata trailers) {
        long pushBackNs = Failures.pushBackNs(trailers);
        if (pushBackNs == -1) {
            return -1;
        }
        if (cannotHaveRun && resilience.attempts().hasOthers(tried)) {
            // What this server said, or its absence, is nothing to the next one.
            return 0;
        }
        return pushBackNs == Failures.NO_HINT ? retry.backoffNs(retries + 1, resilience.random()) : pushBackNs;
    }

    /**
     * Why there is no retry, as the end of a sentence; null if there is one, for which a token has been taken then.
     *
     * @param retries made so far
     * @param made attempts so far
     * @param deadline of the call
     */
    @Nullable
    String obstacle(int retries, int made, long delayNs, @Nullable Deadline deadline, long nowNs) {
        if (retries + 1 >= retry.maxAttempts()) {
            return made > 1 ? " (after " + made + " attempts)" : "";
        }
        String after = " (after " + made + (made == 1 ? " attempt" : " attempts") + ", not tried again: ";
        if (delayNs < 0) {
            return after + "the server asked for that)";
        }
        if (deadline != null && nowNs + delayNs - deadline.atNs() >= 0) {
            return after + "the deadline is too near)";
        }
        if (!resilience.budget().withdraw(nowNs)) {
            resilience.metrics().happened(CallEvent.BUDGET_EXHAUSTED);
            return after + "the retry budget is used up)";
        }
        return null;
    }
}
