package dev.remora.runtime.stream;

import dev.remora.runtime.metrics.MethodMetrics;

/** What one stream has carried, before compression, for the metrics of its method. Guarded by the stream's lock. */
final class StreamTally {
    private boolean sentOne;
    private boolean receivedOne;
    private long sentBytes;
    private long receivedBytes;

    void sent(int bytes) {
        sentOne = true;
        sentBytes += bytes;
    }

    void received(Arrived segment) {
        receivedOne |= segment.count > 0;
        receivedBytes += segment.messageBytes;
    }

    boolean hasSent() {
        return sentOne;
    }

    /** Bytes of all messages sent, as metrics want it. */
    int sentBytes() {
        return clamped(sentOne, sentBytes);
    }

    /** Bytes of all messages received, as metrics want it. */
    int receivedBytes() {
        return clamped(receivedOne, receivedBytes);
    }

    private static int clamped(boolean any, long bytes) {
        return any ? (int) Math.min(Integer.MAX_VALUE, bytes) : MethodMetrics.NO_MESSAGE;
    }
}
