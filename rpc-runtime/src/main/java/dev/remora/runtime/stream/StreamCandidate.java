package dev.remora.runtime.stream;

import dev.remora.api.Criticality;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.admission.Admission;
import dev.remora.runtime.admission.Candidate;
import dev.remora.runtime.admission.Refusal;
import dev.remora.runtime.call.ServerEntry;
import org.jspecify.annotations.Nullable;

/**
 * A stream at the door of its server. It counts as one call until its handler has ended; its messages are bounded by its window
 * and not counted here. What is decided at once waits until the stream is {@linkplain #settle settled}: a refusal is the answer
 * to the opening then, and a handler finds the messages that came with it.
 */
final class StreamCandidate extends Candidate {
    private static final int NO_BYTES = 0;

    private final Admission admission;
    private final StreamServerCall<?, ?> call;

    // Guarded by this.
    private boolean settled;
    private boolean startDue;
    private @Nullable Refusal refusal;

    StreamCandidate(
            Admission admission,
            StreamServerCall<?, ?> call,
            ServerEntry<?, ?> entry,
            Metadata metadata,
            @Nullable Deadline deadline) {
        super(
                entry.lane(),
                NO_BYTES,
                Criticality.of(metadata, entry.lane().criticality()),
                deadline != null,
                deadline == null ? 0 : deadline.atNs());
        this.admission = admission;
        this.call = call;
    }

    /** Asks for a place. @return why there is none, of which the call has not been told; null if {@link #settle} must follow */
    @Nullable
    Refusal offer() {
        admission.offer(this);
        synchronized (this) {
            return refusal;
        }
    }

    /** The opening has been taken: its handler starts as soon as it has a place. */
    void settle() {
        boolean starts;
        Refusal refused;
        synchronized (this) {
            settled = true;
            starts = startDue;
            refused = refusal;
        }
        if (refused != null) {
            refuse(refused);
        } else if (starts) {
            call.begin();
        }
    }

    /** Its handler has ended. */
    void done() {
        admission.done(this);
    }

    @Override
    protected void watch() {
        call.watchDeadline();
    }

    @Override
    protected void start() {
        synchronized (this) {
            if (!settled) {
                startDue = true;
                return;
            }
        }
        call.begin();
    }

    @Override
    protected void refuse(Refusal why) {
        synchronized (this) {
            if (!settled) {
                refusal = why;
                return;
            }
        }
        call.refuse(status(why), why.trailers());
    }

    static Status status(Refusal why) {
        return Status.of(StatusCode.RESOURCE_EXHAUSTED, why.message());
    }

    @Override
    protected boolean isCancelled() {
        return call.context().isCancelled();
    }

    @Override
    protected void leave() {
        if (admission.withdraw(this)) {
            call.closeUnserved(
                    Status.of(StatusCode.CANCELLED, "the client gave up before the handler ran"), Metadata.EMPTY);
        }
    }

    @Override
    protected boolean canWait() {
        return !call.method().isInline();
    }

    @Override
    protected boolean isTimed() {
        return false;
    }
}
