package dev.remora.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What client and server tell each other about attempts of one call. A call that is retried or hedged arrives as several
 * requests, each an attempt.
 */
public final class RetryMetadata {
    /** Sent with a request: the number of the attempt, from 2. The first attempt says nothing. */
    public static final Metadata.Key<String> ATTEMPT = Metadata.Key.text("remora-attempt");

    /**
     * Sent with a failure: in how many milliseconds the server wants to see the next attempt; a negative number for never. It
     * replaces the client's own back-off, and does not make a failure retryable that is not.
     */
    public static final Metadata.Key<String> PUSH_BACK_MS = Metadata.Key.text("remora-retry-pushback-ms");

    /**
     * Sent with a failure by the server itself, never by a handler: no handler has seen the call, so it is safe to send it
     * again. The value says why it was refused, for logs.
     */
    public static final Metadata.Key<String> REFUSED = Metadata.Key.text("remora-refused");

    private static final Metadata NEVER = Metadata.of(PUSH_BACK_MS, "-1");

    private RetryMetadata() {}

    /** Trailers of a handler that wants the next attempt not earlier than that; rounded up to milliseconds. */
    public static Metadata retryAfter(Duration delay) {
        if (delay.isNegative()) {
            throw new IllegalArgumentException("a delay is not negative, got " + delay + "; for none use doNotRetry()");
        }
        return Metadata.of(PUSH_BACK_MS, Long.toString(delay.plusNanos(999_999).toMillis()));
    }

    /** Trailers of a handler that wants no further attempt of this call. */
    public static Metadata doNotRetry() {
        return NEVER;
    }

    /** The number of the attempt that a request is: 1 for the first, also if it says what is no number. */
    public static int attemptOf(Metadata request) {
        @Nullable String text = request.isEmpty() ? null : request.get(ATTEMPT);
        if (text == null) {
            return 1;
        }
        try {
            return Math.max(1, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 1;
        }
    }
}
