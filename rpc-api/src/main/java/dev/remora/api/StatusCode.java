package dev.remora.api;

/**
 * The outcome of a call. The sixteen error codes and their numbers are those of gRPC, so that a service's contract
 * survives a change of framework.
 */
public enum StatusCode {
    OK,
    /** The caller gave the call up. */
    CANCELLED,
    UNKNOWN,
    INVALID_ARGUMENT,
    /** The deadline passed before the call ended. The call may have been executed all the same. */
    DEADLINE_EXCEEDED,
    NOT_FOUND,
    ALREADY_EXISTS,
    PERMISSION_DENIED,
    /** A bound was reached: calls in progress, message size, quota. */
    RESOURCE_EXHAUSTED,
    FAILED_PRECONDITION,
    ABORTED,
    OUT_OF_RANGE,
    /** The server does not know the method. */
    UNIMPLEMENTED,
    /** An invariant is broken: a malformed envelope, a message that does not parse. */
    INTERNAL,
    /** The peer cannot be reached now, or was lost during the call. */
    UNAVAILABLE,
    DATA_LOSS,
    UNAUTHENTICATED;

    private static final StatusCode[] BY_NUMBER = values();

    /** The number on the wire, 0 to 16. */
    public int number() {
        return ordinal();
    }

    /** The code with a number from the wire; {@link #UNKNOWN} for a number outside 0 to 16. */
    public static StatusCode ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }
}
