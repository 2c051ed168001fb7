package dev.remora.runtime.call;

import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.spi.TransportException;

/** What a failure of the transport means to the caller. */
public final class TransportFailures {
    private TransportFailures() {}

    public static Status toStatus(TransportException failure) {
        StatusCode code = switch (failure.reason()) {
            case UNREACHABLE, REFUSED, PEER_LOST, ABORTED, CLOSED -> StatusCode.UNAVAILABLE;
            case OVERLOADED, TOO_LARGE, RESPONSE_TOO_LARGE -> StatusCode.RESOURCE_EXHAUSTED;
            case CANCELLED -> StatusCode.CANCELLED;
            case PROTOCOL, BIND, UNSUPPORTED -> StatusCode.INTERNAL;
        };
        String message = failure.getMessage() == null ? failure.reason().name() : failure.getMessage();
        return Status.of(code, message).withCause(failure);
    }
}
