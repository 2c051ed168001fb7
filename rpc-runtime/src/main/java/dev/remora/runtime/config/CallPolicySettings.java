package dev.remora.runtime.config;

import dev.remora.api.Criticality;
import dev.remora.api.StatusCode;
import dev.remora.spi.Setting;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Knobs of single methods as a client calls them: below {@code remora.client} or {@code remora.clients.<name>} for all methods,
 * below {@code policies.<policy>} of either for those that match.
 */
public final class CallPolicySettings {
    /** All codes but OK, as configuration names them. */
    private static final List<String> CODES = Arrays.stream(StatusCode.values())
            .filter(code -> code != StatusCode.OK)
            .map(Enum::name)
            .toList();

    private static final long HOUR_NS = 3_600_000_000_000L;

    /** Only below {@code policies.<policy>}. */
    public static final Setting<List<String>> METHODS = Setting.texts(
            "methods",
            "Which methods the policy is for: photos.v1.Users/GetUser, photos.v1.Users/Get*, photos.v1.Users/* or photos.v1.*."
                    + " Where several policies match, the one with the longest pattern holds. No default: it must be set.");

    public static final Setting<String> CRITICALITY = Setting.text(
            "criticality",
            "",
            "How much these calls matter to an overloaded server, which refuses the least critical first. Nothing: that of"
                    + " the call being served, if any, else the server's default.",
            Stream.concat(Stream.of(""), Arrays.stream(Criticality.values()).map(Criticality::word))
                    .toArray(String[]::new));

    public static final Setting<Long> RETRY_MAX_ATTEMPTS = Setting.number(
            "retry.max-attempts",
            3,
            1,
            10,
            "attempts",
            "Attempts of a call, the first one included; 1 is no retry. A failure that says the server cannot have run the"
                    + " call is retried for every method, others only for methods marked idempotent.");

    public static final Setting<List<String>> RETRY_STATUS_CODES = Setting.texts(
            "retry.status-codes",
            "UNAVAILABLE",
            "Failures after which a call of an idempotent method is tried again although it may have run.",
            CODES);

    public static final Setting<Long> RETRY_INITIAL_BACKOFF = Setting.duration(
            "retry.initial-backoff",
            "50ms",
            0,
            HOUR_NS,
            "Longest wait before the second attempt. A server that was not tried yet is tried at once if the one before cannot"
                    + " have run the call.");

    public static final Setting<Long> RETRY_MAX_BACKOFF =
            Setting.duration("retry.max-backoff", "2s", 0, HOUR_NS, "Longest wait before any attempt.");

    public static final Setting<Double> RETRY_BACKOFF_MULTIPLIER = Setting.real(
            "retry.backoff-multiplier", 2.0, 1, 10, "", "By how much the wait grows from one attempt to the next.");

    public static final Setting<Double> RETRY_JITTER = Setting.real(
            "retry.jitter",
            0.5,
            0,
            1,
            "",
            "Which part of the wait is random, so that clients that failed together do not come back together: 0.5 waits"
                    + " between half of it and all of it.");

    public static final Setting<Long> RETRY_ATTEMPT_TIMEOUT = Setting.duration(
            "retry.attempt-timeout",
            "0",
            0,
            HOUR_NS,
            "Longest time of one attempt of an idempotent method; then it is given up and counts as a failure to try again."
                    + " 0: the deadline of the call is the only bound.");

    public static final Setting<Long> HEDGE_MAX_HEDGES = Setting.number(
            "hedge.max-hedges",
            0,
            0,
            5,
            "attempts",
            "Further attempts of an idempotent method that are sent while the first is still waited for; the first answer"
                    + " wins and the others are cancelled. 0 is no hedging. It buys a shorter tail with more load.");

    public static final Setting<Long> HEDGE_DELAY = Setting.duration(
            "hedge.delay",
            "50ms",
            0,
            HOUR_NS,
            "How long an attempt is waited for before the next hedge; near the p95 of the method is a good start.");

    public static final Setting<Double> HEDGE_PERCENTILE = Setting.real(
            "hedge.percentile",
            0,
            0,
            0.999,
            "",
            "If above 0, the delay is this percentile of the method's latencies of the last half to whole minute, such as"
                    + " 0.95, and hedge.delay only holds until 100 of them are known.");

    public static final Setting<Boolean> BREAKER_ENABLED = Setting.flag(
            "breaker.enabled",
            false,
            "Whether a circuit breaker watches these calls: it fails them at once while too many fail or are slow, and tries"
                    + " now and then whether they work again.");

    public static final Setting<String> BREAKER_SCOPE = Setting.text(
            "breaker.scope",
            "method",
            "What has one breaker: each method, or all methods of this channel that the same policy is for.",
            "method",
            "policy");

    public static final Setting<Double> BREAKER_FAILURE_RATE = Setting.real(
            "breaker.failure-rate",
            0.5,
            0.01,
            1,
            "",
            "Which part of the calls in the window has to fail for the breaker to open.");

    public static final Setting<List<String>> BREAKER_STATUS_CODES = Setting.texts(
            "breaker.status-codes",
            "UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN",
            "What counts as a failure. Codes that a healthy server answers, such as NOT_FOUND, do not belong here.",
            CODES);

    public static final Setting<Long> BREAKER_SLOW_DURATION = Setting.duration(
            "breaker.slow-duration", "0", 0, HOUR_NS, "From when on a call counts as slow. 0: none does.");

    public static final Setting<Double> BREAKER_SLOW_RATE = Setting.real(
            "breaker.slow-rate",
            0.8,
            0.01,
            1,
            "",
            "Which part of the calls in the window has to be slow for the breaker to open.");

    public static final Setting<Long> BREAKER_WINDOW =
            Setting.duration("breaker.window", "10s", 100_000_000L, HOUR_NS, "How far back calls are counted.");

    public static final Setting<Long> BREAKER_MIN_CALLS = Setting.number(
            "breaker.min-calls", 20, 1, 1_000_000, "calls", "Calls the window has to hold before rates mean anything.");

    public static final Setting<Long> BREAKER_OPEN_DURATION = Setting.duration(
            "breaker.open-duration", "5s", 1_000_000L, HOUR_NS, "How long an open breaker lets nothing through.");

    public static final Setting<Long> BREAKER_TRIAL_CALLS = Setting.number(
            "breaker.trial-calls",
            5,
            1,
            1000,
            "calls",
            "Calls that a half-open breaker lets through; by the same rates it then closes or opens again.");

    /** All but {@link #METHODS}, in the order of the documentation. A policy may set {@link ClientSettings#TIMEOUT} too. */
    public static final List<Setting<?>> ALL = List.of(
            CRITICALITY,
            RETRY_MAX_ATTEMPTS,
            RETRY_STATUS_CODES,
            RETRY_INITIAL_BACKOFF,
            RETRY_MAX_BACKOFF,
            RETRY_BACKOFF_MULTIPLIER,
            RETRY_JITTER,
            RETRY_ATTEMPT_TIMEOUT,
            HEDGE_MAX_HEDGES,
            HEDGE_DELAY,
            HEDGE_PERCENTILE,
            BREAKER_ENABLED,
            BREAKER_SCOPE,
            BREAKER_FAILURE_RATE,
            BREAKER_STATUS_CODES,
            BREAKER_SLOW_DURATION,
            BREAKER_SLOW_RATE,
            BREAKER_WINDOW,
            BREAKER_MIN_CALLS,
            BREAKER_OPEN_DURATION,
            BREAKER_TRIAL_CALLS);

    private CallPolicySettings() {}
}
