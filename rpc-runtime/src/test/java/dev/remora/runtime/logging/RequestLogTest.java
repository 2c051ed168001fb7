package dev.remora.runtime.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.runtime.trace.TraceForwarding;
import dev.remora.runtime.trace.TraceParent;
import dev.remora.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

@Timeout(60)
class RequestLogTest {
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            "log.Test",
            "Say",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    private final InProcessTransport transport = InProcessTransport.create();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final Lines server = new Lines(RequestLog.SERVER_LOGGER);
    private final Lines client = new Lines(RequestLog.CLIENT_LOGGER);

    /** What one logger writes. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Logger logger;
        private final BlockingQueue<ILoggingEvent> events = new LinkedBlockingQueue<>();

        Lines(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
        }

        void open() {
            setContext(logger.getLoggerContext());
            start();
            logger.setLevel(Level.INFO);
            logger.addAppender(this);
        }

        void close() {
            logger.detachAppender(this);
        }

        @Override
        protected void append(ILoggingEvent event) {
            event.prepareForDeferredProcessing();
            events.add(event);
        }

        ILoggingEvent next() throws InterruptedException {
            return Objects.requireNonNull(events.poll(20, TimeUnit.SECONDS), "no line was written");
        }
    }

    @BeforeEach
    void open() {
        server.open();
        client.open();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        transport.close();
        server.close();
        client.close();
    }

    private static BindableService service(ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor("log.Test", List.of(METHOD), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(METHOD, ServerCalls.unary(handler)));
            }
        };
    }

    private RemoraChannel serving(RequestLog log, ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        RemoraServer started = RemoraServer.builder(transport)
                .address(new Endpoint("request-log-" + NAMES.incrementAndGet(), 1))
                .service(service(handler))
                .interceptor(log)
                .interceptor(new CallMdc())
                .start();
        toClose.add(started);
        RemoraChannel channel = RemoraChannel.builder(transport)
                .target(started.localAddress())
                .interceptor(new TraceForwarding())
                .interceptor(log)
                .build();
        toClose.add(channel);
        return channel;
    }

    private static StringValue call(RemoraChannel channel, CallOptions options) {
        return ClientCalls.blockingUnary(channel, METHOD, options, StringValue.of("four"));
    }

    private static @Nullable Object value(ILoggingEvent event, String key) {
        return event.getKeyValuePairs().stream()
                .filter(pair -> pair.key.equals(key))
                .map(pair -> pair.value)
                .findFirst()
                .orElse(null);
    }

    private static RequestLog everything() {
        return new RequestLog(1, Duration.ZERO);
    }

    @Test
    void eachSideWritesOneLineWithWhatIsKnown() throws Exception {
        RemoraChannel channel = serving(everything(), q -> StringValue.of("ok"));
        call(channel, PATIENT.withMetadata(Metadata.of(TraceParent.KEY, PARENT)));
        for (Lines side : List.of(server, client)) {
            ILoggingEvent line = side.next();
            assertThat(line.getLevel()).isEqualTo(Level.INFO);
            assertThat(line.getFormattedMessage()).isEqualTo("log.Test/Say OK");
            assertThat(value(line, "method")).isEqualTo("log.Test/Say");
            assertThat(value(line, "status")).isEqualTo(StatusCode.OK);
            assertThat(value(line, "requests")).isEqualTo(1L);
            assertThat(value(line, "request_bytes")).isEqualTo(6L);
            assertThat(value(line, "responses")).isEqualTo(1L);
            assertThat(value(line, "response_bytes")).isEqualTo(4L);
            assertThat(value(line, "trace_id")).isEqualTo(TRACE);
            assertThat((Long) value(line, "duration_us")).isNotNegative();
            assertThat(value(line, "slow")).isNull();
            assertThat(value(line, "error")).isNull();
            assertThat(side.events).isEmpty();
        }
    }

    @Test
    void aBackendMakesJsonOfIt() throws Exception {
        RemoraChannel channel = serving(everything(), q -> q);
        call(channel, PATIENT);
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(new LoggerContext());
        encoder.start();
        String json = new String(encoder.encode(server.next()), StandardCharsets.UTF_8);
        assertThat(json).contains("{\"method\":\"log.Test\\/Say\"}").contains("{\"status\":\"OK\"}");
        assertThat(json.strip().lines()).hasSize(1);
    }

    @Test
    void theServersLineNamesThePeer() throws Exception {
        RemoraChannel channel = serving(everything(), q -> q);
        call(channel, PATIENT);
        assertThat(String.valueOf(value(server.next(), "peer"))).startsWith("in-process client");
    }

    @Test
    void failuresAreWrittenWhateverTheSampleRate() throws Exception {
        RemoraChannel channel = serving(new RequestLog(0, Duration.ZERO), q -> {
            switch (q.getValue()) {
                case "four" -> throw new RpcException(StatusCode.NOT_FOUND, "no such thing");
                case "bug" -> throw new IllegalStateException("secret");
                default -> {
                    return q;
                }
            }
        });
        ClientCalls.blockingUnary(channel, METHOD, PATIENT, StringValue.of("fine"));
        assertThat(catchThrowableOfType(RpcException.class, () -> call(channel, PATIENT)))
                .isNotNull();
        ILoggingEvent line = server.next();
        assertThat(value(line, "status")).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(value(line, "error")).isEqualTo("no such thing");
        assertThat(line.getLevel()).isEqualTo(Level.INFO);
        assertThat(value(client.next(), "status")).isEqualTo(StatusCode.NOT_FOUND);

        assertThat(catchThrowableOfType(
                        RpcException.class,
                        () -> ClientCalls.blockingUnary(channel, METHOD, PATIENT, StringValue.of("bug"))))
                .isNotNull();
        ILoggingEvent fault = server.next();
        assertThat(value(fault, "status")).isEqualTo(StatusCode.UNKNOWN);
        assertThat(fault.getLevel()).isEqualTo(Level.WARN);
        assertThat(value(fault, "error")).asString().doesNotContain("secret");
    }

    @Test
    void aSlowCallIsAWarningWhateverTheSampleRate() throws Exception {
        RemoraChannel channel = serving(new RequestLog(0, Duration.ofNanos(1)), q -> q);
        call(channel, PATIENT);
        ILoggingEvent line = server.next();
        assertThat(line.getLevel()).isEqualTo(Level.WARN);
        assertThat(value(line, "slow")).isEqualTo(true);
    }

    @Test
    void callsOfOneTraceAreWrittenOnBothSidesOrNeither() throws Exception {
        RemoraChannel channel = serving(new RequestLog(0.5, Duration.ZERO), q -> q);
        String low = "00-" + "1".repeat(18) + "1" + "0".repeat(13) + "-b7ad6b7169203331-01";
        String high = "00-" + "1".repeat(18) + "f" + "0".repeat(13) + "-b7ad6b7169203331-01";
        for (int i = 0; i < 20; i++) {
            call(channel, PATIENT.withMetadata(Metadata.of(TraceParent.KEY, high)));
            call(channel, PATIENT.withMetadata(Metadata.of(TraceParent.KEY, low)));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(value(server.next(), "trace_id")).asString().contains("11" + "1" + "0");
            assertThat(value(client.next(), "trace_id")).asString().contains("11" + "1" + "0");
        }
        assertThat(server.events).isEmpty();
        assertThat(client.events).isEmpty();
    }

    @Test
    void aCallThatWasGivenUpShowsWhatTheClientSawAndWhatTheHandlerDid() throws Exception {
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RemoraChannel channel = serving(everything(), q -> {
            CallContext.current().orElseThrow().onCancel(gone::countDown);
            go.await(20, TimeUnit.SECONDS);
            return q;
        });
        assertThat(catchThrowableOfType(
                                RpcException.class,
                                () -> call(channel, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(20))))
                        .code())
                .isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(value(client.next(), "status")).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(gone.await(20, TimeUnit.SECONDS)).as("the server knows").isTrue();
        assertThat(server.events).isEmpty();
        go.countDown();
        ILoggingEvent line = server.next();
        // The client's clock began to run first: it may have told the server before the server saw it by itself.
        assertThat(value(line, "status")).isIn(StatusCode.DEADLINE_EXCEEDED, StatusCode.CANCELLED);
        assertThat(value(line, "handler_status")).isEqualTo(StatusCode.OK);
    }

    @Test
    void nothingIsWrittenWhereTheLoggerIsOff() {
        server.logger.setLevel(Level.ERROR);
        client.logger.setLevel(Level.OFF);
        RemoraChannel channel = serving(new RequestLog(1, Duration.ofNanos(1)), q -> q);
        call(channel, PATIENT);
        assertThat(server.events).isEmpty();
        assertThat(client.events).isEmpty();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new RequestLog(1.5, Duration.ZERO)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> new RequestLog(Double.NaN, Duration.ZERO)).hasMessageContaining("0 to 1");
        assertThatThrownBy(() -> new RequestLog(1, Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
    }

    @Test
    void theHandlersLinesKnowTheCallAndThoseOfItsThreadsToo() throws Exception {
        List<String> seen = new ArrayList<>();
        RemoraChannel channel = serving(everything(), q -> {
            seen.add(MDC.get(CallMdc.METHOD) + " " + MDC.get(CallMdc.TRACE_ID));
            CallContext context = CallContext.current().orElseThrow();
            Thread.ofPlatform()
                    .start(() -> context.run(() -> seen.add(MDC.get(CallMdc.METHOD) + " " + MDC.get(CallMdc.TRACE_ID))))
                    .join();
            assertThat(MDC.get(CallMdc.PEER)).startsWith("in-process client");
            return q;
        });
        call(channel, PATIENT.withMetadata(Metadata.of(TraceParent.KEY, PARENT)));
        assertThat(seen).containsExactly("log.Test/Say " + TRACE, "log.Test/Say " + TRACE);
        assertThat(value(server.next(), "status")).isEqualTo(StatusCode.OK);
    }

    @Test
    void aServiceWithoutATracerHandsTheTraceOn() throws Exception {
        List<Metadata> seen = new ArrayList<>();
        RemoraChannel back = serving(everything(), q -> {
            seen.add(CallContext.current().orElseThrow().requestMetadata());
            return q;
        });
        RemoraChannel front = serving(everything(), q -> ClientCalls.blockingUnary(back, METHOD, PATIENT, q));
        Metadata trace = Metadata.of(TraceParent.KEY, PARENT).plus(TraceParent.STATE_KEY, "a=b");
        call(front, PATIENT.withMetadata(trace));
        call(front, PATIENT);
        assertThat(seen).containsExactly(trace, Metadata.EMPTY);
    }
}
