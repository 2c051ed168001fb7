package dev.remora.runtime.attempt;

import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import org.jspecify.annotations.Nullable;

/** What a failure says about trying again. */
final class Failures {
    /** The server says nothing about when to try again. */
    static final long NO_HINT = Long.MIN_VALUE;

    private static final long NS_PER_MS = 1_000_000;
    private static final long LONGEST_HINT_MS = 86_400_000;

    private Failures() {}

    /** Whether no handler can have seen the call and another attempt may fare better. */
    static boolean cannotHaveRun(Status status, Metadata trailers) {
        Reason reason = reason(status);
        if (reason != null) {
            // Among the others that have not run are those that would fail in the same way again, such as TOO_LARGE.
            return reason == Reason.UNREACHABLE || reason == Reason.REFUSED || reason == Reason.OVERLOADED;
        }
        return !trailers.isEmpty() && trailers.get(RetryMetadata.REFUSED) != null;
    }

    /** Whether the server is not there and has not seen the call. */
    static boolean isNotThere(Status status) {
        Reason reason = reason(status);
        return reason == Reason.UNREACHABLE || reason == Reason.REFUSED;
    }

    /** Whether this side has been closed: no attempt can succeed any more. */
    static boolean isClosed(Status status) {
        return reason(status) == Reason.CLOSED;
    }

    /**
     * In how many nanoseconds the server wants the next attempt; negative for never, {@link #NO_HINT} if it does not say. A
     * hint that is no number means never: whoever sent it wanted to hold us back.
     */
    static long pushBackNs(Metadata trailers) {
        String text = trailers.isEmpty() ? null : trailers.get(RetryMetadata.PUSH_BACK_MS);
        if (text == null) {
            return NO_HINT;
        }
        try {
            long ms = Long.parseLong(text);
            return ms < 0 ? -1 : Math.min(ms, LONGEST_HINT_MS) * NS_PER_MS;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static @Nullable Reason reason(Status status) {
        return status.cause() instanceof TransportException failure ? failure.reason() : null;
    }
}
