package dev.remora.runtime.stream;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.spi.ServerExchange;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Which answer of a server's stream is to be sent next. Guarded by the stream's lock.
 *
 * <p>Segments travel only in answers to requests that wait for them: so each is followed by another such request, which says
 * that the segment has arrived.
 */
final class ServerAnswers<R> {
    /** Requests that may wait at a time; one more has the oldest answered. The most that a client can be configured to send. */
    private static final int MAX_HELD = 256;

    private final ServerStreams streams;
    private final Outbox<R> outbox;
    private final Inbox inbox;
    private final ReceiveWindow window;
    private final ArrayDeque<Held> held = new ArrayDeque<>();

    private Metadata headers = Metadata.EMPTY;
    private boolean headersFixed;
    private boolean headersDue;
    private boolean headersSent;
    private @Nullable Status status;
    private Metadata trailers = Metadata.EMPTY;
    private boolean statusSent;
    private boolean over;
    /** Since the last segment a full one had to wait for a request to answer. */
    private boolean starved;

    private long lookedAtNs = System.nanoTime();

    /** An answer with what it carries. */
    record Answer<R>(
            ServerExchange exchange,
            StreamResponse head,
            @Nullable Segment<R> segment) {}

    ServerAnswers(ServerStreams streams, Outbox<R> outbox, Inbox inbox, ReceiveWindow window) {
        this.streams = streams;
        this.outbox = outbox;
        this.inbox = inbox;
        this.window = window;
    }

    /** More metadata to go ahead of the first message. @return false if it is too late */
    boolean addHeaders(Metadata more) {
        if (headersFixed) {
            return false;
        }
        headers = headers.plus(more);
        return true;
    }

    Metadata headers() {
        return headers;
    }

    /** Nothing can be added any more. @param now they go even if there is no message yet */
    void fixHeaders(boolean now) {
        headersFixed = true;
        headersDue |= now;
    }

    /** They cannot be sent: they are too large. */
    void dropHeaders() {
        headers = Metadata.EMPTY;
        headersFixed = true;
    }

    /** The call ends with this, after what waits; the first one counts. */
    boolean end(Status newStatus, Metadata newTrailers) {
        if (status != null) {
            return false;
        }
        status = newStatus;
        trailers = newTrailers;
        return true;
    }

    /** The call ends with this at once, whatever waits. */
    void endNow(Status newStatus) {
        if (!statusSent) {
            outbox.clear();
            status = newStatus;
            trailers = Metadata.EMPTY;
        }
    }

    boolean hasEnded() {
        return status != null;
    }

    /** The status was taken to be sent. */
    boolean isStatusSent() {
        return statusSent;
    }

    /** Nothing but that it is over is answered any more. */
    void close() {
        over = true;
    }

    void hold(ServerExchange exchange, long untilNs) {
        held.add(new Held(exchange, untilNs));
    }

    /** What should not wait beyond this moment is answered. */
    void expire(long nowNs) {
        lookedAtNs = nowNs;
    }

    boolean isHolding() {
        return !held.isEmpty();
    }

    /** The next answer, or null. */
    @Nullable
    Answer<R> next() {
        Held first = held.peek();
        if (first == null) {
            starved |= outbox.isFull();
            return null;
        }
        if (over || statusSent) {
            held.poll();
            return new Answer<>(first.exchange(), plain(StreamResponse.GONE), null);
        }
        boolean messages = outbox.maySend(status != null);
        boolean end = status != null && outbox.isEmpty();
        if (messages || end || headersDue && !headersSent) {
            held.poll();
            return segment(first.exchange(), messages);
        }
        if (window.isDue() || held.size() > MAX_HELD || lookedAtNs - first.untilNs() >= 0) {
            held.poll();
            return new Answer<>(first.exchange(), plain(0), null);
        }
        return null;
    }

    private Answer<R> segment(ServerExchange exchange, boolean withMessages) {
        Segment<R> segment = withMessages ? outbox.take() : outbox.takeEmpty();
        int flags = StreamResponse.SEGMENT;
        Metadata ahead = null;
        if (!headersSent && (headersDue || !headers.isEmpty())) {
            flags |= StreamResponse.HEADERS;
            ahead = headers;
        }
        headersSent = true;
        Status last = null;
        if (status != null && outbox.isEmpty()) {
            flags |= StreamResponse.STATUS;
            last = status;
            statusSent = true;
        }
        if (outbox.takeStall()) {
            flags |= StreamResponse.BLOCKED;
            streams.metrics().creditStalls.increment();
        }
        if (starved || held.isEmpty() && outbox.isFull()) {
            flags |= StreamResponse.STARVED;
            starved = false;
        }
        return new Answer<>(
                exchange,
                new StreamResponse(
                        flags,
                        window.tell(),
                        inbox.received(),
                        segment.sequence(),
                        ahead,
                        last,
                        last == null ? Metadata.EMPTY : trailers,
                        segment.coding()),
                segment);
    }

    /** An answer without a segment, to any request. */
    StreamResponse plain(int flags) {
        return new StreamResponse(flags, window.tell(), inbox.received(), 0, null, null, Metadata.EMPTY);
    }

    /** The end, in place of a segment that cannot be sent. */
    StreamResponse inPlaceOf(long sequence, Status failure) {
        statusSent = true;
        status = failure;
        outbox.clear();
        return new StreamResponse(
                StreamResponse.SEGMENT | StreamResponse.STATUS,
                window.tell(),
                inbox.received(),
                sequence,
                null,
                failure,
                Metadata.EMPTY);
    }
}
