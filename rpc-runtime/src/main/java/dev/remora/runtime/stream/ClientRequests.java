package dev.remora.runtime.stream;

import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.envelope.StreamResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which request of a client's stream is to be sent next. Guarded by the stream's lock.
 *
 * <p>The opening goes first and alone, so that nothing can reach the server ahead of it; only with a bidirectional stream a
 * pull goes along, because the server may have something to say at once, and if it overtakes the opening it does no harm. A
 * server stream is opened by a request that waits, so its first messages need no other. Until its opening is answered a stream
 * can be opened again, at another server: under another number, so that nothing of before has to do with it.
 */
final class ClientRequests<Q> {
    private final StreamClientCall<Q, ?> call;
    private final ClientStreams streams;
    private final Shape shape;
    private final Outbox<Q> outbox;
    private final Inbox inbox;
    private final ReceiveWindow window;
    private final Coding openingCoding;
    private final boolean keepsOpening;
    private final List<StreamRpc> underWay = new ArrayList<>(4);

    private @Nullable ClientWire<Q> wire;
    private long number;
    private boolean openDue;
    private boolean opened;
    private boolean accepted;
    private boolean earlyPulled;
    /** What went with the opening, if that may be made again, until it is answered. */
    private @Nullable Segment<Q> openingSegment;

    private boolean gone;
    private boolean halfClosed;
    private boolean lastSent;
    private int pushes;
    private int pulls;
    private int wantedPulls = 1;
    /** The transport has too much to do for requests that can wait. */
    private boolean paused;

    private boolean tellDue;
    private long toldReceived;
    private boolean awaitsFlight;
    private boolean flightWaitDue;

    /** A request with what it carries. */
    record Outgoing<Q>(
            ClientWire<Q> wire,
            StreamRpc rpc,
            StreamRequest head,
            @Nullable Segment<Q> segment) {}

    /**
     * @param openingCoding what the opening says of compression
     * @param keepsOpening whether the opening may be made again
     */
    ClientRequests(
            StreamClientCall<Q, ?> call,
            ClientStreams streams,
            Shape shape,
            Coding openingCoding,
            boolean keepsOpening) {
        this.call = call;
        this.streams = streams;
        this.shape = shape;
        this.outbox = call.outbox;
        this.inbox = call.inbox;
        this.window = call.window;
        this.number = streams.nextNumber();
        this.openingCoding = openingCoding;
        this.keepsOpening = keepsOpening;
    }

    /** The application sends no more messages. */
    void halfClose() {
        halfClosed = true;
    }

    boolean isHalfClosed() {
        return halfClosed;
    }

    /** The stream is to be opened even if there is no message yet. */
    void openNow() {
        openDue = true;
    }

    boolean isOpened() {
        return opened;
    }

    /** The server ends the stream, or does not know it any more: there is nobody to send to. */
    void stop() {
        gone = true;
    }

    /** The server has nothing more to say, and no answer is under way that could say otherwise. */
    boolean isAtEnd() {
        return gone && underWay.isEmpty();
    }

    /** The server of the next opening, and of all that follows it. */
    void sendTo(ClientWire<Q> newWire) {
        wire = newWire;
    }

    /** Null while none is known. */
    @Nullable
    ClientWire<Q> wire() {
        return wire;
    }

    /** The next request, or null. @param opening asked for if it is the first one */
    @Nullable
    Outgoing<Q> next(Supplier<Opening> opening) {
        if (wire == null) {
            return null;
        }
        if (!opened) {
            return isOpenDue() ? open(opening.get()) : null;
        }
        if (gone) {
            return null;
        }
        if (!accepted) {
            if (shape != Shape.BIDI_STREAMING || earlyPulled) {
                return null;
            }
            earlyPulled = true;
            return pull(true);
        }
        if (isPushDue()) {
            return push();
        }
        if (paused) {
            return null;
        }
        if (pulls < wantedPulls) {
            return pull(false);
        }
        // Mostly a pull has told both. Without the news that its segments have arrived the server would hold back small
        // ones.
        boolean tell = tellDue || window.isDue() || inbox.received() > toldReceived;
        return tell ? outgoing(0, false, false, null, null) : null;
    }

    private boolean isOpenDue() {
        // The one message of a server stream comes with its end at once.
        return halfClosed || shape != Shape.SERVER_STREAMING && (openDue || !outbox.isEmpty());
    }

    private boolean isPushDue() {
        if (lastSent || pushes >= streams.maxRequests()) {
            return false;
        }
        if (outbox.isEmpty()) {
            return halfClosed;
        }
        if (!outbox.maySend(halfClosed)) {
            return false;
        }
        if (streams.flight().hasRoom()) {
            return true;
        }
        flightWaitDue |= !awaitsFlight;
        awaitsFlight = true;
        return false;
    }

    /** Whether to wait for room among what the channel has under way; asked once per need, without the lock acted upon. */
    boolean takeFlightWait() {
        boolean due = flightWaitDue;
        flightWaitDue = false;
        return due;
    }

    boolean isFlightWaitDue() {
        return flightWaitDue;
    }

    void flightHasRoom() {
        awaitsFlight = false;
    }

    private Outgoing<Q> open(Opening opening) {
        opened = true;
        Segment<Q> segment = openingSegment;
        if (segment == null && !outbox.isEmpty()) {
            segment = outbox.take();
        } else if (segment == null && halfClosed) {
            segment = outbox.takeEmpty();
        }
        openingSegment = keepsOpening ? segment : null;
        return outgoing(StreamRequest.OPEN, shape == Shape.SERVER_STREAMING, false, segment, opening);
    }

    private Outgoing<Q> push() {
        return outgoing(0, false, false, outbox.isEmpty() ? outbox.takeEmpty() : outbox.take(), null);
    }

    private Outgoing<Q> pull(boolean early) {
        return outgoing(0, true, early, null, null);
    }

    private Outgoing<Q> outgoing(
            int otherFlags, boolean waits, boolean early, @Nullable Segment<Q> segment, @Nullable Opening opening) {
        int flags = otherFlags;
        long sequence = 0;
        if (waits) {
            flags |= StreamRequest.HOLD;
            pulls++;
        }
        if (segment != null) {
            flags |= StreamRequest.SEGMENT;
            sequence = segment.sequence();
            pushes++;
            streams.flight().take(segment.cost());
            if (halfClosed && outbox.isEmpty()) {
                flags |= StreamRequest.LAST;
                lastSent = true;
            }
            if (outbox.takeStall()) {
                flags |= StreamRequest.BLOCKED;
                streams.metrics().creditStalls.increment();
            }
        }
        StreamRpc rpc = new StreamRpc(call, number, opening != null, waits, early, segment);
        underWay.add(rpc);
        Coding coding = opening != null ? openingCoding : segment != null ? segment.coding() : Coding.PLAIN;
        return new Outgoing<>(Objects.requireNonNull(wire), rpc, head(flags, opening, sequence, coding), segment);
    }

    private StreamRequest head(int flags, @Nullable Opening opening, long sequence, Coding coding) {
        tellDue = false;
        toldReceived = inbox.received();
        long holdMs = Math.max(1, streams.config().keepaliveNs() / 1_000_000);
        return new StreamRequest(
                flags, streams.client(), number, window.tell(), toldReceived, holdMs, opening, sequence, coding);
    }

    /** A request that tells the server that nobody waits any more. */
    StreamRequest cancel() {
        return head(StreamRequest.CANCEL, null, 0, Coding.PLAIN);
    }

    /** Whether it was sent to a server where the stream is not any more. */
    boolean isOfFormerOpening(StreamRpc rpc) {
        return rpc.number != number;
    }

    /** Whether an answer of any kind has come to the opening. */
    boolean isAccepted() {
        return accepted;
    }

    /** Whether it is not known yet what became of the opening. */
    boolean awaitsOpening() {
        for (StreamRpc rpc : underWay) {
            if (rpc.opens) {
                return true;
            }
        }
        return false;
    }

    /** The opening, for which {@code keepsOpening} holds, was not seen by a handler: it is due again, at another server. */
    void openAgain() {
        wire = null;
        number = streams.nextNumber();
        opened = false;
        openDue = true;
        earlyPulled = false;
        pulls = 0;
        pushes = 0;
        underWay.clear();
    }

    /** A request was answered. */
    void answered(StreamRpc rpc, StreamResponse head) {
        ended(rpc);
        if (rpc.opens) {
            accepted = true;
            openingSegment = null;
        }
        long before = outbox.limit();
        outbox.credit(head.limit());
        outbox.acknowledge(head.received());
        if (head.has(StreamResponse.GONE)) {
            // One that was sent early may only have come ahead of the opening.
            gone |= !rpc.early;
        } else if (head.has(StreamResponse.STARVED)) {
            morePulls();
        } else if (rpc.waits && !head.has(StreamResponse.SEGMENT) && outbox.limit() == before) {
            fewerPulls(1);
        }
    }

    /** A request got no answer. */
    void ended(StreamRpc rpc) {
        underWay.remove(rpc);
        if (rpc.waits) {
            pulls--;
        }
        if (rpc.pushes) {
            pushes--;
        }
    }

    /**
     * The transport takes no more requests at present, and did not take one that can wait.
     *
     * @return whether to call {@link #resume} after a pause
     */
    boolean pause(StreamRpc refused) {
        fewerPulls(Math.max(1, pulls));
        // What it would have told, credit above all, the server must still hear.
        tellDue = true;
        if (paused) {
            return false;
        }
        paused = true;
        return true;
    }

    void resume() {
        paused = false;
    }

    private void morePulls() {
        int wanted = Math.min(streams.maxRequests(), 2 * wantedPulls);
        while (wantedPulls < wanted && streams.tryAddPull()) {
            wantedPulls++;
        }
    }

    private void fewerPulls(int wanted) {
        if (wantedPulls > wanted) {
            streams.dropPulls(wantedPulls - wanted);
            wantedPulls = wanted;
        }
    }

    /** The exchange with the server is over. @return requests that nobody waits for any more */
    List<StreamRpc> close() {
        gone = true;
        openingSegment = null;
        fewerPulls(1);
        return List.copyOf(underWay);
    }
}
