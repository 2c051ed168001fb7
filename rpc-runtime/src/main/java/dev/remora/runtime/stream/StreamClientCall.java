package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.StreamAttempts;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.call.Deadlines;
import dev.remora.runtime.call.TransportFailures;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.stream.ClientRequests.Outgoing;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.TransportException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream as its client sees it. Which request goes when is the business of {@link ClientRequests}; here is what the
 * application asks for, what comes back, and the end.
 *
 * <p>The end has two steps. First the exchange with the server is <em>over</em>: nothing is sent any more. Then, when what had
 * come in by then has been delivered, the listener hears of it. An end from this side (cancel, deadline) drops what was not
 * delivered and takes both steps at once.
 */
final class StreamClientCall<Q, R> extends StreamSide<R, Q> implements ClientCall<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamClientCall.class);

    /** Time for a first message to come and travel with the opening, before that goes alone. */
    private static final long OPENING_WAIT_NS = 100_000L;

    /** Pause when the transport has too much to do for a request that can wait. */
    private static final long PAUSE_NS = 5_000_000L;

    private final ClientStreams streams;
    private final MethodDescriptor<Q, R> method;
    private final ClientLife life;
    private final MessageCompression<Q> compression;
    private final ClientRequests<Q> requests;
    private final Supplier<Opening> opening = this::open;

    private volatile @Nullable Listener<R> listener;

    // Guarded by the lock.
    private final ClientEnd ending = new ClientEnd();
    private boolean over;
    private long lastHeardNs;
    private boolean toldServer;

    StreamClientCall(
            ClientStreams streams,
            ClientMethod clientMethod,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext parent) {
        super(
                method.response(),
                new Outbox<>(streams.config().batch(), streams.config().sendBuffer(), StreamCost.INITIAL_LIMIT),
                new ReceiveWindow(
                        streams.receiveMemory(),
                        streams.config().window(),
                        streams.config().maxWindow(),
                        0),
                new MessageBounds(method, streams.config(), true),
                streams.metrics());
        this.streams = streams;
        this.method = method;
        this.life = new ClientLife(this, streams, clientMethod, options, parent);
        this.compression = MessageCompression.ofClient(
                streams.config().compression(), method.request(), options.get(CallOptions.COMPRESSION));
        this.requests =
                new ClientRequests<>(this, streams, method.shape(), compression.ofOpening(), life.mayOpenAgain());
    }

    // What the application asks for

    @Override
    public void start(Listener<R> newListener, Metadata newHeaders) {
        if (listener != null) {
            throw new IllegalStateException("call of " + method + " was started already");
        }
        life.begin(newHeaders);
        listener = newListener;
        synchronized (lock) {
            listen();
        }
        Status refusal = life.refusal(bounds);
        if (refusal != null) {
            endHere(refusal);
            return;
        }
        life.watch();
        if (method.shape() != Shape.SERVER_STREAMING) {
            Deadlines.schedule(() -> then(requests::openNow), OPENING_WAIT_NS);
        }
        life.findServer();
    }

    /** Here is the server. On any thread, perhaps before {@link #start} returns. */
    void onServer(ClientTransport transport) {
        synchronized (lock) {
            life.sendingTo(transport);
            requests.sendTo(new ClientWire<>(transport, method.request(), life.deadline(), streams.metrics()));
        }
        pump();
    }

    void onDeadline() {
        boolean hasServer;
        synchronized (lock) {
            hasServer = requests.wire() != null;
        }
        endHere(life.deadlineExceeded(hasServer));
    }

    private Opening open() {
        lastHeardNs = System.nanoTime();
        return life.open(lastHeardNs);
    }

    @Override
    public void request(int count) {
        checkStarted();
        if (count < 1) {
            throw new IllegalArgumentException("request(" + count + "): at least one message can be requested");
        }
        synchronized (lock) {
            if (grant(count)) {
                return;
            }
        }
        pump();
    }

    @Override
    public void sendMessage(Q message) {
        checkStarted();
        Outgoing<Q> out = null;
        boolean more = false;
        int size = method.request().size(message);
        Status refusal = bounds.refusalToSend(size);
        CompressedMessage compressed = refusal == null ? compression.compress(message, size) : null;
        synchronized (lock) {
            if (requests.isHalfClosed() || tally.hasSent() && method.shape() == Shape.SERVER_STREAMING) {
                throw new IllegalStateException(
                        method + ": " + (requests.isHalfClosed() ? "the requests were ended" : "it takes one request"));
            }
            if (over) {
                return;
            }
            if (refusal == null) {
                refusal = bounds.refusalToQueue(compressed == null ? size : compressed.size(), outbox);
            }
            if (refusal == null) {
                outbox.add(message, size, compressed);
                tally.sent(size);
                // Mostly it only joins others that wait: then this is all.
                out = requests.next(opening);
                more = out != null || requests.isFlightWaitDue();
            }
        }
        if (refusal != null) {
            endHere(refusal);
        } else if (more) {
            if (out != null) {
                send(out);
            }
            pump();
        }
    }

    @Override
    public void halfClose() {
        checkStarted();
        synchronized (lock) {
            if (requests.isHalfClosed()) {
                throw new IllegalStateException(method + ": the requests were ended already");
            }
            requests.halfClose();
        }
        pump();
    }

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {
        checkStarted();
        Status status = Status.of(StatusCode.CANCELLED, reason);
        endHere(cause == null ? status : status.withCause(cause));
    }

    @Override
    public boolean isReady() {
        synchronized (lock) {
            return listener != null && !over && outbox.isReady();
        }
    }

    private void checkStarted() {
        if (listener == null) {
            throw new IllegalStateException("call of " + method + " was not started");
        }
    }

    // Requests

    /** Delivers what can be delivered and sends what can be sent, until there is neither. Without the lock. */
    private void pump() {
        while (true) {
            Outgoing<Q> out = null;
            boolean deliver;
            boolean awaitFlight = false;
            synchronized (lock) {
                deliver = claimDelivery();
                // Delivered first: a request that follows then carries the credit that comes of it.
                if (!deliver && !over) {
                    out = requests.next(opening);
                    awaitFlight = requests.takeFlightWait();
                    if (outbox.becomesReady()) {
                        readyIsDue();
                        deliver = claimDelivery();
                    }
                }
            }
            if (awaitFlight) {
                streams.flight().await(() -> then(requests::flightHasRoom));
            }
            if (out != null) {
                send(out);
            }
            if (deliver) {
                deliver();
            } else if (out == null) {
                return;
            }
        }
    }

    /** Has the requests hear of something, and does what follows from it. */
    private void then(Runnable news) {
        synchronized (lock) {
            news.run();
        }
        pump();
    }

    private void send(Outgoing<Q> out) {
        Status status;
        try {
            out.wire().send(out);
            return;
        } catch (TransportException e) {
            status = TransportFailures.toStatus(e);
            if (wasNotSeen(out.rpc(), status, Metadata.EMPTY)) {
                streams.flight().giveBack(out.rpc().cost);
                return;
            }
        } catch (RuntimeException e) {
            status = Status.of(StatusCode.INTERNAL, "a request of " + method + " cannot be written")
                    .withCause(e);
        }
        synchronized (lock) {
            requests.ended(out.rpc());
        }
        streams.flight().giveBack(out.rpc().cost);
        endHere(status);
    }

    private void sendCancel() {
        StreamRequest cancel;
        ClientWire<Q> to;
        synchronized (lock) {
            cancel = requests.cancel();
            to = Objects.requireNonNull(requests.wire());
        }
        to.sendCancel(cancel);
    }

    // Answers

    /** A request was answered with something that cannot be read. On the transport's thread. */
    void onUnreadable(StreamRpc rpc, MalformedEnvelopeException problem) {
        streams.flight().giveBack(rpc.cost);
        synchronized (lock) {
            if (requests.isOfFormerOpening(rpc)) {
                return;
            }
            requests.ended(rpc);
        }
        endHere(Status.of(StatusCode.INTERNAL, "malformed response of " + method + ": " + problem.getMessage())
                .withCause(problem));
    }

    /** A request was answered. Takes the segment. On the transport's thread. */
    void onAnswer(StreamRpc rpc, StreamResponse head, @Nullable Arrived segment) {
        streams.flight().giveBack(rpc.cost);
        Status status = head.status();
        if (rpc.opens && status != null && wasNotSeen(rpc, status, head.trailers())) {
            Arrived.release(segment);
            return;
        }
        accept(rpc, head, segment);
        if (rpc.opens && !head.has(StreamResponse.REFUSED)) {
            life.answered();
        }
        // What a server answers by itself, without its handler, is that an opening or a segment has come, and the end.
        if (status == null && (segment != null || rpc.waits && !rpc.opens && !head.has(StreamResponse.GONE))) {
            life.handlerAnswered();
        }
        pump();
    }

    /**
     * A request was answered by a refusal, or not at all.
     *
     * @return whether it was an opening that no handler can have seen: then another one follows, or the stream has ended
     */
    private boolean wasNotSeen(StreamRpc rpc, Status status, Metadata trailers) {
        StreamAttempts.Next next;
        synchronized (lock) {
            if (over || !rpc.opens || requests.isAccepted()) {
                return false;
            }
            next = life.openingFailed(status, trailers);
            if (next == null) {
                return false;
            }
            requests.ended(rpc);
            if (next.isOpening()) {
                requests.openAgain();
            }
        }
        if (next.isOpening()) {
            life.openAgain(next);
        } else {
            end(next.status(), trailers, false, false);
        }
        return true;
    }

    int maxMetadataBytes() {
        return streams.config().metadata().bytes();
    }

    private void accept(StreamRpc rpc, StreamResponse head, @Nullable Arrived segment) {
        Status failure = null;
        boolean drops = true;
        boolean ended = false;
        boolean cancelAgain = false;
        synchronized (lock) {
            if (requests.isOfFormerOpening(rpc)) {
                Arrived.release(segment);
                return;
            }
            lastHeardNs = System.nanoTime();
            requests.answered(rpc, head);
            if (over) {
                Arrived.release(segment);
                // The opening may have come to the server after the cancel did.
                cancelAgain = rpc.opens && head.status() == null && !head.has(StreamResponse.GONE);
            } else {
                if (head.has(StreamResponse.BLOCKED)) {
                    window.senderStopped();
                }
                if (segment != null && segment.status != null) {
                    ending.serverSays(segment.status);
                    requests.stop();
                }
                failure = segment == null ? null : take(segment);
                if (head.has(StreamResponse.REFUSED)) {
                    failure = head.status();
                    drops = false;
                } else if (failure == null && inbox.isComplete()) {
                    overIsDue(ending.last());
                    ended = true;
                } else if (failure == null && requests.isAtEnd()) {
                    failure = ending.failureOr(
                            lost("the server does not know the stream any more: it was restarted, or had not heard of"
                                    + " this client for too long"));
                    drops = false;
                }
            }
        }
        if (cancelAgain) {
            sendCancel();
        } else if (ended) {
            life.leaveServer(ending.last(), false);
        } else if (failure != null) {
            boolean refused = head.has(StreamResponse.REFUSED);
            end(failure, refused ? head.trailers() : Metadata.EMPTY, drops, !(refused && rpc.opens));
        }
    }

    /** On the transport's thread, or the one that called. */
    void onFailure(StreamRpc rpc, TransportException failure) {
        streams.flight().giveBack(rpc.cost);
        Status status = TransportFailures.toStatus(failure);
        if (wasNotSeen(rpc, status, Metadata.EMPTY)) {
            return;
        }
        boolean pause = false;
        boolean askAgain = false;
        synchronized (lock) {
            if (requests.isOfFormerOpening(rpc)) {
                return;
            }
            requests.ended(rpc);
            if (over || rpc.early && requests.awaitsOpening()) {
                return; // the opening tells more than a request that was sent along with it
            }
            if (!rpc.opens && !rpc.pushes && failure.reason() == TransportException.Reason.OVERLOADED) {
                pause = requests.pause(rpc);
                if (!pause) {
                    return;
                }
            } else if (ClientWire.mayHaveEnded(failure)) {
                requests.stop();
                status = ending.failed(status);
                askAgain = !requests.isAtEnd();
                if (askAgain && toldServer) {
                    return;
                }
                toldServer |= askAgain;
            }
        }
        if (askAgain) {
            // Whatever the server still has to say comes with what is under way, which it answers now.
            sendCancel();
        } else if (pause) {
            Deadlines.schedule(() -> then(requests::resume), PAUSE_NS);
        } else {
            boolean serverKnows = !rpc.opens || failure.reason().mayHaveRun();
            end(status, Metadata.EMPTY, false, serverKnows);
        }
    }

    /** Looks whether the server is still there. */
    void look(long nowNs) {
        long silentNs;
        synchronized (lock) {
            silentNs = over || !requests.isOpened() ? 0 : nowNs - lastHeardNs;
        }
        if (silentNs > streams.config().keepaliveNs() + streams.config().leaseNs()) {
            streams.metrics().peersLost.increment();
            end(
                    lost("nothing was heard of the server for " + silentNs / 1_000_000 + " ms, more than "
                            + streams.config().root() + StreamSettings.LEASE.name() + " allows"),
                    Metadata.EMPTY,
                    false,
                    true);
        }
    }

    private Status lost(String why) {
        return Status.of(StatusCode.UNAVAILABLE, method + ": " + why);
    }

    // The end

    /** Ends the call from this side, dropping what was not delivered. */
    void endHere(Status status) {
        end(status, Metadata.EMPTY, true, true);
    }

    /**
     * @param drops what has come in and was not delivered is not wanted
     * @param serverKnows the server may know of the stream, if it was opened
     */
    private void end(Status status, Metadata trailers, boolean drops, boolean serverKnows) {
        List<StreamRpc> left = List.of();
        boolean first;
        boolean tell = false;
        synchronized (lock) {
            first = !over;
            if (ending.isTold() || !first && !drops) {
                return;
            }
            if (first) {
                tell = serverKnows && requests.isOpened() && !toldServer;
                left = overIsDue(status);
            }
            ending.decide(status, trailers);
            if (drops) {
                drop();
            }
            finishIsDue();
        }
        if (first) {
            if (tell) {
                sendCancel();
            }
            for (StreamRpc rpc : left) {
                // The answer to the opening is waited for: only then it is sure that the server has heard of the
                // cancel.
                if (!rpc.opens) {
                    rpc.abandon();
                }
            }
            life.leaveServer(status, drops && status.code() == StatusCode.CANCELLED);
        }
        pump();
    }

    /** With the lock held. @return requests under way */
    private List<StreamRpc> overIsDue(Status status) {
        over = true;
        outbox.clear();
        window.close();
        sendClosedIsDue();
        life.over(status.code(), tally);
        return requests.close();
    }

    @Override
    void deliverHeaders(Metadata newHeaders) {
        if (!newHeaders.isEmpty()) {
            Objects.requireNonNull(listener).onHeaders(newHeaders);
        }
    }

    @Override
    void deliverMessage(R message) {
        Objects.requireNonNull(listener).onMessage(message);
    }

    @Override
    void deliverLast(Arrived last) {
        synchronized (lock) {
            ending.decide(Objects.requireNonNull(last.status), last.trailers);
            finishIsDue();
        }
    }

    @Override
    void deliverReady() {
        Objects.requireNonNull(listener).onReady();
    }

    @Override
    void deliverSendClosed() {
        Status status;
        synchronized (lock) {
            status = ending.expected();
        }
        Objects.requireNonNull(listener).onSendClosed(status);
    }

    @Override
    void deliverFinish() {
        Status status;
        Metadata trailers;
        synchronized (lock) {
            if (!ending.tell()) {
                return; // a cancel that came while this was about to be told has told another
            }
            status = ending.status();
            trailers = ending.trailers();
        }
        try {
            Objects.requireNonNull(listener).onClose(status, trailers);
        } catch (RuntimeException e) {
            // The transport's thread must not die of an application's callback.
            LOG.error("a listener of {} failed", method, e);
        }
    }

    @Override
    void onUnreadable(Status why) {
        endHere(why);
    }

    @Override
    void onDeliveryFailed(Throwable failure) {
        if (failure instanceof RpcException e) {
            endHere(e.status());
        } else {
            LOG.error("a listener of {} failed", method, failure);
            endHere(Status.of(StatusCode.CANCELLED, "the listener failed").withCause(failure));
        }
    }
}
