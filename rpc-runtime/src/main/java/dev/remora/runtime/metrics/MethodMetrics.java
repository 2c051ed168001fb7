package dev.remora.runtime.metrics;

import dev.remora.api.StatusCode;

/**
 * Where one side of one method records its calls. Every {@link #started} is followed by exactly one {@link #ended}. For any
 * thread; no method blocks, throws or (after the first of each status, event and level) allocates.
 */
public sealed interface MethodMetrics permits RecordingMethodMetrics, MethodMetrics.None {
    /** Size of a message that there was none of. */
    int NO_MESSAGE = -1;

    /** A call begins. */
    void started();

    /**
     * A call ends.
     *
     * @param latencyNs since {@link #started}
     * @param requestBytes size of the request message (of all of them in a stream), or {@link #NO_MESSAGE}
     * @param responseBytes size of the response message, or {@link #NO_MESSAGE}
     */
    void ended(StatusCode status, long latencyNs, int requestBytes, int responseBytes);

    /** Something happened to a call. */
    void happened(CallEvent event);

    /** A level rises by {@code delta}, or falls if that is negative. */
    void moved(CallLevel level, int delta);

    /** Records nothing. */
    enum None implements MethodMetrics {
        NONE;

        @Override
        public void started() {}

        @Override
        public void ended(StatusCode status, long latencyNs, int requestBytes, int responseBytes) {}

        @Override
        public void happened(CallEvent event) {}

        @Override
        public void moved(CallLevel level, int delta) {}
    }
}
