package dev.remora.homa.link;

import dev.remora.spi.TransportMetric;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/** What passed a queue of frames. Counted by the thread that uses the queue; read by any, which may lag. */
public final class FrameCounters {
    private static final int SENT = 0;
    private static final int SENT_BYTES = 1;
    private static final int RECEIVED = 2;
    private static final int RECEIVED_BYTES = 3;
    private static final int REFUSED = 4;
    private static final int DISCARDED = 5;
    private static final int NO_ROOM = 6;
    private static final int COUNT = 7;

    private final AtomicLongArray values = new AtomicLongArray(COUNT);

    void sent(int bytes) {
        add(SENT, 1);
        add(SENT_BYTES, bytes);
    }

    void received(int frames, long bytes) {
        add(RECEIVED, frames);
        add(RECEIVED_BYTES, bytes);
    }

    void refused() {
        add(REFUSED, 1);
    }

    void discarded(int frames) {
        add(DISCARDED, frames);
    }

    void noRoom() {
        add(NO_ROOM, 1);
    }

    /** All of them. */
    List<TransportMetric> metrics(String prefix) {
        return List.of(
                TransportMetric.counter(prefix + "sent-frames", "frames", "given to the driver", this::sentFrames),
                TransportMetric.counter(prefix + "sent-bytes", "bytes", "of those", this::sentBytes),
                TransportMetric.counter(prefix + "received-frames", "frames", "of any kind", this::receivedFrames),
                TransportMetric.counter(prefix + "received-bytes", "bytes", "of those", this::receivedBytes),
                TransportMetric.counter(
                        prefix + "send-refused", "frames", "that the driver can never send", this::refusedFrames),
                TransportMetric.counter(prefix + "send-waits", "times", "the device had no room", this::noRoomCount));
    }

    /** Frames committed. */
    public long sentFrames() {
        return values.get(SENT);
    }

    public long sentBytes() {
        return values.get(SENT_BYTES);
    }

    public long receivedFrames() {
        return values.get(RECEIVED);
    }

    public long receivedBytes() {
        return values.get(RECEIVED_BYTES);
    }

    /** Committed frames that the device can never send, and that were dropped for that. */
    public long refusedFrames() {
        return values.get(REFUSED);
    }

    /** Committed frames the device had not taken when the queue was closed. */
    public long discardedFrames() {
        return values.get(DISCARDED);
    }

    /** Times there was no place for a frame. */
    public long noRoomCount() {
        return values.get(NO_ROOM);
    }

    /** One writer at a time: no atomic addition needed. */
    private void add(int which, long more) {
        values.setRelease(which, values.getPlain(which) + more);
    }
}
