package dev.remora.runtime.stream;

import dev.remora.api.CallContext;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.admission.Admission;
import dev.remora.runtime.call.Limit;
import dev.remora.runtime.call.ServerEntry;
import dev.remora.runtime.call.StatusAnswer;
import dev.remora.runtime.call.TransportFailures;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.stream.ServerAnswers.Answer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream as its server sees it. Which answer goes when is the business of
 * {@link ServerAnswers}.
 *
 * <p>Two things end apart: the exchange with the client, after which the server does not know the stream any more, and the
 * handler, which has ended when it has closed the call. The stream keeps its place among those of the server until both have.
 */
final class StreamServerCall<Q, R> extends StreamSide<Q, R> implements ServerCall<Q, R> {
    private static final Logger LOG = LoggerFactory.getLogger(StreamServerCall.class);

    /** A larger request is answered at once: transports count a request's bytes until then. */
    private static final int LARGEST_HELD_BYTES = 16 << 10;

    private final ServerStreams streams;
    private final StreamId id;
    private final ServerEntry<Q, R> entry;
    private final StreamContext context;
    private final MessageCompression<R> compression;
    private final ServerRecord record;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicBoolean listenerTold = new AtomicBoolean();
    private final ServerAnswers<R> answers;
    private final ServerWire<R> wire;
    private final CallWatch watch = new CallWatch();
    private final StreamCandidate candidate;
    private final StreamPlace place;

    private volatile ServerCall.@Nullable Listener<Q> listener;

    /** Before the first message. Only for the thread that sends. */
    private boolean headersChecked;

    // Guarded by the lock.
    private boolean over;
    private long lastHeardNs;

    /**
     * @param head of the request that opens it
     * @param opening what that says
     */
    StreamServerCall(
            ServerStreams streams,
            StreamId id,
            ServerEntry<Q, R> entry,
            String peer,
            StreamRequest head,
            Opening opening,
            Admission admission) {
        super(
                entry.descriptor().request(),
                new Outbox<>(streams.config().batch(), streams.config().sendBuffer(), head.limit()),
                new ReceiveWindow(
                        streams.receiveMemory(),
                        streams.config().window(),
                        streams.config().maxWindow(),
                        StreamCost.INITIAL_LIMIT),
                new MessageBounds(entry.descriptor(), streams.config(), false),
                streams.metrics());
        this.streams = streams;
        this.id = id;
        this.entry = entry;
        this.compression = new MessageCompression<>(
                streams.config().compression(),
                entry.descriptor().response(),
                head.coding().reads(Coding.GZIP),
                null);
        long timeoutUs = Math.min(opening.timeoutUs(), Long.MAX_VALUE / 4000);
        Deadline deadline = timeoutUs == 0 ? null : Deadline.afterNs(timeoutUs * 1000);
        this.context = new StreamContext(this, entry.descriptor(), peer, opening.metadata(), deadline, compression);
        this.answers = new ServerAnswers<>(streams, outbox, inbox, window);
        this.wire = new ServerWire<>(entry.descriptor().response(), streams.metrics());
        this.place = new StreamPlace(streams, id);
        this.candidate = new StreamCandidate(admission, this, entry, opening.metadata(), deadline);
        this.record = new ServerRecord(entry, peer, deadline);
        this.lastHeardNs = record.startNs();
    }

    /** At the door. */
    StreamCandidate candidate() {
        return candidate;
    }

    // Requests

    /** Before {@link #begin}. */
    void watchDeadline() {
        watch.start(context.deadline(), this::onDeadline, null, status -> {});
    }

    /** Starts the handler: on a virtual thread, or here for an inline method. */
    void begin() {
        if (entry.descriptor().isInline()) {
            context.run(this::startHandler);
        } else {
            streams.execute(() -> context.run(this::startHandler));
        }
    }

    private void startHandler() {
        record.handling();
        if (context.isCancelled()) {
            close(Status.of(StatusCode.CANCELLED, "the client gave up before the handler ran"), Metadata.EMPTY);
            return;
        }
        try {
            ServerCall.Listener<Q> started = entry.handler().startCall(this);
            listener = started;
        } catch (RuntimeException | Error e) {
            onDeliveryFailed(e);
            return;
        }
        synchronized (lock) {
            listen();
        }
        if (context.isCancelled()) {
            notifyListener();
        }
        pump();
    }

    /** On the transport's thread; answers the request, now or later, and takes the segment. */
    void onRequest(StreamRequest head, @Nullable Arrived segment, ServerExchange exchange, int size) {
        StreamResponse answer = null;
        Status failure = null;
        boolean waits = head.has(StreamRequest.HOLD) && size <= LARGEST_HELD_BYTES;
        synchronized (lock) {
            lastHeardNs = System.nanoTime();
            outbox.credit(head.limit());
            outbox.acknowledge(head.received());
            if (head.has(StreamRequest.BLOCKED)) {
                window.senderStopped();
            }
            failure = segment == null ? null : take(segment);
            if (waits) {
                long longestNs = streams.config().keepaliveNs();
                long holdNs = head.holdMs() > longestNs / 1_000_000 ? longestNs : head.holdMs() * 1_000_000;
                answers.hold(exchange, lastHeardNs + holdNs);
            } else if (!isInline()) {
                answer = answers.plain(over ? StreamResponse.GONE : 0);
            }
        }
        if (waits) {
            exchange.onCancel(this::onClientGone);
        } else if (answer != null) {
            wire.sendBare(exchange, answer);
        }
        if (failure != null) {
            endNow(failure);
        }
        pump();
        if (!waits && answer == null) {
            // What an inline handler has read by now is credit that needs no answer of its own.
            synchronized (lock) {
                answer = answers.plain(over ? StreamResponse.GONE : 0);
            }
            wire.sendBare(exchange, answer);
        }
    }

    /** Delivers what can be delivered and sends what can be sent, until there is neither. Without the lock. */
    private void pump() {
        while (true) {
            Answer<R> answer;
            boolean deliver;
            synchronized (lock) {
                deliver = claimDelivery();
                answer = deliver ? null : nextAnswer();
                if (!deliver && outbox.becomesReady()) {
                    readyIsDue();
                    deliver = claimDelivery();
                }
            }
            if (answer != null) {
                send(answer);
            }
            if (deliver) {
                startDelivery();
            } else if (answer == null) {
                return;
            }
        }
    }

    private @Nullable Answer<R> nextAnswer() {
        Answer<R> answer = answers.next();
        if (answer != null && answers.isStatusSent() && !over) {
            overIsDue(Objects.requireNonNull(answer.head().status()).code());
            finishIsDue();
        }
        return answer;
    }

    private void startDelivery() {
        if (isInline()) {
            context.run(this::deliver);
        } else if (context.isServedHere()) {
            // The handler's own thread asks for more: what it asks for needs no other.
            deliver();
        } else {
            streams.execute(() -> {
                context.run(this::deliver);
                pump();
            });
        }
    }

    private boolean isInline() {
        return entry.descriptor().isInline();
    }

    private void send(Answer<R> answer) {
        try {
            wire.send(answer);
        } catch (TransportException e) {
            sendInPlaceOf(answer, TransportFailures.toStatus(e));
        } catch (RuntimeException e) {
            LOG.warn("a response of {} cannot be written", entry.descriptor(), e);
            sendInPlaceOf(
                    answer,
                    Status.of(StatusCode.INTERNAL, "a response of " + entry.descriptor() + " cannot be written"));
        }
        if (answer.head().status() != null) {
            place.answered();
        }
    }

    /** The segment is lost, so its number ends the stream. */
    private void sendInPlaceOf(Answer<R> answer, Status failure) {
        StreamResponse head;
        synchronized (lock) {
            head = answers.inPlaceOf(answer.head().sequence(), failure);
            if (!over) {
                overIsDue(failure.code());
            }
            drop();
        }
        wire.sendBare(answer.exchange(), head);
        place.answered();
        cancelHandler();
    }

    // What the handler asks for

    @Override
    public void request(int count) {
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
    public void sendHeaders(Metadata newHeaders) {
        addResponseMetadata(newHeaders);
        checkHeaders();
        synchronized (lock) {
            answers.fixHeaders(true);
        }
        pump();
    }

    /** More to go ahead of the first message. */
    void addResponseMetadata(Metadata metadata) {
        boolean added;
        synchronized (lock) {
            added = answers.addHeaders(metadata);
        }
        if (!added && !context.isCancelled()) {
            throw new IllegalStateException(
                    entry.descriptor() + ": metadata can be added until the first message or the headers were sent");
        }
    }

    @Override
    public void sendMessage(R message) {
        int size = entry.descriptor().response().size(message);
        if (!headersChecked) {
            checkHeaders();
            headersChecked = true;
        }
        Status refusal = bounds.refusalToSend(size);
        CompressedMessage compressed = refusal == null ? compression.compress(message, size) : null;
        Answer<R> answer;
        synchronized (lock) {
            if (closed.get()) {
                throw new IllegalStateException("call of " + entry.descriptor() + " was closed already");
            }
            if (tally.hasSent() && entry.descriptor().shape() == Shape.CLIENT_STREAMING) {
                throw new IllegalStateException(entry.descriptor() + " sent a second response");
            }
            tally.sent(size);
            if (over || answers.hasEnded()) {
                return;
            }
            if (refusal == null) {
                refusal = bounds.refusalToQueue(compressed == null ? size : compressed.size(), outbox);
            }
            if (refusal != null) {
                throw refusal.asException();
            }
            answers.fixHeaders(false);
            outbox.add(message, size, compressed);
            // Mostly it only joins others that wait: then this is all.
            answer = nextAnswer();
        }
        if (answer != null) {
            send(answer);
            pump();
        }
    }

    /** Throws for too many, once: a call with an error must still be able to end. */
    private void checkHeaders() {
        Metadata headers;
        synchronized (lock) {
            headers = answers.headers();
        }
        if (headers.isEmpty()) {
            return;
        }
        try {
            bounds.checkMetadata("response metadata of ", headers);
        } catch (RpcException e) {
            synchronized (lock) {
                answers.dropHeaders();
            }
            throw e;
        }
    }

    @Override
    public boolean isReady() {
        synchronized (lock) {
            return !over && !answers.hasEnded() && outbox.isReady();
        }
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!closed.compareAndSet(false, true)) {
            throw new IllegalStateException("call of " + entry.descriptor() + " was closed already");
        }
        Throwable cause = status.cause();
        if (cause != null && (status.code() == StatusCode.UNKNOWN || status.code() == StatusCode.INTERNAL)) {
            // The cause does not travel, so this is the only place where anybody can see it.
            LOG.warn("handler of {} failed: {}", entry.descriptor(), status, cause);
        }
        candidate.done();
        Metadata all = context.trailers().plus(trailers);
        // Only the server itself can say that no handler has seen a call.
        endHandler(status, all.without(RetryMetadata.REFUSED));
    }

    /** As {@link #closeUnserved}, for want of room. */
    void refuse(Status status, Metadata trailers) {
        streams.metrics().refused.increment();
        closeUnserved(status, trailers);
    }

    /** Answers the opening with a refusal, as to a unary call: no handler has seen the stream nor will. */
    void refuseOpening(ServerExchange exchange, Status status, Metadata trailers) {
        streams.metrics().refused.increment();
        closed.set(true);
        synchronized (lock) {
            record.handlerEnded(status.code());
            if (!over) {
                overIsDue(status.code());
            }
            answers.close();
            drop();
        }
        watch.stop();
        context.end();
        place.handlerEnded();
        StatusAnswer.send(exchange, status, trailers);
        place.answered();
        pump();
    }

    /** Ends a stream that no handler has seen nor will see. */
    void closeUnserved(Status status, Metadata trailers) {
        closed.set(true);
        endHandler(status, trailers);
    }

    private void endHandler(Status status, Metadata trailers) {
        Status actual = bounds.boundDetails(status);
        Metadata actualTrailers = trailers;
        try {
            checkHeaders();
            bounds.checkMetadata("trailers of ", trailers);
        } catch (RpcException e) {
            actual = Limit.leavingOut(actual, e.status());
            actualTrailers = Metadata.EMPTY;
        }
        synchronized (lock) {
            if (actual.isOk() && !tally.hasSent() && entry.descriptor().shape() == Shape.CLIENT_STREAMING) {
                actual = Status.of(
                        StatusCode.INTERNAL,
                        "the handler of " + entry.descriptor() + " ended with OK but sent no response");
            }
            record.handlerEnded(actual.code());
            if (!over) {
                answers.end(actual, actualTrailers);
            }
            // Whatever the client still sends, nobody reads it.
            drop();
        }
        watch.stop();
        context.end();
        place.handlerEnded();
        pump();
    }

    // The end

    /** With the lock held: the client is not answered with anything of interest any more. */
    private void overIsDue(StatusCode code) {
        over = true;
        outbox.clear();
        window.close();
        streams.forget(id);
        place.over();
        record.over(code, tally);
    }

    /** The client has cancelled, or is lost. */
    void onClientGone() {
        synchronized (lock) {
            if (over) {
                return;
            }
            overIsDue(StatusCode.CANCELLED);
            answers.close();
            drop();
        }
        place.answered();
        watch.stop();
        cancelHandler();
        pump();
    }

    private void onDeadline() {
        Status status =
                Status.of(StatusCode.DEADLINE_EXCEEDED, entry.descriptor() + ": deadline passed in the handler");
        endNow(record.explain(status));
    }

    /** Ends the stream although its handler has not, or what it has sent has not arrived. */
    void endNow(Status status) {
        synchronized (lock) {
            if (over) {
                return;
            }
            answers.endNow(status);
            drop();
        }
        watch.stop();
        cancelHandler();
        pump();
    }

    private void cancelHandler() {
        context.cancel();
        notifyListener();
        candidate.leave();
    }

    private void notifyListener() {
        ServerCall.Listener<Q> l = listener;
        if (l != null && listenerTold.compareAndSet(false, true)) {
            try {
                l.onCancel();
            } catch (RuntimeException e) {
                LOG.warn("onCancel of {} failed", entry.descriptor(), e);
            }
        }
    }

    /** Answers what has waited long enough, and looks whether the client is still there. */
    void look(long nowNs) {
        boolean lost;
        synchronized (lock) {
            lost = !over
                    && !answers.isHolding()
                    && nowNs - lastHeardNs > streams.config().leaseNs();
            answers.expire(nowNs);
        }
        if (lost) {
            streams.metrics().peersLost.increment();
            LOG.debug("{}: {} has been silent for too long and counts as lost", entry.descriptor(), context.peer());
            onClientGone();
        } else {
            pump();
        }
    }

    @Override
    void deliverHeaders(Metadata headers) {
        throw new IllegalStateException("a client has no headers but those of its opening");
    }

    @Override
    void deliverMessage(Q message) {
        Objects.requireNonNull(listener).onMessage(message);
    }

    @Override
    void deliverLast(Arrived last) {
        Objects.requireNonNull(listener).onHalfClose();
    }

    @Override
    void deliverReady() {
        if (!context.isCancelled()) {
            Objects.requireNonNull(listener).onReady();
        }
    }

    @Override
    void deliverSendClosed() {}

    @Override
    void deliverFinish() {
        if (!context.isCancelled()) {
            Objects.requireNonNull(listener).onComplete();
        }
    }

    /** The handler is cancelled: it need not be reading, and must not take what it has for all there is. */
    @Override
    void onUnreadable(Status why) {
        endNow(why);
    }

    @Override
    void onDeliveryFailed(Throwable failure) {
        Status status = failure instanceof Error
                ? Status.of(StatusCode.INTERNAL, "the handler failed").withCause(failure)
                : Status.fromThrowable(failure);
        if (closed.get()) {
            LOG.warn("handler of {} failed after it had ended the call: {}", entry.descriptor(), status, failure);
        } else {
            close(status, failure instanceof RpcException e ? e.trailers() : Metadata.EMPTY);
        }
    }

    @Override
    public MethodDescriptor<Q, R> method() {
        return entry.descriptor();
    }

    @Override
    public CallContext context() {
        return context;
    }
}
