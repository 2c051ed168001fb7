package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a client's stream ends with, as far as that is known. Guarded by the stream's lock. */
final class ClientEnd {
    private @Nullable Status status;
    private Metadata trailers = Metadata.EMPTY;
    /** What the server's last segment says, which need not have been the last to come in. */
    private @Nullable Status last;
    /** Why a request failed, while the answers to others are waited for. */
    private @Nullable Status failure;

    private boolean told;

    /** The server's last segment has come. */
    void serverSays(Status newLast) {
        last = newLast;
    }

    /** What the server's last segment says; not before it has come. */
    Status last() {
        return Objects.requireNonNull(last);
    }

    /** A request has failed. @return why the first one did */
    Status failed(Status why) {
        failure = failure == null ? why : failure;
        return failure;
    }

    /** Why the server says nothing more: a request that failed, or else this. */
    Status failureOr(Status lost) {
        return failure == null ? lost : failure;
    }

    /** The listener is to be told this, and not what was decided before. */
    void decide(Status newStatus, Metadata newTrailers) {
        status = newStatus;
        trailers = newTrailers;
    }

    /** What it is going to be. */
    Status expected() {
        return Objects.requireNonNull(status == null ? last : status);
    }

    Status status() {
        return Objects.requireNonNull(status);
    }

    Metadata trailers() {
        return trailers;
    }

    /** Whether the listener has been told, so that nothing is decided any more. */
    boolean isTold() {
        return told;
    }

    /** The listener is told now. @return whether for the first time */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }
}
