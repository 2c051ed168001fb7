package dev.remora.tracing;

import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapPropagator;

/** A span around each call made. */
final class ClientTracing implements ClientInterceptor {
    private final Tracer tracer;
    private final TextMapPropagator propagator;

    ClientTracing(Tracer tracer, TextMapPropagator propagator) {
        this.tracer = tracer;
        this.propagator = propagator;
    }

    @Override
    public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new TracedCall<>(next.newCall(method, options), method);
    }

    private final class TracedCall<Q, R> extends ForwardingClientCall<Q, R> {
        private final MethodDescriptor<Q, R> method;

        TracedCall(ClientCall<Q, R> call, MethodDescriptor<Q, R> method) {
            super(call);
            this.method = method;
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            Context caller = Context.current();
            SpanBuilder builder =
                    tracer.spanBuilder(method.fullName()).setParent(caller).setSpanKind(SpanKind.CLIENT);
            RpcAttributes.begin(builder, method);
            Span span = builder.startSpan();
            MetadataCarrier carrier = new MetadataCarrier(headers);
            propagator.inject(caller.with(span), carrier, MetadataCarrier.SETTER);
            try {
                super.start(new TracedListener<>(listener, span, caller), carrier.metadata());
            } catch (RuntimeException | Error e) {
                RpcAttributes.endClient(span, Status.fromThrowable(e));
                throw e;
            }
        }
    }

    /** Callbacks see the context of whoever made the call, not that of the transport's thread. */
    private static final class TracedListener<R> extends ForwardingClientCall.ForwardingListener<R> {
        private final Span span;
        private final Context caller;

        TracedListener(ClientCall.Listener<R> listener, Span span, Context caller) {
            super(listener);
            this.span = span;
            this.caller = caller;
        }

        @Override
        public void onHeaders(Metadata headers) {
            try (Scope scope = caller.makeCurrent()) {
                super.onHeaders(headers);
            }
        }

        @Override
        public void onMessage(R message) {
            try (Scope scope = caller.makeCurrent()) {
                super.onMessage(message);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            RpcAttributes.endClient(span, status);
            try (Scope scope = caller.makeCurrent()) {
                super.onClose(status, trailers);
            }
        }

        @Override
        public void onReady() {
            try (Scope scope = caller.makeCurrent()) {
                super.onReady();
            }
        }
    }
}
