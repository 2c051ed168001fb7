package dev.remora.runtime.balance;

import dev.remora.api.Status;
import dev.remora.spi.TransportException;

/** What the end of a call says about the server it went to. */
public enum Outcome {
    /** It answered, be it with an error that is the caller's doing, such as NOT_FOUND. */
    SUCCESS,
    /** It answered badly, or not in time. */
    FAILURE,
    /** It is not there: not reached, lost during the call, or it takes no more requests. */
    UNREACHABLE,
    /** Nothing: the caller gave up, or this side was at its limits. */
    NEUTRAL;

    /** Of a call that ended with this status; it knows more if the status has its cause still. */
    public static Outcome of(Status status) {
        if (status.cause() instanceof TransportException failure) {
            return of(failure.reason());
        }
        return switch (status.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, INTERNAL, UNKNOWN, RESOURCE_EXHAUSTED, DATA_LOSS -> FAILURE;
            case CANCELLED -> NEUTRAL;
            default -> SUCCESS;
        };
    }

    private static Outcome of(TransportException.Reason reason) {
        return switch (reason) {
            case UNREACHABLE, REFUSED, PEER_LOST -> UNREACHABLE;
            case ABORTED, PROTOCOL -> FAILURE;
            case OVERLOADED, TOO_LARGE, RESPONSE_TOO_LARGE, CANCELLED, CLOSED, BIND, UNSUPPORTED -> NEUTRAL;
        };
    }
}
