package dev.remora.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.Endpoint;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.MDC;

@Timeout(60)
class TracingTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";
    private static final Metadata.Key<String> TRACEPARENT = Metadata.Key.text("traceparent");
    private static final Metadata.Key<String> TRACESTATE = Metadata.Key.text("tracestate");
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));

    /** Sets up W3C propagation and an exporter in memory. */
    @RegisterExtension
    final OpenTelemetryExtension otel = OpenTelemetryExtension.create();

    private final InProcessTransport transport = InProcessTransport.create();
    private final List<AutoCloseable> toClose = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        transport.close();
    }

    private static MethodDescriptor<StringValue, StringValue> method(String name) {
        return MethodDescriptor.protobuf(
                "trace.Test",
                name,
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
    }

    private static BindableService service(
            MethodDescriptor<StringValue, StringValue> method,
            ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor("trace.Test", List.of(method), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(method, ServerCalls.unary(handler)));
            }
        };
    }

    /** A traced channel to a traced server with one method. */
    private RemoraChannel serving(
            MethodDescriptor<StringValue, StringValue> method,
            ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        RemoraTracing tracing = RemoraTracing.create(otel.getOpenTelemetry());
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint("tracing-" + NAMES.incrementAndGet(), 1))
                .service(service(method, handler))
                .interceptor(tracing.serverInterceptor())
                .start();
        toClose.add(server);
        RemoraChannel channel = RemoraChannel.builder(transport)
                .target(server.localAddress())
                .interceptor(tracing.clientInterceptor())
                .build();
        toClose.add(channel);
        return channel;
    }

    private static StringValue call(
            RemoraChannel channel, MethodDescriptor<StringValue, StringValue> method, CallOptions options) {
        return ClientCalls.blockingUnary(channel, method, options, StringValue.of("q"));
    }

    /** The spans, once there are so many; the server's may end after the client has its answer. */
    private List<SpanData> spans(int count) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (otel.getSpans().size() < count && System.nanoTime() < end) {
            Thread.sleep(1);
        }
        assertThat(otel.getSpans()).hasSize(count);
        return otel.getSpans();
    }

    private static SpanData of(List<SpanData> spans, SpanKind kind, String method) {
        List<SpanData> found = spans.stream()
                .filter(s -> s.getKind() == kind && s.getName().equals("trace.Test/" + method))
                .toList();
        assertThat(found).as("spans of %s at the %s", method, kind).hasSize(1);
        return found.get(0);
    }

    @Test
    void aCallIsASpanOnEitherSideAndSaysWhatTheConventionsAskFor() throws Exception {
        var method = method("Greet");
        assertThat(call(serving(method, q -> q), method, PATIENT).getValue()).isEqualTo("q");

        List<SpanData> spans = spans(2);
        SpanData client = of(spans, SpanKind.CLIENT, "Greet");
        SpanData server = of(spans, SpanKind.SERVER, "Greet");
        assertThat(client.getParentSpanContext().isValid()).isFalse();
        assertThat(server.getParentSpanId()).isEqualTo(client.getSpanId());
        assertThat(server.getTraceId()).isEqualTo(client.getTraceId());
        assertThat(server.getParentSpanContext().isRemote()).isTrue();
        for (SpanData span : spans) {
            assertThat(span.getAttributes().get(RpcAttributes.SYSTEM)).isEqualTo("remora");
            assertThat(span.getAttributes().get(RpcAttributes.METHOD)).isEqualTo("trace.Test/Greet");
            assertThat(span.getAttributes().get(RpcAttributes.STATUS)).isEqualTo("OK");
            assertThat(span.getAttributes().get(RpcAttributes.ERROR)).isNull();
            assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
            assertThat(span.getInstrumentationScopeInfo().getName()).isEqualTo("dev.remora");
        }
        assertThat(server.getAttributes().get(RpcAttributes.PEER_ADDRESS)).startsWith("in-process client");
    }

    @Test
    void callsMadeByAHandlerBelongToItsTraceAndTheVendorsStateTravels() throws Exception {
        var back = method("Back");
        var front = method("Front");
        CompletableFuture<Metadata> seen = new CompletableFuture<>();
        RemoraChannel toBack = serving(back, q -> {
            seen.complete(CallContext.current().orElseThrow().requestMetadata());
            return q;
        });
        RemoraChannel toFront = serving(front, q -> call(toBack, back, CallOptions.DEFAULT));
        SpanContext caller = SpanContext.create(
                TRACE,
                SPAN,
                TraceFlags.getSampled(),
                TraceState.builder().put("vendor", "x").build());
        try (Scope scope = Context.root().with(Span.wrap(caller)).makeCurrent()) {
            call(toFront, front, PATIENT);
        }

        List<SpanData> spans = spans(4);
        assertThat(spans).allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
        assertThat(of(spans, SpanKind.CLIENT, "Front").getParentSpanId()).isEqualTo(SPAN);
        assertThat(of(spans, SpanKind.CLIENT, "Back").getParentSpanId())
                .isEqualTo(of(spans, SpanKind.SERVER, "Front").getSpanId());
        Metadata metadata = seen.get(20, TimeUnit.SECONDS);
        assertThat(metadata.getAll(TRACEPARENT))
                .containsExactly(
                        "00-" + TRACE + "-" + of(spans, SpanKind.CLIENT, "Back").getSpanId() + "-01");
        assertThat(metadata.getAll(TRACESTATE)).containsExactly("vendor=x");
    }

    @Test
    void aFailureIsAnErrorOfTheServerOnlyIfItIsToBlame() throws Exception {
        var missing = method("Missing");
        var broken = method("Broken");
        RemoraChannel toMissing = serving(missing, q -> {
            throw new RpcException(dev.remora.api.StatusCode.NOT_FOUND, "no such thing");
        });
        RemoraChannel toBroken = serving(broken, q -> {
            throw new IllegalStateException("bug");
        });
        assertThat(catchThrowableOfType(RpcException.class, () -> call(toMissing, missing, PATIENT)))
                .isNotNull();
        assertThat(catchThrowableOfType(RpcException.class, () -> call(toBroken, broken, PATIENT)))
                .isNotNull();

        List<SpanData> spans = spans(4);
        SpanData client = of(spans, SpanKind.CLIENT, "Missing");
        assertThat(client.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(client.getStatus().getDescription()).isEqualTo("no such thing");
        assertThat(client.getAttributes().get(RpcAttributes.ERROR)).isEqualTo("NOT_FOUND");
        SpanData server = of(spans, SpanKind.SERVER, "Missing");
        assertThat(server.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(server.getAttributes().get(RpcAttributes.STATUS)).isEqualTo("NOT_FOUND");
        SpanData blamed = of(spans, SpanKind.SERVER, "Broken");
        assertThat(blamed.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(blamed.getAttributes().get(RpcAttributes.ERROR)).isEqualTo("UNKNOWN");
        assertThat(blamed.getEvents())
                .anySatisfy(event ->
                        assertThat(event.getAttributes().asMap().values()).contains("bug"));
    }

    @Test
    void theSpanIsCurrentInTheHandlerAndWhereItTakesTheCallsContext() throws Exception {
        var method = method("Where");
        List<String> ids = new ArrayList<>();
        List<String> mdc = new ArrayList<>();
        RemoraChannel channel = serving(method, q -> {
            ids.add(Span.current().getSpanContext().getSpanId());
            mdc.add(MDC.get("trace_id") + " " + MDC.get("span_id"));
            CallContext context = CallContext.current().orElseThrow();
            Thread other = Thread.ofPlatform()
                    .start(() -> context.run(() -> {
                        ids.add(Span.current().getSpanContext().getSpanId());
                        mdc.add(MDC.get("trace_id") + " " + MDC.get("span_id"));
                    }));
            other.join();
            return q;
        });
        call(channel, method, PATIENT);

        SpanData server = of(spans(2), SpanKind.SERVER, "Where");
        assertThat(ids).containsExactly(server.getSpanId(), server.getSpanId());
        String expected = server.getTraceId() + " " + server.getSpanId();
        assertThat(mdc).containsExactly(expected, expected);
    }

    @Test
    void anInlineHandlerLeavesNothingOnTheTransportsThread() throws Exception {
        var method = method("Inline").withInline(true);
        List<String> before = new ArrayList<>();
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint("tracing-" + NAMES.incrementAndGet(), 1))
                .service(service(method, q -> q))
                .interceptor(new dev.remora.api.ServerInterceptor() {
                    @Override
                    public <Q, R> dev.remora.api.ServerCall.Listener<Q> intercept(
                            dev.remora.api.ServerCall<Q, R> call, dev.remora.api.ServerCallHandler<Q, R> next) {
                        before.add(Span.current().getSpanContext().isValid() + " " + MDC.get("trace_id"));
                        return next.startCall(call);
                    }
                })
                .interceptor(RemoraTracing.create(otel.getOpenTelemetry()).serverInterceptor())
                .start();
        toClose.add(server);
        RemoraChannel channel =
                RemoraChannel.builder(transport).target(server.localAddress()).build();
        toClose.add(channel);
        call(channel, method, PATIENT);
        call(channel, method, PATIENT);
        assertThat(before).containsExactly("false null", "false null");
    }

    @Test
    void callbacksSeeTheContextOfTheirCaller() throws Exception {
        var method = method("Later");
        CountDownLatch go = new CountDownLatch(1);
        RemoraChannel channel = serving(method, q -> {
            go.await(20, TimeUnit.SECONDS);
            return q;
        });
        SpanContext caller = SpanContext.create(TRACE, SPAN, TraceFlags.getSampled(), TraceState.getDefault());
        CompletableFuture<String> seen;
        try (Scope scope = Context.root().with(Span.wrap(caller)).makeCurrent()) {
            seen = ClientCalls.futureUnary(channel, method, PATIENT, StringValue.of("q"))
                    .thenApply(r -> Span.current().getSpanContext().getSpanId());
        }
        go.countDown();
        assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo(SPAN);
    }

    @Test
    void aDeadlineEndsTheSpansOfBothSides() throws Exception {
        var method = method("Slow");
        RemoraChannel channel = serving(method, q -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            cancelled.await(20, TimeUnit.SECONDS);
            return q;
        });
        RpcException late = catchThrowableOfType(
                RpcException.class,
                () -> call(channel, method, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(50))));
        assertThat(late.code()).isEqualTo(dev.remora.api.StatusCode.DEADLINE_EXCEEDED);
        List<SpanData> spans = spans(2);
        assertThat(of(spans, SpanKind.CLIENT, "Slow").getAttributes().get(RpcAttributes.STATUS))
                .isEqualTo("DEADLINE_EXCEEDED");
        assertThat(of(spans, SpanKind.SERVER, "Slow").getEvents())
                .anySatisfy(event -> assertThat(event.getName()).isEqualTo("cancelled"));
    }

    @Test
    void aMalformedTraceContextBeginsANewTrace() throws Exception {
        var method = method("Odd");
        RemoraServer server = RemoraServer.builder(transport)
                .address(new Endpoint("tracing-" + NAMES.incrementAndGet(), 1))
                .service(service(method, q -> q))
                .interceptor(RemoraTracing.create(otel.getOpenTelemetry()).serverInterceptor())
                .start();
        toClose.add(server);
        RemoraChannel channel =
                RemoraChannel.builder(transport).target(server.localAddress()).build();
        toClose.add(channel);
        call(channel, method, PATIENT.withMetadata(Metadata.of(TRACEPARENT, "00-nonsense")));
        SpanData span = of(spans(1), SpanKind.SERVER, "Odd");
        assertThat(span.getParentSpanContext().isValid()).isFalse();
        assertThat(span.getSpanContext().isValid()).isTrue();
    }
}
