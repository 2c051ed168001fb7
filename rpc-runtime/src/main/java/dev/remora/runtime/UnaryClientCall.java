package dev.remora.runtime;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Marshaller;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.runtime.metrics.MethodMetrics;
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
 * A call with one request and one response. Four things can end it: the response, a failure of the transport, the
 * deadline, the caller's cancel (or that of the call it is nested in); the first one wins by a compare-and-set, whatever
 * comes later is dropped.
 */
final class UnaryClientCall<Q, R> implements ClientCall<Q, R>, ResponseHandler {
    private static final Logger LOG = LoggerFactory.getLogger(UnaryClientCall.class);
    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(UnaryClientCall.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final RemoraChannel channel;
    private final ClientMethod clientMethod;
    private final MethodDescriptor<Q, R> method;
    private final CallOptions options;
    private final @Nullable CallContext parent;

    private @Nullable Listener<R> listener;
    private Metadata headers = Metadata.EMPTY;
    private @Nullable Q request;
    private @Nullable Deadline deadline;
    private long startNs;
    private int requestBytes = MethodMetrics.NO_MESSAGE;
    private boolean halfClosed;

    @SuppressWarnings("unused") // through ENDED
    private volatile boolean ended;

    private volatile @Nullable TransportCall transportCall;
    private volatile @Nullable Future<?> timer;
    private volatile CallContext.@Nullable Registration parentRegistration;

    UnaryClientCall(
            RemoraChannel channel,
            ClientMethod clientMethod,
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext parent) {
        this.channel = channel;
        this.clientMethod = clientMethod;
        this.method = method;
        this.options = options;
        this.parent = parent;
    }

    @Override
    public void start(Listener<R> newListener, Metadata newHeaders) {
        if (listener != null) {
            throw new IllegalStateException("call of " + method + " was started already");
        }
        listener = newListener;
        headers = options.metadata().plus(newHeaders);
        startNs = System.nanoTime();
        deadline = effectiveDeadline();
        clientMethod.metrics().started();
    }

    /** The earliest of: options' deadline, options' or channel's time-out, the deadline of the call being served. */
    private @Nullable Deadline effectiveDeadline() {
        Deadline earliest = options.deadline();
        long timeoutNs = options.timeoutNs() > 0 ? options.timeoutNs() : channel.defaultTimeoutNs();
        if (timeoutNs > 0) {
            earliest = earlier(earliest, Deadline.afterNs(timeoutNs));
        }
        return parent == null ? earliest : earlier(earliest, parent.deadline());
    }

    private static @Nullable Deadline earlier(@Nullable Deadline a, @Nullable Deadline b) {
        return a == null ? b : b == null ? a : a.min(b);
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
        Q message = request;
        if (halfClosed || message == null) {
            throw new IllegalStateException("a unary call of " + method + " sends one message, then half-closes once");
        }
        halfClosed = true;
        request = null;
        long timeoutNs = 0;
        if (deadline != null) {
            timeoutNs = deadline.remainingNs();
            if (timeoutNs <= 0) {
                end(deadlineExceeded("before the request was sent"), Metadata.EMPTY);
                return;
            }
        }
        if (parent != null && parent.isCancelled()) {
            end(Status.of(StatusCode.CANCELLED, "the call being served was cancelled"), Metadata.EMPTY);
            return;
        }
        send(message, timeoutNs);
    }

    private void send(Q message, long timeoutNs) {
        ClientTransport transport;
        MessageBuffer buffer;
        try {
            transport = channel.pick();
            buffer = encode(transport, message, timeoutNs);
        } catch (TransportException e) {
            end(TransportFailures.toStatus(e), Metadata.EMPTY);
            return;
        } catch (RpcException e) {
            end(e.status(), Metadata.EMPTY);
            return;
        } catch (RuntimeException e) {
            end(
                    Status.of(StatusCode.INTERNAL, "the request of " + method + " cannot be written")
                            .withCause(e),
                    Metadata.EMPTY);
            return;
        }
        // Before the call: the handler may be called back before transport.call returns.
        arm(timeoutNs);
        TransportCall call = transport.call(buffer, timeoutNs, this);
        transportCall = call;
        if (ended) {
            call.cancel();
        }
    }

    private MessageBuffer encode(ClientTransport transport, Q message, long timeoutNs) {
        Marshaller<Q> marshaller = method.request();
        int size = marshaller.size(message);
        channel.checkRequest(method, size, headers);
        // Rounded up, so that a deadline that has not passed here does not read as "none" there.
        long timeoutUs = timeoutNs == 0 ? 0 : (timeoutNs + 999) / 1000;
        int envelope = RequestEnvelope.size(timeoutUs, clientMethod.name(), headers);
        MessageBuffer buffer = transport.allocate(Math.addExact(envelope, size));
        boolean done = false;
        try {
            ByteBuffer bytes = buffer.bytes();
            RequestEnvelope.write(bytes, timeoutUs, clientMethod.name(), headers);
            marshaller.write(message, bytes);
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
            timer = Deadlines.schedule(
                    () -> end(deadlineExceeded("waiting for the response"), Metadata.EMPTY), timeoutNs);
        }
        if (parent != null) {
            parentRegistration = parent.onCancel(() -> cancel("the call being served was cancelled", null));
        }
        if (ended) {
            disarm();
        }
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
        return Status.of(
                StatusCode.DEADLINE_EXCEEDED,
                method + ": deadline passed " + phase + ", " + (System.nanoTime() - startNs) / 1_000_000
                        + " ms after the start");
    }

    @Override
    public void cancel(String reason, @Nullable Throwable cause) {
        if (listener == null) {
            throw new IllegalStateException("call of " + method + " was not started");
        }
        Status status = Status.of(StatusCode.CANCELLED, reason);
        end(cause == null ? status : status.withCause(cause), Metadata.EMPTY);
    }

    @Override
    public boolean drive() {
        TransportCall call = transportCall;
        return call != null && call.drive();
    }

    @Override
    public boolean willDrive() {
        Listener<R> l = listener;
        return l != null && l.drives();
    }

    @Override
    public void onResponse(MessageBuffer response) {
        try {
            if (ended) {
                return;
            }
            ByteBuffer bytes = response.bytes();
            ResponseEnvelope envelope = ResponseEnvelope.read(bytes, channel.maxMetadataBytes());
            if (!envelope.status().isOk()) {
                end(envelope.status(), envelope.trailers(), envelope.headers(), null, MethodMetrics.NO_MESSAGE);
                return;
            }
            int size = bytes.remaining();
            channel.checkResponse(method, size);
            R message = method.response().read(bytes);
            end(Status.OK, envelope.trailers(), envelope.headers(), message, size);
        } catch (MalformedEnvelopeException e) {
            end(
                    Status.of(StatusCode.INTERNAL, "malformed response: " + e.getMessage())
                            .withCause(e),
                    Metadata.EMPTY);
        } catch (RpcException e) {
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
        end(TransportFailures.toStatus(failure), Metadata.EMPTY);
    }

    private void end(Status status, Metadata trailers) {
        end(status, trailers, Metadata.EMPTY, null, MethodMetrics.NO_MESSAGE);
    }

    private void end(Status status, Metadata trailers, Metadata responseHeaders, @Nullable R message, int size) {
        if (!ENDED.compareAndSet(this, false, true)) {
            return;
        }
        disarm();
        clientMethod.metrics().ended(status.code(), System.nanoTime() - startNs, requestBytes, size);
        TransportCall call = transportCall;
        if (call != null && (status.code() == StatusCode.CANCELLED || status.code() == StatusCode.DEADLINE_EXCEEDED)) {
            call.cancel();
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
}
