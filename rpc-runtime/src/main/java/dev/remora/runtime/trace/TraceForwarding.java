package dev.remora.runtime.trace;

import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;

/**
 * Hands the trace context of the call that is being served on to the calls made for it, unchanged; for services without a
 * tracer, so that they do not tear a trace in two. A call that has a trace context of its own keeps it.
 */
public final class TraceForwarding implements ClientInterceptor {
    /** It has no state. */
    public TraceForwarding() {}

    @Override
    public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        ClientCall<Q, R> call = next.newCall(method, options);
        CallContext served = CallContext.currentOrNull();
        String parent = served == null ? null : served.requestMetadata().get(TraceParent.KEY);
        if (served == null || parent == null || options.metadata().get(TraceParent.KEY) != null) {
            return call;
        }
        Metadata trace = Metadata.of(TraceParent.KEY, parent);
        String state = served.requestMetadata().get(TraceParent.STATE_KEY);
        Metadata forwarded = state == null ? trace : trace.plus(TraceParent.STATE_KEY, state);
        return new ForwardingClientCall<>(call) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                super.start(listener, headers.get(TraceParent.KEY) == null ? headers.plus(forwarded) : headers);
            }
        };
    }
}
