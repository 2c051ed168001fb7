package dev.remora.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of one call. Immutable.
 *
 * <p>The deadline is either a moment ({@link #withDeadline}: shared by all calls made with these options) or a duration
 * ({@link #withTimeout}: counted anew from the start of each call). The earliest of the two and of the deadline of the
 * call that is being served, if any, holds.
 */
public final class CallOptions {
    public static final CallOptions DEFAULT = new CallOptions(null, 0, Metadata.EMPTY);

    private final @Nullable Deadline deadline;
    private final long timeoutNs;
    private final Metadata metadata;

    private CallOptions(@Nullable Deadline deadline, long timeoutNs, Metadata metadata) {
        this.deadline = deadline;
        this.timeoutNs = timeoutNs;
        this.metadata = metadata;
    }

    public CallOptions withDeadline(Deadline newDeadline) {
        return new CallOptions(newDeadline, timeoutNs, metadata);
    }

    /** @param timeout from the start of each call; more than zero */
    public CallOptions withTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero, got " + timeout);
        }
        Duration max = Duration.ofDays(36_500);
        return new CallOptions(deadline, (timeout.compareTo(max) > 0 ? max : timeout).toNanos(), metadata);
    }

    /** These options with more metadata to send. */
    public CallOptions withMetadata(Metadata more) {
        return new CallOptions(deadline, timeoutNs, metadata.plus(more));
    }

    public @Nullable Deadline deadline() {
        return deadline;
    }

    /** Nanoseconds from the start of a call, 0 if not set. */
    public long timeoutNs() {
        return timeoutNs;
    }

    /** What to send along with the request. */
    public Metadata metadata() {
        return metadata;
    }
}
