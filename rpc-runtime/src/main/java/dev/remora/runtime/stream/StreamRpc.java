package dev.remora.runtime.stream;

import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import org.jspecify.annotations.Nullable;

/** One request of a client's stream, until it is answered. */
final class StreamRpc implements ResponseHandler {
    /** Of the stream, for its server. */
    final long number;
    /** It opens the stream. */
    final boolean opens;
    /** It waits at the server for messages. */
    final boolean waits;
    /** It was sent before the stream's opening was answered, and may overtake it. */
    final boolean early;
    /** Cost of the messages in it, 0 if it has none. */
    final long cost;
    /** It has a segment, which may be without messages. */
    final boolean pushes;

    private final StreamClientCall<?, ?> call;
    private volatile @Nullable TransportCall transportCall;
    private volatile boolean abandoned;

    StreamRpc(
            StreamClientCall<?, ?> call,
            long number,
            boolean opens,
            boolean waits,
            boolean early,
            @Nullable Segment<?> segment) {
        this.call = call;
        this.number = number;
        this.opens = opens;
        this.waits = waits;
        this.early = early;
        this.pushes = segment != null;
        this.cost = segment == null ? 0 : segment.cost();
    }

    /** The transport has it. */
    void started(TransportCall started) {
        transportCall = started;
        if (abandoned) {
            started.cancel();
        }
    }

    /** Nobody waits for the answer any more. */
    void abandon() {
        abandoned = true;
        TransportCall started = transportCall;
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    public void onResponse(MessageBuffer response) {
        StreamResponse head;
        Arrived segment = null;
        try {
            head = StreamResponse.read(response.bytes(), call.maxMetadataBytes());
            if (head.has(StreamResponse.SEGMENT)) {
                boolean last = head.status() != null;
                segment = Arrived.of(
                        new Arrived.Frame(
                                head.sequence(),
                                last,
                                head.headers(),
                                head.status(),
                                head.trailers(),
                                head.coding().algorithm()),
                        response);
            }
        } catch (MalformedEnvelopeException e) {
            response.release();
            call.onUnreadable(this, e);
            return;
        }
        if (segment == null) {
            response.release();
        }
        call.onAnswer(this, head, segment);
    }

    @Override
    public void onFailure(TransportException failure) {
        call.onFailure(this, failure);
    }
}
