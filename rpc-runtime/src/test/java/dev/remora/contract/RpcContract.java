package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.Deadline;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What calls promise on every transport: status and details, metadata, deadlines that travel, cancellation that reaches
 * the handler, interceptors, limits, bounded concurrency, drain. Subclass it per transport.
 */
@Timeout(60)
public abstract class RpcContract extends CallContentContract {
    private static final String SERVICE = "contract.Text";
    private static final long WAIT_S = 20;
    private static final Metadata.Key<String> TENANT = Metadata.Key.text("tenant");
    private static final Metadata.Key<byte[]> TRACE = Metadata.Key.binary("trace-bin");

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private Transport clientSide;
    private Transport serverSide;

    @BeforeEach
    void openTransports() {
        clientSide = closing(newTransport());
        serverSide = closing(newTransport());
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        Patience.until(() -> buffersInUse() == 0, "every message buffer released; there are " + buffersInUse());
    }

    /** Message buffers of all transports made here that nobody has released; 0 if the transport cannot tell. */
    protected long buffersInUse() {
        return 0;
    }

    private <C extends AutoCloseable> C closing(C c) {
        toClose.add(c);
        return c;
    }

    private static MethodDescriptor<StringValue, StringValue> text(String name) {
        return MethodDescriptor.protobuf(
                SERVICE,
                name,
                MethodDescriptor.Shape.UNARY,
                StringValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
    }

    private static <Q, R> BindableService service(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor(SERVICE, List.of(method), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(method, handler));
            }
        };
    }

    private <Q, R> RemoraServer serve(MethodDescriptor<Q, R> method, ServerCallHandler<Q, R> handler) {
        return closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(method, handler))
                .start());
    }

    private RemoraChannel channelTo(RemoraServer server) {
        return closing(
                RemoraChannel.builder(clientSide).target(server.localAddress()).build());
    }

    private static StringValue of(String text) {
        return StringValue.of(text);
    }

    private static CallOptions timeout(long seconds) {
        return CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(seconds));
    }

    private static RpcException failureOf(Channel channel, MethodDescriptor<StringValue, StringValue> method) {
        return failureOf(channel, method, timeout(WAIT_S));
    }

    private static RpcException failureOf(
            Channel channel, MethodDescriptor<StringValue, StringValue> method, CallOptions options) {
        return catchThrowableOfType(
                RpcException.class, () -> ClientCalls.blockingUnary(channel, method, options, of("x")));
    }

    @Test
    void aCallReturnsTheHandlersAnswer() {
        var method = text("Echo");
        RemoraServer server = serve(method, ServerCalls.unary(q -> of(q.getValue() + "!")));
        assertThat(ClientCalls.blockingUnary(channelTo(server), method, timeout(WAIT_S), of("hi"))
                        .getValue())
                .isEqualTo("hi!");
    }

    @Test
    void anEmptyMessageIsAMessage() {
        var method = text("Echo");
        RemoraServer server = serve(method, ServerCalls.unary(q -> q));
        assertThat(ClientCalls.blockingUnary(channelTo(server), method, timeout(WAIT_S), of("")))
                .isEqualTo(StringValue.getDefaultInstance());
    }

    @Test
    void anInlineHandlerRunsOffVirtualThreadsAndOthersOnThem() {
        var inline = text("Inline").withInline(true);
        var blocking = text("Blocking");
        ServerCallHandler<StringValue, StringValue> handler = ServerCalls.unary(
                q -> of(Boolean.toString(Thread.currentThread().isVirtual())));
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(inline, handler))
                .service(service(blocking, handler))
                .start());
        RemoraChannel channel = channelTo(server);
        assertThat(ClientCalls.blockingUnary(channel, inline, timeout(WAIT_S), of(""))
                        .getValue())
                .isEqualTo("false");
        assertThat(ClientCalls.blockingUnary(channel, blocking, timeout(WAIT_S), of(""))
                        .getValue())
                .isEqualTo("true");
    }

    @Test
    void aLargeMessageArrivesWhole() {
        var method = MethodDescriptor.protobuf(
                SERVICE,
                "Blob",
                MethodDescriptor.Shape.UNARY,
                BytesValue.getDefaultInstance(),
                BytesValue.getDefaultInstance());
        RemoraServer server = serve(method, ServerCalls.unary(q -> q));
        byte[] blob = new byte[4_000_000];
        for (int i = 0; i < blob.length; i++) {
            blob[i] = (byte) (i * 31 + (i >> 8));
        }
        BytesValue answer = ClientCalls.blockingUnary(
                channelTo(server), method, timeout(WAIT_S), BytesValue.of(ByteString.copyFrom(blob)));
        assertThat(Arrays.equals(answer.getValue().toByteArray(), blob)).isTrue();
    }

    @Test
    void statusAndDetailsOfAHandlerReachTheCaller() {
        var method = text("Fail");
        Status status = Status.of(StatusCode.NOT_FOUND, "no such user").withDetail(of("users/7"));
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            throw status.asException(Metadata.of(TENANT, "acme"));
        }));
        RpcException failure = failureOf(channelTo(server), method);
        assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
        assertThat(failure.status().message()).isEqualTo("no such user");
        assertThat(failure.status().detail(StringValue.class)).contains(of("users/7"));
        assertThat(failure.trailers().get(TENANT)).isEqualTo("acme");
    }

    @Test
    void anUnexpectedFailureOfAHandlerIsUnknownAndKeepsItsSecrets() {
        var method = text("Crash");
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            throw new IllegalStateException("password=hunter2");
        }));
        RpcException failure = failureOf(channelTo(server), method);
        assertThat(failure.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(failure.getMessage()).doesNotContain("hunter2");
    }

    @Test
    void metadataGoesBothWays() throws Exception {
        var method = text("Meta");
        AtomicReference<@Nullable Metadata> seen = new AtomicReference<>();
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CallContext context = CallContext.current().orElseThrow();
            seen.set(context.requestMetadata());
            context.addResponseMetadata(Metadata.of(TENANT, "answered"));
            return q;
        }));
        Metadata sent = Metadata.of(TENANT, "acme").plus(TRACE, new byte[] {0, -1, 7});
        CompletableFuture<Metadata> headers = new CompletableFuture<>();
        ClientCall<StringValue, StringValue> call =
                channelTo(server).newCall(method, timeout(WAIT_S).withMetadata(sent));
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata h) {
                        headers.complete(h);
                    }

                    @Override
                    public void onMessage(StringValue message) {}

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        headers.completeExceptionally(new AssertionError("closed without headers: " + status));
                    }
                },
                Metadata.EMPTY);
        call.request(1);
        call.sendMessage(of("x"));
        call.halfClose();
        assertThat(headers.get(WAIT_S, TimeUnit.SECONDS).get(TENANT)).isEqualTo("answered");
        assertThat(seen.get()).isEqualTo(sent);
    }

    @Test
    void anUnknownMethodIsNamed() {
        RemoraServer server = serve(text("Known"), ServerCalls.unary(q -> q));
        RpcException failure = failureOf(channelTo(server), text("Other"));
        assertThat(failure.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(failure.getMessage()).contains("contract.Text/Other");
    }

    @Test
    void aServerThatIsAbsentIsUnavailable() {
        RemoraServer server = serve(text("Echo"), ServerCalls.unary(q -> q));
        Endpoint address = server.localAddress();
        server.close();
        RemoraChannel channel =
                closing(RemoraChannel.builder(clientSide).target(address).build());
        RpcException failure = failureOf(channel, text("Echo"));
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(failure.getMessage()).contains(Integer.toString(address.port()));
    }

    @Test
    void theDeadlineEndsACallAndReachesTheHandler() throws Exception {
        var method = text("Slow");
        CompletableFuture<@Nullable Deadline> seen = new CompletableFuture<>();
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CallContext context = CallContext.current().orElseThrow();
            context.onCancel(cancelled::countDown);
            seen.complete(context.deadline());
            never.await(WAIT_S, TimeUnit.SECONDS);
            return q;
        }));
        RpcException failure =
                failureOf(channelTo(server), method, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300)));
        assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        Deadline deadline = seen.get(WAIT_S, TimeUnit.SECONDS);
        assertThat(deadline).isNotNull();
        assertThat(cancelled.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        never.countDown();
    }

    @Test
    void aNestedCallInheritsDeadlineAndCancellation() throws Exception {
        var inner = text("Inner");
        var outer = text("Outer").withInline(false);
        CompletableFuture<@Nullable Deadline> innerDeadline = new CompletableFuture<>();
        CountDownLatch innerCancelled = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        RemoraServer back = serve(inner, ServerCalls.unary(q -> {
            CallContext context = CallContext.current().orElseThrow();
            innerDeadline.complete(context.deadline());
            context.onCancel(innerCancelled::countDown);
            never.await(WAIT_S, TimeUnit.SECONDS);
            return q;
        }));
        RemoraChannel toBack = channelTo(back);
        RemoraServer front =
                serve(outer, ServerCalls.unary(q -> ClientCalls.blockingUnary(toBack, inner, CallOptions.DEFAULT, q)));
        CompletableFuture<StringValue> call = ClientCalls.futureUnary(channelTo(front), outer, timeout(3600), of("x"));
        assertThat(innerDeadline.get(WAIT_S, TimeUnit.SECONDS)).isNotNull();
        assertThat(innerDeadline.get().remainingNs())
                .isBetween(1L, Duration.ofSeconds(3600).toNanos());
        call.cancel(true);
        assertThat(innerCancelled.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        never.countDown();
    }

    @Test
    void anExpiredDeadlineSendsNothing() {
        var method = text("Echo");
        AtomicInteger served = new AtomicInteger();
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            served.incrementAndGet();
            return q;
        }));
        RpcException failure =
                failureOf(channelTo(server), method, CallOptions.DEFAULT.withDeadline(Deadline.afterNs(-1)));
        assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(server.callsInProgress()).isZero();
        assertThat(served).hasValue(0);
    }

    @Test
    void interceptorsOfBothSidesSeeTheCallInOrder() {
        var method = text("Echo");
        List<String> order = java.util.Collections.synchronizedList(new ArrayList<>());
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(method, ServerCalls.unary(q -> q)))
                .interceptor(noting(order, "server-1"))
                .interceptor(noting(order, "server-2"))
                .start());
        RemoraChannel channel = closing(RemoraChannel.builder(clientSide)
                .target(server.localAddress())
                .interceptor(adding(order, "client-1"))
                .interceptor(adding(order, "client-2"))
                .build());
        ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of("x"));
        assertThat(order).containsExactly("client-1", "client-2", "server-1 acme", "server-2 acme");
    }

    private static ServerInterceptor noting(List<String> order, String name) {
        return new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
                order.add(name + " " + call.context().requestMetadata().get(TENANT));
                return next.startCall(call);
            }
        };
    }

    private static ClientInterceptor adding(List<String> order, String name) {
        return new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> intercept(MethodDescriptor<Q, R> m, CallOptions o, Channel next) {
                order.add(name);
                return new ForwardingClientCall<>(next.newCall(m, o)) {
                    @Override
                    public void start(Listener<R> listener, Metadata headers) {
                        super.start(listener, headers.plus(TENANT, "acme"));
                    }
                };
            }
        };
    }

    @Test
    void aServerInterceptorCanRefuse() {
        var method = text("Echo");
        AtomicInteger served = new AtomicInteger();
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(method, ServerCalls.unary(q -> {
                    served.incrementAndGet();
                    return q;
                })))
                .interceptor(new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> intercept(
                            ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
                        throw new RpcException(StatusCode.UNAUTHENTICATED, "who are you?");
                    }
                })
                .start());
        assertThat(failureOf(channelTo(server), method).code()).isEqualTo(StatusCode.UNAUTHENTICATED);
        assertThat(served).hasValue(0);
    }

    @Test
    void limitsOfBothSidesHoldAndNameTheirKnob() {
        var method = text("Grow");
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(
                        method,
                        ServerCalls.unary(
                                q -> of("y".repeat(Integer.parseInt(q.getValue().strip()))))))
                .settings(DefaultValues.of(ServerSettings.ALL)
                        .with(ServerSettings.MAX_REQUEST_BYTES, 1000L)
                        .with(ServerSettings.MAX_RESPONSE_BYTES, 5000L))
                .start());
        RemoraChannel channel = closing(RemoraChannel.builder(clientSide)
                .target(server.localAddress())
                .settings(DefaultValues.of(ClientSettings.ALL)
                        .with(ClientSettings.MAX_REQUEST_BYTES, 2000L)
                        .with(ClientSettings.MAX_RESPONSE_BYTES, 3000L))
                .build());
        record Case(String request, String knob) {}
        for (Case c : List.of(
                new Case(" ".repeat(2500) + "1", "remora.client.max-request-bytes"),
                new Case(" ".repeat(1500) + "1", "remora.server.max-request-bytes"),
                new Case("4000", "remora.client.max-response-bytes"),
                new Case("6000", "remora.server.max-response-bytes"))) {
            assertThatThrownBy(() -> ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of(c.request)))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("RESOURCE_EXHAUSTED")
                    .hasMessageContaining(c.knob);
        }
        assertThat(ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of("20"))
                        .getValue())
                .hasSize(20);
    }

    @Test
    void callsBeyondTheBoundAreRefusedAndTheOthersServed() throws Exception {
        var method = text("Wait");
        CountDownLatch inside = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(method, ServerCalls.unary(q -> {
                    inside.countDown();
                    go.await(WAIT_S, TimeUnit.SECONDS);
                    return q;
                })))
                .settings(DefaultValues.of(ServerSettings.ALL).with(ServerSettings.MAX_CONCURRENT_CALLS, 2L))
                .start());
        RemoraChannel channel = channelTo(server);
        CompletableFuture<StringValue> a = ClientCalls.futureUnary(channel, method, timeout(WAIT_S), of("a"));
        CompletableFuture<StringValue> b = ClientCalls.futureUnary(channel, method, timeout(WAIT_S), of("b"));
        assertThat(inside.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        RpcException refused = failureOf(channel, method);
        assertThat(refused.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refused.getMessage()).contains("max-concurrent-calls");
        go.countDown();
        assertThat(a.get(WAIT_S, TimeUnit.SECONDS).getValue()).isEqualTo("a");
        assertThat(b.get(WAIT_S, TimeUnit.SECONDS).getValue()).isEqualTo("b");
        assertThat(ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of("c"))
                        .getValue())
                .isEqualTo("c");
    }

    @Test
    void anAnsweredCallHasMadeRoomForTheNext() {
        var method = text("Echo");
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(method, ServerCalls.unary(q -> q)))
                .settings(DefaultValues.of(ServerSettings.ALL).with(ServerSettings.MAX_CONCURRENT_CALLS, 1L))
                .start());
        RemoraChannel channel = channelTo(server);
        for (int i = 0; i < 2_000; i++) {
            assertThat(ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of("q"))
                            .getValue())
                    .isEqualTo("q");
        }
    }

    @Test
    void drainLetsCallsInProgressEndAndTakesNoNewOnes() throws Exception {
        var method = text("Wait");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            inside.countDown();
            go.await(WAIT_S, TimeUnit.SECONDS);
            return q;
        }));
        RemoraChannel channel = channelTo(server);
        CompletableFuture<StringValue> running = ClientCalls.futureUnary(channel, method, timeout(WAIT_S), of("a"));
        assertThat(inside.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                drained.complete(server.drain(Duration.ofSeconds(WAIT_S)));
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        // Calls are served until the drain has begun; the first refusal shows that it has.
        RpcException refused = null;
        while (refused == null) {
            refused = catchThrowableOfType(RpcException.class, () -> {
                CompletableFuture<StringValue> probe = ClientCalls.futureUnary(
                        channel, method, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(50)), of("p"));
                try {
                    probe.get(WAIT_S, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    RpcException rpc = (RpcException) Objects.requireNonNull(e.getCause());
                    if (rpc.code() != StatusCode.DEADLINE_EXCEEDED) {
                        throw rpc;
                    }
                }
            });
        }
        assertThat(refused.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(running).isNotDone();
        go.countDown();
        assertThat(running.get(WAIT_S, TimeUnit.SECONDS).getValue()).isEqualTo("a");
        assertThat(drained.get(WAIT_S, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aDrainThatIsInterruptedClosesTheServer() throws Exception {
        var method = text("Wait");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            inside.countDown();
            cancelled.await(WAIT_S, TimeUnit.SECONDS);
            return q;
        }));
        RemoraChannel channel = channelTo(server);
        CompletableFuture<StringValue> running = ClientCalls.futureUnary(channel, method, timeout(WAIT_S), of("a"));
        assertThat(inside.await(WAIT_S, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        Thread draining = Thread.ofPlatform().start(() -> {
            try {
                drained.complete(server.drain(Duration.ofHours(1)));
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        draining.interrupt();
        assertThatThrownBy(() -> drained.get(WAIT_S, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
        assertThat(cancelled.await(WAIT_S, TimeUnit.SECONDS))
                .as("the handler is cancelled")
                .isTrue();
        assertThatThrownBy(() -> running.get(WAIT_S, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void malformedEnvelopesAreAnsweredWithInternal() throws Exception {
        RemoraServer server = serve(text("Echo"), ServerCalls.unary(q -> q));
        try (ClientTransport raw = clientSide.connect(server.localAddress())) {
            for (byte[] bytes : List.of(
                    new byte[0], new byte[] {9}, new byte[] {1, 0}, new byte[] {1, 0, 0, 120, 1}, new byte[] {1, 7, 0
                    })) {
                MessageBuffer request = raw.allocate(bytes.length);
                request.bytes().put(bytes);
                CompletableFuture<Byte> status = new CompletableFuture<>();
                raw.call(request, 0, new ResponseHandler() {
                    @Override
                    public void onResponse(MessageBuffer response) {
                        status.complete(response.bytes().get(2));
                        response.release();
                    }

                    @Override
                    public void onFailure(TransportException failure) {
                        status.completeExceptionally(failure);
                    }
                });
                assertThat(status.get(WAIT_S, TimeUnit.SECONDS).intValue())
                        .as("status for %s", Arrays.toString(bytes))
                        .isEqualTo(StatusCode.INTERNAL.number());
            }
        }
    }

    @Test
    void aRequestThatDoesNotParseIsInternal() {
        var sent = MethodDescriptor.protobuf(
                SERVICE,
                "Echo",
                MethodDescriptor.Shape.UNARY,
                BytesValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
        RemoraServer server = serve(text("Echo"), ServerCalls.unary(q -> q));
        assertThatThrownBy(() -> ClientCalls.blockingUnary(
                        channelTo(server), sent, timeout(WAIT_S), BytesValue.of(ByteString.copyFrom(new byte[] {
                            (byte) 0xff, (byte) 0xfe
                        }))))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("INTERNAL");
    }

    @Test
    void theSameServiceTwiceIsRefusedAtStart() {
        var method = text("Echo");
        assertThatThrownBy(() -> RemoraServer.builder(serverSide)
                        .address(freshAddress())
                        .service(service(method, ServerCalls.unary(q -> q)))
                        .service(service(method, ServerCalls.unary(q -> q)))
                        .start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("contract.Text/Echo");
    }

    @Test
    void aServerThatGoesDuringACallIsUnavailableAndItsHandlerHears() throws Exception {
        var method = text("Wait");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            inside.countDown();
            Patience.await(cancelled, "the handler hears of the cancellation");
            return q;
        }));
        CompletableFuture<StringValue> call =
                ClientCalls.futureUnary(channelTo(server), method, timeout(3600), of("x"));
        Patience.await(inside, "the handler runs");
        server.close();
        assertThat(codeOf(call)).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of the cancellation");
        Patience.until(() -> server.callsInProgress() == 0, "no call in progress");
    }

    @Test
    void aClientThatClosesEndsItsCallsAndTheHandlerHears() throws Exception {
        var method = text("Wait");
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            inside.countDown();
            Patience.await(cancelled, "the handler hears of the cancellation");
            return q;
        }));
        RemoraChannel channel = channelTo(server);
        CompletableFuture<StringValue> call = ClientCalls.futureUnary(channel, method, timeout(3600), of("x"));
        Patience.await(inside, "the handler runs");
        channel.close();
        assertThat(codeOf(call)).isEqualTo(StatusCode.UNAVAILABLE);
        Patience.await(cancelled, "the handler hears of the cancellation");
        Patience.until(() -> server.callsInProgress() == 0 && channel.outstanding() == 0, "nothing is left");
    }

    @Test
    void anyMixtureOfAnswersFailuresCancelsAndDeadlinesLeavesNothing() throws Exception {
        var method = text("Mix");
        RemoraServer server = serve(method, ServerCalls.unary(q -> {
            CountDownLatch cancelled = new CountDownLatch(1);
            switch (q.getValue().charAt(0)) {
                case 'f' -> throw new RpcException(StatusCode.NOT_FOUND, "nothing here");
                case 'w' -> {
                    CallContext.current().orElseThrow().onCancel(cancelled::countDown);
                    Patience.await(cancelled, "the handler hears of the cancellation");
                }
                default -> {}
            }
            return of(q.getValue() + "!");
        }));
        RemoraChannel channel = channelTo(server);
        List<CompletableFuture<StringValue>> answered = new ArrayList<>();
        List<CompletableFuture<StringValue>> failed = new ArrayList<>();
        List<CompletableFuture<StringValue>> cancelled = new ArrayList<>();
        List<CompletableFuture<StringValue>> expired = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answered.add(ClientCalls.futureUnary(channel, method, timeout(3600), of("a" + i)));
            failed.add(ClientCalls.futureUnary(channel, method, timeout(3600), of("f" + i)));
            var waiting = ClientCalls.futureUnary(channel, method, timeout(3600), of("w" + i));
            waiting.cancel(true);
            cancelled.add(waiting);
            expired.add(ClientCalls.futureUnary(
                    channel, method, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(1 + i % 5)), of("w" + i)));
        }
        for (int i = 0; i < 200; i++) {
            assertThat(answered.get(i).get(WAIT_S, TimeUnit.SECONDS).getValue()).isEqualTo("a" + i + "!");
            assertThat(codeOf(failed.get(i))).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(cancelled.get(i)).isCancelled();
            assertThat(codeOf(expired.get(i))).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        }
        Patience.until(() -> server.callsInProgress() == 0 && channel.outstanding() == 0, "nothing is left");
    }

    private static StatusCode codeOf(CompletableFuture<?> call) throws Exception {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> call.get(WAIT_S, TimeUnit.SECONDS));
        return ((RpcException) Objects.requireNonNull(failure.getCause())).code();
    }

    @Test
    void manyConcurrentCallsEachGetTheirOwnAnswer() throws Exception {
        var method = text("Echo");
        RemoraServer server = serve(method, ServerCalls.unary(q -> of(q.getValue() + "!")));
        RemoraChannel channel = channelTo(server);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
        for (int t = 0; t < 16; t++) {
            int id = t;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < 200; i++) {
                        String text = id + "/" + i;
                        assertThat(ClientCalls.blockingUnary(channel, method, timeout(WAIT_S), of(text))
                                        .getValue())
                                .isEqualTo(text + "!");
                    }
                } catch (Throwable e) {
                    failures.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(channel.outstanding()).isZero();
        assertThat(server.drain(Duration.ofSeconds(WAIT_S))).isTrue();
    }
}
