package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.call.ServedCall;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import org.jspecify.annotations.Nullable;

/**
 * What a client's stream begins with.
 *
 * @param headers all that is sent beside the messages
 * @param startNs when it began, on the {@link System#nanoTime} scale
 * @param served the call that is being served, if any
 */
record ClientOpening(
        ClientMethod method,
        Metadata headers,
        @Nullable Deadline deadline,
        long startNs,
        @Nullable CallContext served) {
    /** @return why nothing can be sent, or null */
    @Nullable
    Status refusal(MessageBounds bounds) {
        if (deadline != null && deadline.isExpired()) {
            return deadlineExceeded("before the stream was opened");
        }
        if (served != null && served.isCancelled()) {
            return ServedCall.whyCancelled(served);
        }
        try {
            bounds.checkMetadata("metadata of ", headers);
        } catch (RpcException e) {
            return e.status();
        }
        return null;
    }

    /** As it is sent now. @param attempt from 1 */
    Opening write(int attempt) {
        // Rounded up, so that a deadline that has not passed here does not read as "none" there.
        long timeoutUs = deadline == null ? 0 : Math.max(1, (deadline.remainingNs() + 999) / 1000);
        Metadata sent = attempt == 1 ? headers : headers.plus(RetryMetadata.ATTEMPT, Integer.toString(attempt));
        return new Opening(timeoutUs, method.name(), sent);
    }

    Status deadlineExceeded(String phase) {
        return Status.of(
                StatusCode.DEADLINE_EXCEEDED,
                method.descriptor() + ": deadline passed " + phase + ", " + elapsedNs() / 1_000_000
                        + " ms after the start");
    }

    long elapsedNs() {
        return System.nanoTime() - startNs;
    }
}
