package dev.remora.runtime.logging;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Deadline;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.ForwardingServerCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.config.LoggingSettings;
import dev.remora.runtime.trace.TraceParent;
import dev.remora.spi.SettingValues;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line per call when it has ended, with SLF4J's key/value pairs: {@code method}, {@code status},
 * {@code duration_us}, {@code requests}, {@code request_bytes}, {@code responses}, {@code response_bytes}; at a server
 * {@code peer}; where there is one {@code trace_id}; {@code slow} and {@code error} where they apply. A backend makes JSON
 * of it, or text. The loggers are {@value #SERVER_LOGGER} and {@value #CLIENT_LOGGER}.
 *
 * <p>The line is written just before the answer is sent, or handed to the caller, by the thread that does that. Calls that
 * fail or are slow are always written, others at the sample rate. The line of a call that the client gave up
 * is written when the handler ends, with the status that the client has seen and, as {@code handler_status}, the handler's.
 * Calls that a server refuses before it looks for interceptors (unknown method, overload) have no line. For use by any
 * number of channels and servers.
 */
public final class RequestLog implements ServerInterceptor, ClientInterceptor {
    /** Of calls served. */
    public static final String SERVER_LOGGER = "dev.remora.requests.server";

    /** Of calls made. */
    public static final String CLIENT_LOGGER = "dev.remora.requests.client";

    private static final Logger SERVER = LoggerFactory.getLogger(SERVER_LOGGER);
    private static final Logger CLIENT = LoggerFactory.getLogger(CLIENT_LOGGER);

    private final double sampleRate;
    private final long slowCallNs;

    /**
     * A log of its own settings.
     *
     * @param sampleRate share of the calls that are neither slow nor failed, 0 to 1
     * @param slowCall what takes longer is slow; zero: nothing is
     */
    public RequestLog(double sampleRate, Duration slowCall) {
        if (!(sampleRate >= 0 && sampleRate <= 1)) {
            throw new IllegalArgumentException("the sample rate must be 0 to 1, got " + sampleRate);
        }
        if (slowCall.isNegative()) {
            throw new IllegalArgumentException("what is slow cannot take less than no time: " + slowCall);
        }
        this.sampleRate = sampleRate;
        this.slowCallNs = slowCall.toNanos();
    }

    /** A log by {@link LoggingSettings}. */
    public static RequestLog of(SettingValues values) {
        return new RequestLog(
                values.get(LoggingSettings.SAMPLE_RATE), Duration.ofNanos(values.get(LoggingSettings.SLOW_CALL)));
    }

    double sampleRate() {
        return sampleRate;
    }

    long slowCallNs() {
        return slowCallNs;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
        if (!SERVER.isWarnEnabled()) {
            return next.startCall(call);
        }
        ServedCall<Q, R> logged = new ServedCall<>(
                call,
                new LoggedCall(
                        this,
                        SERVER,
                        call.method(),
                        TraceParent.of(call.context().requestMetadata())));
        return logged.start(next);
    }

    @Override
    public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        ClientCall<Q, R> call = next.newCall(method, options);
        return CLIENT.isWarnEnabled() ? new MadeCall<>(this, call, method, options) : call;
    }

    /** A call served, with its listener. What the listener throws ends the call too, without this object's close. */
    private static final class ServedCall<Q, R> extends ForwardingServerCall<Q, R> implements ServerCall.Listener<Q> {
        private final LoggedCall line;

        @SuppressWarnings("NullAway.Init") // start comes before anything that uses it
        private ServerCall.Listener<Q> listener;

        ServedCall(ServerCall<Q, R> call, LoggedCall line) {
            super(call);
            this.line = line;
        }

        ServerCall.Listener<Q> start(ServerCallHandler<Q, R> next) {
            guarded(() -> listener = next.startCall(this));
            return this;
        }

        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                ended(Status.fromThrowable(e));
                throw e;
            }
        }

        private void ended(Status status) {
            CallContext context = context();
            if (!context.isCancelled()) {
                line.end(status, context.peer(), null);
                return;
            }
            Deadline deadline = context.deadline();
            Status seen = deadline != null && deadline.isExpired()
                    ? Status.of(StatusCode.DEADLINE_EXCEEDED, "the deadline passed in the handler")
                    : Status.of(StatusCode.CANCELLED, "the client gave the call up");
            line.end(seen, context.peer(), status);
        }

        @Override
        public void sendMessage(R message) {
            line.response(method().response(), message);
            super.sendMessage(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            // Before the answer: a server that drains ends as soon as the last one is sent, and its line must not be
            // lost.
            ended(status);
            super.close(status, trailers);
        }

        @Override
        public void onMessage(Q message) {
            line.request(method().request(), message);
            guarded(() -> listener.onMessage(message));
        }

        @Override
        public void onHalfClose() {
            guarded(() -> listener.onHalfClose());
        }

        @Override
        public void onCancel() {
            listener.onCancel();
        }

        @Override
        public void onComplete() {
            listener.onComplete();
        }

        @Override
        public void onReady() {
            guarded(() -> listener.onReady());
        }
    }

    /** A call made. */
    private static final class MadeCall<Q, R> extends ForwardingClientCall<Q, R> {
        private final RequestLog log;
        private final MethodDescriptor<Q, R> method;
        private final CallOptions options;
        private @Nullable LoggedCall line;

        MadeCall(RequestLog log, ClientCall<Q, R> call, MethodDescriptor<Q, R> method, CallOptions options) {
            super(call);
            this.log = log;
            this.method = method;
            this.options = options;
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            Optional<TraceParent> trace = TraceParent.of(headers).or(() -> TraceParent.of(options.metadata()));
            LoggedCall started = new LoggedCall(log, CLIENT, method, trace);
            line = started;
            super.start(
                    new ForwardingListener<>(listener) {
                        @Override
                        public void onMessage(R message) {
                            started.response(method.response(), message);
                            super.onMessage(message);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            started.end(status, null, null);
                            super.onClose(status, trailers);
                        }
                    },
                    headers);
        }

        @Override
        public void sendMessage(Q message) {
            LoggedCall started = line;
            if (started != null) {
                started.request(method.request(), message);
            }
            super.sendMessage(message);
        }
    }
}
