package dev.remora.runtime.balance;

import dev.remora.spi.Endpoint;

/**
 * How a peer fares, at one moment; the numbers need not be of the same one.
 *
 * @param condition whether calls go there
 * @param reason why not, for people; empty if they do
 * @param outstanding calls in progress
 * @param succeeded calls that it answered; with {@code failed}, {@code unreachable}, {@code neutral}: see {@link Outcome}
 */
public record PeerState(
        Endpoint endpoint,
        int weight,
        int priority,
        Condition condition,
        String reason,
        int outstanding,
        long succeeded,
        long failed,
        long unreachable,
        long neutral) {
    /** Whether calls go to a peer. */
    public enum Condition {
        /** They do. */
        USABLE,
        /** One at a time, to see whether it is well again. */
        PROBATION,
        /** It could not be reached a moment ago. */
        UNREACHABLE,
        /** It failed too often. */
        EJECTED,
        /** Somebody marked it {@link PeerHealth.Mark#NOT_SERVING}. */
        NOT_SERVING,
        /** The resolver names it no more; calls in progress go on. */
        DRAINING
    }
}
