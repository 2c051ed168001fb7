package dev.remora.runtime;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Compression;
import dev.remora.api.Deadline;
import dev.remora.api.Marshaller;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.attempt.Attempt;
import dev.remora.runtime.attempt.FailedCall;
import dev.remora.runtime.balance.Peer;
import dev.remora.runtime.balance.PickRequest;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.call.ClientMethod;
import dev.remora.runtime.call.Deadlines;
import dev.remora.runtime.call.ServedCall;
import dev.remora.runtime.call.TransportFailures;
import dev.remora.runtime.compression.CompressedMessage;
import dev.remora.runtime.compression.CompressionPolicy;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.introspection.CallPhase;
import dev.remora.runtime.introspection.CallProgress;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call with one request and one response. Five things can end it: the response, a failure of the transport, that there is no
 * server, the deadline, the caller's cancel (or that of the call it is nested in); the first one wins by a compare-and-set,
 * whatever comes later is dropped.
 */
final class UnaryClientCall<Q, R> implements ClientCall<Q, R>, ResponseHandler, PickRequest {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryClientCall.class);
    /** Of the peer, that is. */
    private static final Status NOTHING_TO_SAY = Status.of(StatusCode.CANCELLED, "the call never got there");

    private static final VarHandle ENDED;
    private static final VarHandle PEER;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(UnaryClientCall.class, "ended", boolean.class);
            PEER = MethodHandles.lookup().findVarHandle(UnaryClientCall.class, "peer", Peer.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RemoraChannel channel;
    private final ClientMethod clientMethod;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final @Nullable CallContext parent;
    private final @Nullable Attempt attempt;
    private final @Nullable RetryPolicy retry;
    /** Waits for a server, and for another one if that turns out not to be there. */
    private final boolean patient;

    private @Nullable Listener<R> listener;
    private Metadata ownHeaders = Metadata.EMPTY;
    private Metadata headers = Metadata.EMPTY;
    private @Nullable Q request;

    private @Nullable Deadline deadline;
    private long startNs;
    private CallProgress progress = CallProgress.NONE;
    private int requestBytes = MethodMetrics.NO_MESSAGE;
    private boolean halfClosed;

    @SuppressWarnings("unused") // through ENDED
    private volatile boolean ended;

    /** Where the call is, or null: before the pick and after the end. */
    private volatile @Nullable Peer peer;

    private long pickedNs;
    /** By another thread than the caller's. */
    private volatile boolean sentLater;
    /** How often it was sent again; changes before the next pick. */
    private int sendings;

    private volatile @Nullable TransportCall transportCall;

    /** The caller has cancelled it, and why. Whoever writes one of these two looks at the other one next. */
    private volatile @Nullable Status unwanted;
    /** What goes on with the call after it has failed here. */
    private volatile @Nullable ClientCall<Q, R> successor;

    private volatile @Nullable Future<?> timer;
    private volatile CallContext.@Nullable Registration parentRegistration;

    /**
     * @param parent the call that is being served; null if there is none, or if it is not this call's business
     * @param attempt which attempt of a call this is, whose metrics and deadline are not this one's business; null if it is the
     *     whole call
     * @param retry what the whole call may do about a failure; null for nothing
     */
    UnaryClientCall(
            RemoraChannel channel,
            ClientMethod clientMethod,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext parent,
            @Nullable Attempt attempt,
            @Nullable RetryPolicy retry) {
        this.channel = channel;
        this.clientMethod = clientMethod;
        this.method = method;
        this.options = options;
        this.parent = parent;
        this.attempt = attempt;
        this.retry = retry;
        this.patient = channel.balancer().isPatient(options);
    }

    @Override
    public void start(Listener<R> newListener, Metadata newHeaders) {
        if (listener != null) {
            throw new IllegalStateException("call of " + method + " was started already");
        }
        listener = newListener;
        ownHeaders = newHeaders;
        headers = options.metadata().plus(newHeaders);
        if (attempt != null) {
            startNs = attempt.startNs();
            deadline = attempt.deadline();
        } else {
            startNs = System.nanoTime();
            deadline = options.deadlineOfCall(startNs, clientMethod.resilience().timeoutNs(), parent);
            clientMethod.metrics().started();
            if (retry != null) {
                clientMethod.resilience().begins();
            }
        }
        progress = clientMethod.calls().begin(startNs);
        progress.deadline(deadline);
    }

    /** One response is all there can be, so starting the call has asked for it. */
    @Override
    public void request(int count) {}

    @Override
    public void sendMessage(Q message) {
        if (listener == null || halfClosed || request != null) {
            throw new IllegalStateException("a unary call of " + method + " sends one message, after start");
        }
        request = message;
    }

    @Override
    public void halfClose() {
        if (halfClosed || request == null) {
            throw new IllegalStateException("a unary call of " + method + " sends one message, then half-closes once");
        }
        halfClosed = true;
        long timeoutNs = remainingNs();
        if (timeoutNs < 0) {
            end(deadlineExceeded("before the request was sent"), Metadata.EMPTY);
            return;
        }
        if (parent != null && parent.isCancelled()) {
            end(ServedCall.whyCancelled(parent), Metadata.EMPTY);
            return;
        }
        arm(timeoutNs);
        channel.balancer().pick(this);
    }

    /** Time left: 0 if there is no deadline, -1 if it has passed. */
    private long remainingNs() {
        if (deadline == null) {
            return 0;
        }
        long leftNs = deadline.remainingNs();
        return leftNs > 0 ? leftNs : -1;
    }

    @Override
    public CallOptions options() {
        return options;
    }

    @Override
    public Metadata headers() {
        return headers;
    }

    @Override
    public @Nullable TriedPeers tried() {
        return attempt == null ? null : attempt.tried();
    }

    @Override
    public boolean isOver() {
        return ended;
    }

    @Override
    public void onNoPeer(Status why) {
        end(why, Metadata.EMPTY);
    }

    @Override
    public void onPeer(Peer picked, boolean waited) {
        sentLater |= waited;
        pickedNs = sentLater ? System.nanoTime() : startNs;
        peer = picked;
        if (ended) {
            leave(picked, NOTHING_TO_SAY, System.nanoTime()); // end() may have come too early to see it
            return;
        }
        long timeoutNs = remainingNs();
        if (timeoutNs < 0) {
            leave(picked, NOTHING_TO_SAY, System.nanoTime());
            end(deadlineExceeded("waiting for a server"), Metadata.EMPTY);
            return;
        }
        send(picked, Objects.requireNonNull(request), timeoutNs);
    }

    /** Tells a peer that the call is over there, and how it went: whoever comes first. */
    private void leave(@Nullable Peer left, Status status, long nowNs) {
        if (left != null && PEER.compareAndSet(this, left, null)) {
            left.ended(status, nowNs - pickedNs);
        }
    }

    private void send(Peer to, Q message, long timeoutNs) {
        ClientTransport transport = to.transport();
        MessageBuffer buffer;
        try {
            progress.sendingTo(transport.peer(), pickedNs);
            buffer = encode(transport, message, timeoutNs);
        } catch (TransportException e) {
            end(TransportFailures.toStatus(e), Metadata.EMPTY);
            return;
        } catch (RpcException e) {
            leave(to, NOTHING_TO_SAY, System.nanoTime());
            end(e.status(), Metadata.EMPTY);
            return;
        } catch (RuntimeException e) {
            leave(to, NOTHING_TO_SAY, System.nanoTime());
            end(
                    Status.of(StatusCode.INTERNAL, "the request of " + method + " cannot be written")
                            .withCause(e),
                    Metadata.EMPTY);
            return;
        }
        progress.enter(CallPhase.WAITING, System.nanoTime());
        int sending = sendings;
        TransportCall call = transport.call(buffer, timeoutNs, this);
        if (!patient) {
            transportCall = call;
        } else {
            synchronized (this) {
                if (sending == sendings) { // else it has failed already and was sent elsewhere
                    transportCall = call;
                }
            }
        }
        if (ended) {
            call.cancel();
        }
    }

    /** A patient call whose request nobody has seen waits for a server as if it had not been sent. */
    private boolean sendAgain(TransportException failure) {
        boolean notThere = failure.reason() == TransportException.Reason.UNREACHABLE
                || failure.reason() == TransportException.Reason.REFUSED;
        if (!notThere || !patient || ended) {
            return false;
        }
        synchronized (this) {
            sendings++;
            transportCall = null;
        }
        leave(peer, TransportFailures.toStatus(failure), System.nanoTime());
        sentLater = true;
        channel.balancer().pick(this);
        return true;
    }

    private MessageBuffer encode(ClientTransport transport, Q message, long timeoutNs) {
        Marshaller<Q> marshaller = method.request();
        int size = marshaller.size(message);
        channel.checkRequest(method, size, headers);
        // Rounded up, so that a deadline that has not passed here does not read as "none" there.
        long timeoutUs = timeoutNs == 0 ? 0 : (timeoutNs + 999) / 1000;
        Compression chosen = options.get(CallOptions.COMPRESSION);
        CompressedMessage compressed = channel.compression().compress(chosen, marshaller, message, size);
        int readable = channel.compression().readable(chosen);
        Coding coding = compressed == null ? Coding.readable(readable) : compressed.coding(readable);
        int envelope = RequestEnvelope.size(coding, timeoutUs, clientMethod.name(), headers);
        int written = compressed == null ? size : compressed.bytes().remaining();
        MessageBuffer buffer = transport.allocate(Math.addExact(envelope, written));
        boolean done = false;
        try {
            ByteBuffer bytes = buffer.bytes();
            RequestEnvelope.write(bytes, coding, timeoutUs, clientMethod.name(), headers);
            if (compressed == null) {
                marshaller.write(message, bytes);
            } else {
                bytes.put(compressed.bytes());
            }
            if (bytes.hasRemaining()) {
                throw new IllegalStateException("the marshaller wrote " + bytes.remaining() + " bytes too few");
            }
            requestBytes = size;
            done = true;
            return buffer;
        } finally {
            if (!done) {
                buffer.release();
            }
        }
    }

    private void arm(long timeoutNs) {
        if (timeoutNs > 0) {
            timer = Deadlines.schedule(this::onDeadline, timeoutNs);
        }
        if (parent != null) {
            parentRegistration = parent.onCancel(() -> end(ServedCall.whyCancelled(parent), Metadata.EMPTY));
        }
        if (ended) {
            disarm();
        }
    }

    private void onDeadline() {
        String phase =
                peer == null ? "waiting for a server: " + channel.balancer().describe() : "waiting for the response";
        end(deadlineExceeded(phase), Metadata.EMPTY);
    }

    private void disarm() {
        Future<?> t = timer;
        if (t != null) {
            t.cancel(false);
        }
        CallContext.Registration r = parentRegistration;
        if (r != null) {
            r.close();
        }
    }

    private Status deadlineExceeded(String phase) {
        long nowNs = System.nanoTime();
        Status status = Status.of(
                StatusCode.DEADLINE_EXCEEDED,
                method + ": deadline passed " + phase + ", " + (nowNs - startNs) / 1_000_000 + " ms after the start");
        return progress.explain(status, nowNs);
    }

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {
        if (listener == null) {
            throw new IllegalStateException("call of " + method + " was not started");
        }
        Status bare = Status.of(StatusCode.CANCELLED, reason);
        Status status = cause == null ? bare : bare.withCause(cause);
        unwanted = status;
        end(status, Metadata.EMPTY);
        ClientCall<Q, R> after = successor;
        if (after != null) {
            after.cancel(reason, cause);
        }
    }

    @Override
    public boolean drive() {
        TransportCall call = transportCall;
        return call != null && call.drive();
    }

    @Override
    public boolean willDrive() {
        Listener<R> l = listener;
        return !sentLater && l != null && l.drives();
    }

    @Override
    public void onResponse(MessageBuffer response) {
        try {
            if (ended) {
                return;
            }
            progress.enter(CallPhase.RECEIVING, System.nanoTime());
            ByteBuffer bytes = response.bytes();
            ResponseEnvelope envelope = ResponseEnvelope.read(bytes, channel.maxMetadataBytes());
            Metadata trailers = progress.takeServerTimes(envelope.trailers());
            if (!envelope.status().isOk()) {
                Status status = progress.explain(envelope.status(), System.nanoTime());
                end(status, trailers, envelope.headers(), null, MethodMetrics.NO_MESSAGE);
                return;
            }
            Coding coding = envelope.coding();
            int size = coding.isPlain() ? bytes.remaining() : coding.messageBytes();
            channel.checkResponse(method, size);
            R message = method.response().read(CompressionPolicy.plain("the response", method, coding, bytes));
            end(Status.OK, trailers, envelope.headers(), message, size);
        } catch (MalformedEnvelopeException e) {
            end(
                    Status.of(StatusCode.INTERNAL, "malformed response: " + e.getMessage())
                            .withCause(e),
                    Metadata.EMPTY);
        } catch (RpcException e) {
            leave(
                    peer,
                    Status.OK,
                    System.nanoTime()); // it has answered; that this side does not take it is another thing
            end(e.status(), Metadata.EMPTY);
        } catch (RuntimeException e) {
            end(
                    Status.of(StatusCode.INTERNAL, "the response of " + method + " cannot be read")
                            .withCause(e),
                    Metadata.EMPTY);
        } finally {
            response.release();
        }
    }

    @Override
    public void onFailure(TransportException failure) {
        if (!sendAgain(failure)) {
            end(TransportFailures.toStatus(failure), Metadata.EMPTY);
        }
    }

    private void end(Status status, Metadata trailers) {
        end(status, trailers, Metadata.EMPTY, null, MethodMetrics.NO_MESSAGE);
    }

    private void end(Status status, Metadata trailers, Metadata responseHeaders, @Nullable R message, int size) {
        if (!ENDED.compareAndSet(this, false, true)) {
            return;
        }
        disarm();
        long nowNs = System.nanoTime();
        Peer left = peer;
        if (left == null) {
            channel.balancer().forget(this);
        } else {
            leave(left, status, nowNs);
        }
        progress.end(status.code(), nowNs);
        TransportCall call = transportCall;
        if (call != null && (status.code() == StatusCode.CANCELLED || status.code() == StatusCode.DEADLINE_EXCEEDED)) {
            call.cancel();
        }
        if (retry != null && !status.isOk()) {
            Status cancelled = unwanted;
            if (cancelled == null) {
                goOn(retry, left, status, responseHeaders, trailers, nowNs);
            } else {
                // What failed meanwhile might have been tried again: it is the caller who ends the call.
                tell(cancelled, Metadata.EMPTY, Metadata.EMPTY, null, MethodMetrics.NO_MESSAGE, nowNs);
            }
            return;
        }
        tell(status, trailers, responseHeaders, message, size, nowNs);
    }

    /** The end of the call, to who counts it and to who waits for it. */
    private void tell(
            Status status, Metadata trailers, Metadata responseHeaders, @Nullable R message, int size, long nowNs) {
        if (attempt != null) {
            attempt.measured(requestBytes, size, nowNs);
        } else {
            clientMethod.metrics().ended(status.code(), nowNs - startNs, requestBytes, size);
        }
        Listener<R> l = Objects.requireNonNull(listener);
        try {
            if (!responseHeaders.isEmpty()) {
                l.onHeaders(responseHeaders);
            }
            if (message != null) {
                l.onMessage(message);
            }
            l.onClose(status, trailers);
        } catch (RuntimeException e) {
            // The transport's thread must not die of an application's callback.
            LOG.error("a listener of {} failed", method, e);
        }
    }

    /** It was sent once and has failed, which need not be the end of the call. */
    private void goOn(
            RetryPolicy policy,
            @Nullable Peer left,
            Status status,
            Metadata responseHeaders,
            Metadata trailers,
            long nowNs) {
        FailedCall<Q, R> failed = new FailedCall<>(
                method,
                options,
                policy,
                parent,
                Objects.requireNonNull(listener),
                ownHeaders,
                Objects.requireNonNull(request),
                deadline,
                startNs,
                TriedPeers.of(left),
                requestBytes,
                status,
                responseHeaders,
                trailers,
                nowNs);
        clientMethod.resilience().goOn(failed, call -> {
            successor = call;
            Status cancelled = unwanted;
            if (cancelled != null) {
                call.cancel(cancelled.message(), cancelled.cause());
            }
        });
    }
}
