package dev.remora.runtime.admission;

import dev.remora.api.Criticality;

/**
 * A call at the door of a server. Admission calls {@link #watch} first, unless it refuses at once, then exactly one of
 * {@link #start}, {@link #refuse} and {@link #leave}, outside of its locks.
 */
public abstract class Candidate {
    private final Lane lane;
    private final int bytes;
    private final Criticality criticality;
    private final boolean hasDeadline;
    private final long deadlineNs;

    // Admission's notes, guarded by its lock.
    long number;
    long queuedNs;
    long startedNs;
    boolean waiting;

    /**
     * @param lane of its method
     * @param bytes of its request, 0 or more
     * @param deadlineNs on the scale of the admission's clock; means nothing without {@code hasDeadline}
     */
    protected Candidate(Lane lane, int bytes, Criticality criticality, boolean hasDeadline, long deadlineNs) {
        this.lane = lane;
        this.bytes = bytes;
        this.criticality = criticality;
        this.hasDeadline = hasDeadline;
        this.deadlineNs = deadlineNs;
    }

    /** Begins to watch for cancellation and deadline. */
    protected abstract void watch();

    /** Runs its handler, or has it run. {@link Admission#done} must follow. */
    protected abstract void start();

    /** Answers that it was not served. */
    protected abstract void refuse(Refusal refusal);

    /** Whether nobody waits for its answer any more. */
    protected abstract boolean isCancelled();

    /** It was cancelled as it was about to wait: takes itself out by {@link Admission#withdraw}, if nobody else has. */
    protected abstract void leave();

    /** Whether it may wait: an inline call is on the transport's thread, which must not. */
    protected abstract boolean canWait();

    /** Whether its handler's time tells how busy the server is: not that of a stream, which lasts as long as its client likes. */
    protected boolean isTimed() {
        return true;
    }

    final Lane lane() {
        return lane;
    }

    final int bytes() {
        return bytes;
    }

    final Criticality criticality() {
        return criticality;
    }

    /** Time left until its deadline, {@link Long#MAX_VALUE} without one. */
    final long remainingNs(long nowNs) {
        return hasDeadline ? deadlineNs - nowNs : Long.MAX_VALUE;
    }
}
