package dev.remora.runtime.attempt;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Deadline;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RetryMetadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.balance.TriedPeers;
import dev.remora.runtime.call.ServedCall;
import dev.remora.runtime.metrics.MethodMetrics;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.runtime.time.TimeSource;
import dev.remora.spi.TransportException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The channel below, in a test's hands: attempts are noted and end when the test says so. */
final class FakeAttempts implements AttemptChannel {
    final List<Sent> sent = new ArrayList<>();
    private final TimeSource time;
    /** How many servers there are. */
    int peers = 1;
    /** What an attempt ends with as soon as it is sent; null for nothing. */
    @Nullable
    Status atOnce;

    private @Nullable MethodResilience above;

    FakeAttempts(TimeSource time) {
        this.time = time;
    }

    /** What makes calls here, and goes on with those that fail. */
    void below(MethodResilience resilience) {
        above = resilience;
    }

    private MethodResilience resilience() {
        return Objects.requireNonNull(above);
    }

    /** One attempt. */
    final class Sent implements ClientCall<Object, Object> {
        final @Nullable Attempt attempt;
        final CallOptions options;
        final @Nullable CallContext served;
        private @Nullable Listener<Object> listener;
        Metadata metadata = Metadata.EMPTY;

        @Nullable
        Object request;

        @Nullable
        String cancelled;

        boolean ended;

        private final MethodDescriptor<Object, Object> method;
        final @Nullable RetryPolicy retry;
        private final long startNs = time.nowNs();
        private Metadata ownHeaders = Metadata.EMPTY;
        private @Nullable ClientCall<Object, Object> successor;

        Sent(
                MethodDescriptor<Object, Object> method,
                CallOptions options,
                @Nullable CallContext served,
                @Nullable Attempt attempt,
                @Nullable RetryPolicy retry) {
            this.method = method;
            this.options = options;
            this.served = served;
            this.attempt = attempt;
            this.retry = retry;
        }

        /** As of the attempt, or of the call if that is one attempt so far. */
        @Nullable
        Deadline deadline() {
            return attempt != null
                    ? attempt.deadline()
                    : options.deadlineOfCall(startNs, resilience().timeoutNs(), served);
        }

        @Override
        public void start(Listener<Object> newListener, Metadata headers) {
            listener = newListener;
            ownHeaders = headers;
            if (attempt == null) {
                resilience().metrics().started();
            }
            if (retry != null) {
                resilience().begins();
            }
            metadata = options.metadata().plus(headers);
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendMessage(Object message) {
            request = message;
        }

        @Override
        public void halfClose() {
            if (attempt == null && served != null && served.isCancelled()) {
                ends(ServedCall.whyCancelled(served), Metadata.EMPTY);
                return;
            }
            sent.add(this);
            if (atOnce != null) {
                fails(atOnce);
            }
        }

        @Override
        public void cancel(String reason, @Nullable Throwable cause) {
            if (!ended) {
                cancelled = reason;
                ends(Status.of(StatusCode.CANCELLED, reason), Metadata.EMPTY);
            } else if (successor != null) {
                successor.cancel(reason, cause);
            }
        }

        @Override
        public boolean drive() {
            return !ended;
        }

        boolean drives() {
            return Objects.requireNonNull(listener).drives();
        }

        int number() {
            return RetryMetadata.attemptOf(metadata);
        }

        void answers(String text) {
            ended = true;
            measured(3, text.length());
            Listener<Object> l = Objects.requireNonNull(listener);
            l.onHeaders(Metadata.of(Metadata.Key.text("from"), text));
            l.onMessage(StringValue.of(text));
            l.onClose(Status.OK, Metadata.EMPTY);
        }

        void fails(StatusCode code) {
            fails(Status.of(code, "it failed"));
        }

        void fails(Status status) {
            fails(status, Metadata.EMPTY);
        }

        private void measured(int requestBytes, int responseBytes) {
            if (attempt != null) {
                attempt.measured(requestBytes, responseBytes, time.nowNs());
            } else {
                StatusCode code = responseBytes == MethodMetrics.NO_MESSAGE ? StatusCode.UNKNOWN : StatusCode.OK;
                resilience().metrics().ended(code, time.nowNs() - startNs, requestBytes, responseBytes);
            }
        }

        /** As a call does that is sent once at first. */
        void fails(Status status, Metadata trailers) {
            if (retry == null) {
                ends(status, trailers);
                return;
            }
            ended = true;
            FailedCall<Object, Object> failed = new FailedCall<>(
                    method,
                    options,
                    retry,
                    served,
                    Objects.requireNonNull(listener),
                    ownHeaders,
                    Objects.requireNonNull(request),
                    deadline(),
                    startNs,
                    TriedPeers.of(null),
                    3,
                    status,
                    Metadata.EMPTY,
                    trailers,
                    time.nowNs());
            resilience().goOn(failed, call -> successor = call);
        }

        private void ends(Status status, Metadata trailers) {
            ended = true;
            measured(3, MethodMetrics.NO_MESSAGE);
            Objects.requireNonNull(listener).onClose(status, trailers);
        }

        /** As the transport reports it. */
        void fails(TransportException.Reason reason) {
            fails(Status.of(StatusCode.UNAVAILABLE, reason.name()).withCause(new TransportException(reason, "test")));
        }

        /** As a server does that has not run it. */
        void refused() {
            fails(Status.of(StatusCode.RESOURCE_EXHAUSTED, "full"), Metadata.of(RetryMetadata.REFUSED, "test"));
        }
    }

    @Override
    @SuppressWarnings("unchecked") // a fake for any type
    public <Q, R> ClientCall<Q, R> newCall(
            MethodDescriptor<Q, R> method,
            CallOptions options,
            @Nullable CallContext served,
            @Nullable Attempt attempt,
            @Nullable RetryPolicy retry) {
        MethodDescriptor<Object, Object> any = (MethodDescriptor<Object, Object>) (MethodDescriptor<?, ?>) method;
        return (ClientCall<Q, R>) (ClientCall<?, ?>) new Sent(any, options, served, attempt, retry);
    }

    /** As if each attempt went to another server while there are any. */
    @Override
    public boolean hasOthers(TriedPeers tried) {
        return sent.size() < peers;
    }

    Sent only() {
        if (sent.size() != 1) {
            throw new AssertionError("there are " + sent.size() + " attempts, not one");
        }
        return sent.get(0);
    }

    Sent get(int number) {
        return sent.get(number - 1);
    }
}
