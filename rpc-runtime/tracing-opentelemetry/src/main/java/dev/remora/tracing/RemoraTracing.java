package dev.remora.tracing;

import dev.remora.api.ClientInterceptor;
import dev.remora.api.ServerInterceptor;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.propagation.TextMapPropagator;

/**
 * Spans for the calls of any number of channels and servers. The trace context travels in the metadata, by the propagators
 * of the {@link OpenTelemetry} given: W3C's {@code traceparent} and {@code tracestate} if that is how it is set up. For any
 * thread.
 *
 * <pre>{@code
 * RemoraTracing tracing = RemoraTracing.create(openTelemetry);
 * RemoraServer.builder(transport).interceptor(tracing.serverInterceptor())...
 * RemoraChannel.builder(transport).interceptor(tracing.clientInterceptor())...
 * }</pre>
 */
public final class RemoraTracing {
    /** Name of the instrumentation scope. */
    public static final String SCOPE = "dev.remora";

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    private RemoraTracing(OpenTelemetry openTelemetry) {
        tracer = openTelemetry.getTracer(SCOPE);
        propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    /** Spans go where {@code openTelemetry} sends them. */
    public static RemoraTracing create(OpenTelemetry openTelemetry) {
        return new RemoraTracing(openTelemetry);
    }

    /**
     * One span of kind CLIENT per call, child of the span that is current where the call is made. It lasts from start to
     * end of the call, all attempts included.
     */
    public ClientInterceptor clientInterceptor() {
        return new ClientTracing(tracer, propagator);
    }

    /**
     * One span of kind SERVER per call, child of the client's. It is current wherever the handler runs, and on other threads
     * inside {@link dev.remora.api.CallContext#run}; SLF4J's MDC has {@code trace_id} and {@code span_id} there.
     */
    public ServerInterceptor serverInterceptor() {
        return new ServerTracing(tracer, propagator);
    }
}
