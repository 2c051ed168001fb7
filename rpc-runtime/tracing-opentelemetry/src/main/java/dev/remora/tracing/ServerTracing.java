package dev.remora.tracing;

import dev.remora.api.CallContext;
import dev.remora.api.CallContexts;
import dev.remora.api.ForwardingServerCall;
import dev.remora.api.Metadata;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.concurrent.atomic.AtomicBoolean;

/** A span around each call served. */
final class ServerTracing implements ServerInterceptor {
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    ServerTracing(Tracer tracer, TextMapPropagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
        CallContext context = call.context();
        Context parent = propagator.extract(Context.root(), context.requestMetadata(), MetadataCarrier.GETTER);
        SpanBuilder builder =
                tracer.spanBuilder(call.method().fullName()).setParent(parent).setSpanKind(SpanKind.SERVER);
        RpcAttributes.begin(builder, call.method());
        RpcAttributes.peer(builder, context);
        Span span = builder.startSpan();
        // The first action of all: a handler that ends because of it cannot end the span before.
        context.onCancel(() -> span.addEvent("cancelled"));
        TracedCall<Q, R> traced = new TracedCall<>(call, span);
        try {
            return traced.watching(CallContexts.intercept(traced, new TracedContext(context, parent.with(span)), next));
        } catch (RuntimeException | Error e) {
            traced.end(Status.fromThrowable(e));
            throw e;
        }
    }

    /** A call whose span ends with it, or with what its listener throws. */
    private static final class TracedCall<Q, R> extends ForwardingServerCall<Q, R> {
        private final Span span;
        private final AtomicBoolean ended = new AtomicBoolean();

        TracedCall(ServerCall<Q, R> call, Span span) {
            super(call);
            this.span = span;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            // Before the answer: whoever has it may look for the span.
            end(status);
            super.close(status, trailers);
        }

        void end(Status status) {
            if (ended.compareAndSet(false, true)) {
                RpcAttributes.endServer(span, status);
            }
        }

        Listener<Q> watching(Listener<Q> listener) {
            return new Listener<>() {
                @Override
                public void onMessage(Q message) {
                    guarded(() -> listener.onMessage(message));
                }

                @Override
                public void onHalfClose() {
                    guarded(listener::onHalfClose);
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
                    guarded(listener::onReady);
                }
            };
        }

        private void guarded(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                end(Status.fromThrowable(e));
                throw e;
            }
        }
    }
}
