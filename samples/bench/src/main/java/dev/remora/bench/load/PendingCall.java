package dev.remora.bench.load;

/** A call that has begun, or is about to. Its end goes to the recording, then to whoever waits for it. */
final class PendingCall implements Outcome {
    private final Recording recording;
    private final Runnable onEnd;
    final long dueNs;
    final int requestBytes;
    final int responseBytes;
    /** Whether it was due within the measured time. */
    final boolean counts;
    /** Whether it was on its way to be started before all was over; under the recording's lock. */
    boolean begun;
    /** Whether it has its outcome; changed under the recording's lock. */
    volatile boolean ended;

    /**
     * @param onEnd runs once when the call has ended, on the thread that tells the outcome
     * @param dueNs by the clock of the recording
     */
    PendingCall(Recording recording, Runnable onEnd, long dueNs, int requestBytes, int responseBytes, boolean counts) {
        this.recording = recording;
        this.onEnd = onEnd;
        this.dueNs = dueNs;
        this.requestBytes = requestBytes;
        this.responseBytes = responseBytes;
        this.counts = counts;
    }

    @Override
    public void succeeded() {
        if (recording.succeeded(this)) {
            onEnd.run();
        }
    }

    @Override
    public void failed(Throwable cause) {
        if (recording.failed(this, String.valueOf(cause))) {
            onEnd.run();
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Starts it. A call that cannot even start has failed. */
    void start(Call call, int target) {
        try {
            call.start(target, requestBytes, responseBytes, this);
        } catch (RuntimeException e) {
            failed(e);
        }
    }
}
