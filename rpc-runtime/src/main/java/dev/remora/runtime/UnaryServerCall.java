package dev.remora.runtime;

import dev.remora.api.CallContext;
import dev.remora.api.Compression;
import dev.remora.api.Criticality;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.admission.Candidate;
import dev.remora.runtime.admission.Refusal;
import dev.remora.runtime.call.Cancellation;
import dev.remora.runtime.call.Deadlines;
import dev.remora.runtime.call.Limit;
import dev.remora.runtime.call.ServerEntry;
import dev.remora.runtime.call.TransportFailures;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.introspection.CallPhase;
import dev.remora.runtime.introspection.CallProgress;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ServerExchange;
import dev.remora.spi.TransportException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call with one request and one response, from its arrival to its end; also its context. It holds its place among the
 * server's concurrent calls until the handler closes it, however long ago the client gave up: the bound is on work in
 * progress, not on clients that wait.
 */
final class UnaryServerCall<Q, R> extends Candidate implements ServerCall<Q, R>, CallContext, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryServerCall.class);

    private static final int CLOSED = 1;
    private static final int RESPONDED = 2;
    private static final int LISTENER_TOLD = 4;

    private static final VarHandle MARKS;

    static {
        try {
            MARKS = MethodHandles.lookup().findVarHandle(UnaryServerCall.class, "marks", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RemoraServer server;
    private final ServerEntry<Q, R> entry;
    private final ServerExchange exchange;
    private final Metadata requestMetadata;
    private final Coding coding;
    private final @Nullable Deadline deadline;
    private final int requestBytes;
    private final long startNs = System.nanoTime();
    private final CallProgress progress;
    private final Cancellation cancellation = new Cancellation();

    /** What has happened, each once: the bits above. */
    @SuppressWarnings("unused") // through MARKS
    private volatile int marks;

    private @Nullable MessageBuffer request;
    private @Nullable R response;
    private Metadata headers = Metadata.EMPTY;
    private Metadata ownTrailers = Metadata.EMPTY;
    private @Nullable Compression compression;
    private volatile ServerCall.@Nullable Listener<Q> listener;
    private volatile @Nullable Future<?> timer;

    /** @param request position at the message; this call owns it */
    UnaryServerCall(
            RemoraServer server,
            ServerEntry<Q, R> entry,
            ServerExchange exchange,
            RequestEnvelope envelope,
            @Nullable Deadline deadline,
            MessageBuffer request) {
        super(
                entry.lane(),
                bytes(envelope, request),
                Criticality.of(envelope.metadata(), entry.lane().criticality()),
                deadline != null,
                deadline == null ? 0 : deadline.atNs());
        this.server = server;
        this.entry = entry;
        this.exchange = exchange;
        this.requestMetadata = envelope.metadata();
        this.coding = envelope.coding();
        this.deadline = deadline;
        this.request = request;
        this.requestBytes = bytes(envelope, request);
        entry.metrics().started();
        this.progress = entry.calls().begin(startNs);
        progress.from(exchange);
        progress.deadline(deadline);
    }

    /** Size of the message, decompressed. */
    private static int bytes(RequestEnvelope envelope, MessageBuffer request) {
        Coding coding = envelope.coding();
        return coding.isPlain() ? request.bytes().remaining() : coding.messageBytes();
    }

    /** Whether {@code what} happens now for the first time. */
    private boolean mark(int what) {
        return ((int) MARKS.getAndBitwiseOr(this, what) & what) == 0;
    }

    private boolean isClosed() {
        return (marks & CLOSED) != 0;
    }

    /** Watches for cancellation and deadline. Before {@link #run}, on the transport's thread. */
    @Override
    protected void watch() {
        exchange.onCancel(this::onClientGone);
        if (deadline != null) {
            timer = Deadlines.schedule(this::onDeadline, deadline.remainingNs());
        }
    }

    @Override
    protected void start() {
        server.run(this);
    }

    @Override
    protected boolean canWait() {
        return !entry.descriptor().isInline();
    }

    @Override
    protected void refuse(Refusal refusal) {
        closeUnserved(Status.of(StatusCode.RESOURCE_EXHAUSTED, refusal.message()), refusal.trailers());
    }

    @Override
    protected void leave() {
        if (server.withdraw(this)) {
            closeUnserved(Status.of(StatusCode.CANCELLED, "the client gave up before the handler ran"), Metadata.EMPTY);
        }
    }

    /** Ends a call that no handler has seen nor will see. */
    private void closeUnserved(Status status, Metadata trailers) {
        mark(CLOSED);
        Future<?> t = timer;
        if (t != null) {
            t.cancel(false);
        }
        MessageBuffer buffer = request;
        if (buffer != null) {
            request = null;
            buffer.release();
        }
        long nowNs = System.nanoTime();
        long doneNs = nowNs;
        try {
            doneNs = respond(status, trailers, null, nowNs);
        } finally {
            progress.end(status.code(), doneNs);
            cancellation.end();
            server.callEnded();
        }
    }

    /** Serves the call: on a virtual thread, or on the transport's for an inline method. */
    @Override
    public void run() {
        CallContext.super.run(this::serve);
    }

    private void serve() {
        // Inline and nothing else cannot have waited: that spares a look at the clock.
        progress.enter(CallPhase.HANDLING, canWait() ? System.nanoTime() : startNs);
        try {
            Q message = takeRequest();
            if (cancellation.isCancelled()) {
                close(Status.of(StatusCode.CANCELLED, "the client gave up before the handler ran"), Metadata.EMPTY);
                return;
            }
            ServerCall.Listener<Q> l = entry.handler().startCall(this);
            listener = l;
            if (isClosed()) {
                return;
            }
            if (cancellation.isCancelled()) {
                notifyListener();
            }
            l.onMessage(message);
            l.onHalfClose();
        } catch (RpcException e) {
            fail(e.status(), e.trailers());
        } catch (Exception e) {
            fail(Status.fromThrowable(e), Metadata.EMPTY);
        } catch (Error e) {
            fail(Status.of(StatusCode.INTERNAL, "the handler failed").withCause(e), Metadata.EMPTY);
            throw e;
        }
    }

    private Q takeRequest() {
        MessageBuffer buffer = request;
        if (buffer == null) {
            throw new IllegalStateException("call of " + entry.descriptor() + " is served already");
        }
        request = null;
        try {
            ByteBuffer plain = CompressionPolicy.plain("the request", entry.descriptor(), coding, buffer.bytes());
            return entry.descriptor().request().read(plain);
        } finally {
            buffer.release();
        }
    }

    private void fail(Status status, Metadata trailers) {
        if (isClosed()) {
            LOG.warn(
                    "handler of {} failed after it had ended the call: {}", entry.descriptor(), status, status.cause());
        } else {
            close(status, trailers);
        }
    }

    private void onClientGone() {
        if (cancellation.cancel()) {
            notifyListener();
            leave();
        }
    }

    private void onDeadline() {
        if (cancellation.isCancelled()) {
            return;
        }
        long nowNs = System.nanoTime();
        Status status = Status.of(
                StatusCode.DEADLINE_EXCEEDED,
                entry.descriptor() + ": deadline passed "
                        + (listener == null ? "before the handler ran" : "in the handler"));
        // Answered first: what the cancellation makes a handler fail with must not be taken for the answer.
        respond(progress.explain(status, nowNs), Metadata.EMPTY, null, nowNs);
        if (cancellation.cancel()) {
            notifyListener();
            leave();
        }
    }

    private void notifyListener() {
        ServerCall.Listener<Q> l = listener;
        if (l != null && !isClosed() && mark(LISTENER_TOLD)) {
            try {
                l.onCancel();
            } catch (RuntimeException e) {
                LOG.warn("onCancel of {} failed", entry.descriptor(), e);
            }
        }
    }

    @Override
    public MethodDescriptor<Q, R> method() {
        return entry.descriptor();
    }

    @Override
    public CallContext context() {
        return this;
    }

    /** The one request is here already. */
    @Override
    public void request(int count) {}

    @Override
    public void sendHeaders(Metadata newHeaders) {
        headers = headers.plus(newHeaders);
    }

    @Override
    public void sendMessage(R message) {
        if (response != null) {
            throw new IllegalStateException("unary method " + entry.descriptor() + " sent a second response");
        }
        response = message;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (!mark(CLOSED)) {
            throw new IllegalStateException("call of " + entry.descriptor() + " was closed already");
        }
        Future<?> t = timer;
        if (t != null) {
            t.cancel(false);
        }
        Throwable cause = status.cause();
        if (cause != null && (status.code() == StatusCode.UNKNOWN || status.code() == StatusCode.INTERNAL)) {
            // The cause does not travel, so this is the only place where anybody can see it.
            LOG.warn("handler of {} failed: {}", entry.descriptor(), status, cause);
        }
        Status actual = status.isOk() && response == null
                ? Status.of(
                        StatusCode.INTERNAL,
                        "the handler of " + entry.descriptor() + " ended with OK but sent no response")
                : status;
        server.callAnswered(this);
        long nowNs = System.nanoTime();
        progress.enter(CallPhase.RESPONDING, nowNs);
        long doneNs = nowNs;
        try {
            // Only the server itself can say that no handler has seen a call, not one whose own call was refused
            // elsewhere.
            Metadata sent = ownTrailers.plus(trailers).without(RetryMetadata.REFUSED);
            doneNs = respond(actual, sent, actual.isOk() ? response : null, nowNs);
        } finally {
            // The answer may have been sent long ago, when the deadline passed; the work is done only now.
            progress.end(actual.code(), doneNs);
            cancellation.end();
            server.callEnded();
        }
        ServerCall.Listener<Q> l = listener;
        if (l != null) {
            l.onComplete();
        }
    }

    /**
     * Sends the first answer and no second one: the deadline may have come before the handler's.
     *
     * @return when that was done
     */
    private long respond(Status status, Metadata trailers, @Nullable R message, long nowNs) {
        if (!mark(RESPONDED)) {
            return System.nanoTime();
        }
        Status sent = server.boundDetails(status);
        int size = 0;
        long doneNs;
        try {
            if (message != null) {
                size = entry.descriptor().response().size(message);
                server.checkResponse(entry.descriptor(), size);
            }
            server.checkResponseMetadata(entry.descriptor(), headers, trailers);
            Metadata allTrailers = progress.withServerTimes(trailers, nowNs, server.maxMetadataBytes());
            exchange.respond(encode(sent, headers, allTrailers, message, size));
        } catch (TransportException e) {
            sent = sendBare(TransportFailures.toStatus(e));
        } catch (RpcException e) {
            sent = sendBare(Limit.leavingOut(sent, e.status()));
        } catch (RuntimeException e) {
            LOG.warn("response of {} cannot be written", entry.descriptor(), e);
            sent = sendBare(
                    Status.of(StatusCode.INTERNAL, "the response of " + entry.descriptor() + " cannot be written"));
        } finally {
            doneNs = System.nanoTime();
            entry.metrics()
                    .ended(sent.code(), doneNs - startNs, requestBytes, sent.isOk() ? size : MethodMetrics.NO_MESSAGE);
            progress.answered(sent.code());
        }
        return doneNs;
    }

    private Status sendBare(Status status) {
        try {
            exchange.respond(encode(status, Metadata.EMPTY, Metadata.EMPTY, null, 0));
        } catch (TransportException e) {
            LOG.warn("even the error of {} cannot be sent", entry.descriptor(), e);
            exchange.abort();
        }
        return status;
    }

    private MessageBuffer encode(
            Status status, Metadata responseHeaders, Metadata trailers, @Nullable R message, int size) {
        CompressedMessage compressed = message == null || !coding.reads(Coding.GZIP)
                ? null
                : server.compression().compress(compression, entry.descriptor().response(), message, size);
        Coding responseCoding = compressed == null ? Coding.PLAIN : compressed.coding(0);
        int envelope = ResponseEnvelope.size(responseCoding, status, responseHeaders, trailers);
        int written = compressed == null ? size : compressed.bytes().remaining();
        MessageBuffer buffer = exchange.allocate(Math.addExact(envelope, written));
        boolean done = false;
        try {
            ByteBuffer bytes = buffer.bytes();
            ResponseEnvelope.write(bytes, responseCoding, status, responseHeaders, trailers);
            if (compressed != null) {
                bytes.put(compressed.bytes());
            } else if (message != null) {
                entry.descriptor().response().write(message, bytes);
            }
            if (bytes.hasRemaining()) {
                throw new IllegalStateException("the marshaller wrote " + bytes.remaining() + " bytes too few");
            }
            done = true;
            return buffer;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }

    @Override
    public Metadata requestMetadata() {
        return requestMetadata;
    }

    @Override
    public @Nullable Deadline deadline() {
        return deadline;
    }

    @Override
    public boolean isCancelled() {
        return cancellation.isCancelled();
    }

    @Override
    public Registration onCancel(Runnable action) {
        return cancellation.onCancel(action);
    }

    @Override
    public String peer() {
        return exchange.peer();
    }

    @Override
    public void addResponseMetadata(Metadata metadata) {
        sendHeaders(metadata);
    }

    @Override
    public void addTrailers(Metadata trailers) {
        ownTrailers = ownTrailers.plus(trailers);
    }

    @Override
    public void compressResponse(Compression newCompression) {
        compression = newCompression;
    }
}
