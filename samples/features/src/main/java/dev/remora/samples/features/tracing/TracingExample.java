package dev.remora.samples.features.tracing;

import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.samples.features.v1.GreetRequest;
import dev.remora.samples.features.v1.GreetResponse;
import dev.remora.samples.features.v1.GreeterRpc;
import dev.remora.spi.Endpoint;
import dev.remora.tracing.RemoraTracing;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.PrintStream;
import java.util.Collection;

/** A call inside of the application's own span: three spans of one trace, each the child of the one before. */
public final class TracingExample {
    private TracingExample() {}

    public static void main(String[] args) {
        run(System.out);
    }

    /** Runs it and tells what happens. */
    public static void run(PrintStream out) {
        // The SDK is the application's: which spans are kept, where they go, how the context travels.
        try (OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(new Printer(out)))
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build()) {
            RemoraTracing tracing = RemoraTracing.create(openTelemetry);
            try (InProcessTransport transport = InProcessTransport.create();
                    RemoraServer server = RemoraServer.builder(transport)
                            .address(new Endpoint("tracing-example", 0))
                            .service(new TracedGreeter(out))
                            .interceptor(tracing.serverInterceptor())
                            .start();
                    RemoraChannel channel = RemoraChannel.builder(transport)
                            .target(server.localAddress())
                            .interceptor(tracing.clientInterceptor())
                            .build()) {
                Span mine = openTelemetry
                        .getTracer("example")
                        .spanBuilder("breakfast")
                        .startSpan();
                try (Scope scope = mine.makeCurrent()) {
                    GreeterRpc.blockingStub(channel)
                            .greet(GreetRequest.newBuilder().setName("Ada").build());
                } finally {
                    mine.end();
                }
            }
        }
    }

    private static final class TracedGreeter extends GreeterRpc.ServiceBase {
        private final PrintStream out;

        TracedGreeter(PrintStream out) {
            this.out = out;
        }

        @Override
        public GreetResponse greet(GreetRequest request) {
            out.println("the handler runs in span "
                    + Span.current().getSpanContext().getSpanId());
            return GreetResponse.newBuilder()
                    .setText("Hello, " + request.getName())
                    .build();
        }
    }

    /** In place of an exporter to a collector. */
    private record Printer(PrintStream out) implements SpanExporter {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            spans.forEach(span -> out.println(span.getKind() + " " + span.getName() + ": trace " + span.getTraceId()
                    + ", span " + span.getSpanId() + ", parent " + span.getParentSpanId()));
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
