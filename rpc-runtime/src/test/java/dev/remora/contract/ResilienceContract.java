package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Criticality;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.balance.BalanceSettings;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.metrics.RpcMetrics;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.HedgePolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.Endpoint;
import dev.remora.spi.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What retries, hedging and admission promise on every transport, with real servers that refuse, hang and die. Subclass it per
 * transport.
 */
@Timeout(60)
public abstract class ResilienceContract {
    private static final String SERVICE = "contract.Text";
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            SERVICE,
            "Say",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final MethodDescriptor<StringValue, StringValue> IDEMPOTENT = METHOD.withIdempotent(true);
    private static final CallOptions OPTIONS = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(Patience.BOUND_S));
    private static final CallPolicy ONCE = CallPolicy.DEFAULT.withRetry(RetryPolicy.NONE);

    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final CountDownLatch testEnds = new CountDownLatch(1);
    private Transport clientSide;
    private Transport serverSide;

    /** A transport with its default settings; the suite closes it. */
    protected abstract Transport newTransport();

    /** An address to listen on that is free, or has port 0. */
    protected abstract Endpoint freshAddress();

    /** Message buffers of all transports made here that nobody has released; 0 if the transport cannot tell. */
    protected long buffersInUse() {
        return 0;
    }

    @BeforeEach
    void openTransports() {
        clientSide = closing(newTransport());
        serverSide = closing(newTransport());
    }

    @AfterEach
    void closeAll() throws Exception {
        testEnds.countDown();
        for (AutoCloseable c : toClose.reversed()) {
            c.close();
        }
        Patience.until(() -> buffersInUse() == 0, "every message buffer released; there are " + buffersInUse());
    }

    private <C extends AutoCloseable> C closing(C c) {
        toClose.add(c);
        return c;
    }

    private static BindableService service(ServerCallHandler<StringValue, StringValue> handler) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor(SERVICE, List.of(METHOD), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(METHOD, handler));
            }
        };
    }

    private RemoraServer serve(ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        return serve(handler, DefaultValues.of(ServerSettings.ALL));
    }

    private RemoraServer serve(ServerCalls.UnaryMethod<StringValue, StringValue> handler, DefaultValues settings) {
        return closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(ServerCalls.unary(handler)))
                .settings(settings)
                .start());
    }

    private static DefaultValues queue(long concurrent, long waiting) {
        return DefaultValues.of(ServerSettings.ALL)
                .with(ServerSettings.MAX_CONCURRENT_CALLS, concurrent)
                .with(AdmissionSettings.QUEUE_MAX_CALLS, waiting)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 0L);
    }

    private RemoraChannel channel(CallPolicy policy, RemoraServer... servers) {
        // First attempts go to the first server, as long as it is there.
        RemoraChannel.Builder builder = RemoraChannel.builder(clientSide)
                .policies(CallPolicies.of(policy))
                .settings(DefaultValues.of(ClientSettings.ALL).with(BalanceSettings.POLICY, "first-ready"));
        for (RemoraServer server : servers) {
            builder.target(server.localAddress());
        }
        return closing(builder.build());
    }

    private static CompletableFuture<StringValue> start(
            RemoraChannel channel, MethodDescriptor<StringValue, StringValue> method, String text) {
        return start(channel, method, OPTIONS, text);
    }

    private static CompletableFuture<StringValue> start(
            RemoraChannel channel,
            MethodDescriptor<StringValue, StringValue> method,
            CallOptions options,
            String text) {
        return ClientCalls.futureUnary(channel, method, options, StringValue.of(text));
    }

    private static String say(RemoraChannel channel, MethodDescriptor<StringValue, StringValue> method, String text) {
        return ClientCalls.blockingUnary(channel, method, OPTIONS, StringValue.of(text))
                .getValue();
    }

    private static RpcException failure(CompletableFuture<StringValue> call) {
        ExecutionException failure =
                catchThrowableOfType(ExecutionException.class, () -> call.get(Patience.BOUND_S, TimeUnit.SECONDS));
        return (RpcException) Objects.requireNonNull(failure.getCause());
    }

    private static int attempt() {
        return RetryMetadata.attemptOf(CallContext.current().orElseThrow().requestMetadata());
    }

    /** Hangs until the call is cancelled or the test ends. */
    private void hang(Runnable onCancel) throws InterruptedException {
        CountDownLatch cancelled = new CountDownLatch(1);
        CallContext.current().orElseThrow().onCancel(() -> {
            onCancel.run();
            cancelled.countDown();
        });
        while (cancelled.getCount() > 0 && !testEnds.await(1, TimeUnit.MILLISECONDS)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aCallThatWaitsForItsRetryIsEndedByItsCallersCancel() throws Exception {
        AtomicInteger served = new AtomicInteger();
        RemoraServer server = serve(request -> {
            served.incrementAndGet();
            throw new RpcException(StatusCode.UNAVAILABLE, "not now");
        });
        RetryPolicy inAnHour = RetryPolicy.DEFAULT.withBackoff(Duration.ofHours(1), Duration.ofHours(1));
        RemoraChannel channel = channel(CallPolicy.DEFAULT.withRetry(inAnHour), server);
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<StringValue, StringValue> call = channel.newCall(IDEMPOTENT, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(StringValue message) {}

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                Metadata.EMPTY);
        call.sendMessage(StringValue.of("x"));
        call.halfClose();
        Patience.until(() -> served.get() == 1 && channel.outstanding() == 0, "the first attempt has failed");

        call.cancel("enough", null);

        Status status = end.get(Patience.BOUND_S, TimeUnit.SECONDS);
        assertThat(status.code()).isEqualTo(StatusCode.CANCELLED);
        assertThat(status.message()).isEqualTo("enough");
        assertThat(served).hasValue(1);
    }

    @Test
    void aCallThatAServerRefusesIsServedByAnother() {
        CountDownLatch inside = new CountDownLatch(1);
        RemoraServer full = serve(
                q -> {
                    inside.countDown();
                    hang(() -> {});
                    return q;
                },
                queue(1, 0));
        start(channel(ONCE, full), METHOD, "occupies it");
        Patience.await(inside, "the only place is taken");
        RemoraServer free = serve(q -> StringValue.of("attempt " + attempt()));
        RemoraChannel channel = channel(CallPolicy.DEFAULT, full, free);
        for (int i = 0; i < 4; i++) {
            assertThat(say(channel, METHOD, "x")).isEqualTo("attempt 2");
        }
    }

    @Test
    void aServerThatIsGoneIsPassedOver() {
        RemoraServer gone = serve(q -> q);
        RemoraServer alive = serve(q -> StringValue.of("alive"));
        RemoraChannel channel = channel(CallPolicy.DEFAULT, gone, alive);
        gone.close();
        for (int i = 0; i < 3; i++) {
            assertThat(say(channel, METHOD, "x")).isEqualTo("alive");
        }
    }

    @Test
    void anIdempotentCallSurvivesTheLossOfItsServerAndAnotherDoesNot() {
        CountDownLatch inside = new CountDownLatch(2);
        AtomicInteger ran = new AtomicInteger();
        RemoraServer dying = serve(q -> {
            inside.countDown();
            hang(() -> {});
            return q;
        });
        RemoraServer alive = serve(q -> {
            ran.incrementAndGet();
            return StringValue.of("alive");
        });
        CallPolicy patient = CallPolicy.DEFAULT.withRetry(RetryPolicy.DEFAULT.withMaxAttempts(6));
        RemoraChannel idempotent = channel(patient, dying, alive);
        RemoraChannel other = channel(patient, dying, alive);
        CompletableFuture<StringValue> saved = start(idempotent, IDEMPOTENT, "x");
        CompletableFuture<StringValue> lost = start(other, METHOD, "x");
        Patience.await(inside, "both calls are with the server that dies");
        dying.close();
        assertThat(Patience.await(saved, "the other server answers").getValue()).isEqualTo("alive");
        assertThat(failure(lost).code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(ran).hasValue(1);
    }

    @Test
    void aHedgeWinsAgainstAServerThatHangsWhichHearsOfIt() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer hanging = serve(q -> {
            hang(cancelled::countDown);
            return q;
        });
        RemoraServer quick = serve(q -> StringValue.of("attempt " + attempt()));
        RemoraChannel channel = channel(ONCE.withHedge(HedgePolicy.after(Duration.ofMillis(20))), hanging, quick);
        assertThat(say(channel, IDEMPOTENT, "x")).isEqualTo("attempt 2");
        if (clientSide.capabilities().cancelReachesServer()) {
            Patience.await(cancelled, "the loser's handler hears that it is cancelled");
        }
        Patience.until(() -> channel.outstanding() == 0, "no attempt is left");
    }

    @Test
    void anAttemptThatTakesTooLongIsTriedAgain() {
        RemoraServer server = serve(q -> {
            if (attempt() == 1) {
                hang(() -> {});
            }
            return StringValue.of("attempt " + attempt());
        });
        RemoraChannel channel = channel(
                CallPolicy.DEFAULT.withRetry(RetryPolicy.DEFAULT.withAttemptTimeout(Duration.ofMillis(300))), server);
        assertThat(say(channel, IDEMPOTENT, "x")).isEqualTo("attempt 2");
    }

    @Test
    void aHandlerSaysWhenItWantsToSeeTheCallAgain() {
        RemoraServer server = serve(q -> {
            if (attempt() == 1) {
                throw Status.of(StatusCode.UNAVAILABLE, "not yet")
                        .asException(RetryMetadata.retryAfter(Duration.ofMillis(1)));
            } else if (q.getValue().equals("never")) {
                throw Status.of(StatusCode.UNAVAILABLE, "not at all").asException(RetryMetadata.doNotRetry());
            }
            return StringValue.of("attempt " + attempt());
        });
        // Without the hint it would take longer than anybody waits here.
        RetryPolicy slow = RetryPolicy.DEFAULT.withBackoff(Duration.ofHours(1), Duration.ofHours(1));
        RemoraChannel channel = channel(CallPolicy.DEFAULT.withRetry(slow), server);
        assertThat(say(channel, IDEMPOTENT, "x")).isEqualTo("attempt 2");
        assertThat(failure(start(channel, IDEMPOTENT, "never")).getMessage())
                .contains("not at all", "after 2 attempts");
    }

    @Test
    void aRefusalOfACallOfTheHandlersOwnIsNotTakenForARefusalOfTheHandlersCall() {
        CountDownLatch inside = new CountDownLatch(1);
        RemoraServer back = serve(
                q -> {
                    inside.countDown();
                    hang(() -> {});
                    return q;
                },
                queue(1, 0));
        RemoraChannel toBack = channel(ONCE, back);
        start(toBack, METHOD, "occupies it");
        Patience.await(inside, "the only place is taken");
        AtomicInteger ran = new AtomicInteger();
        RemoraServer front = serve(q -> {
            ran.incrementAndGet();
            return StringValue.of(say(toBack, METHOD, "refused"));
        });
        RpcException failure = failure(start(channel(CallPolicy.DEFAULT, front), METHOD, "x"));
        assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(failure.trailers().get(RetryMetadata.REFUSED)).isNull();
        assertThat(ran).as("its handler has run").hasValue(1);
    }

    @Test
    void callsWaitForTheirTurnUpToTheBoundAndADrainWaitsForThem() throws Exception {
        List<String> served = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer server = serve(
                q -> {
                    served.add(q.getValue());
                    inside.countDown();
                    Patience.await(go, "the test lets it go on");
                    return q;
                },
                queue(1, 2));
        RemoraChannel channel = channel(ONCE, server);
        CompletableFuture<StringValue> a = start(channel, METHOD, "a");
        Patience.await(inside, "the only place is taken");
        CompletableFuture<StringValue> b = start(channel, METHOD, "b");
        Patience.until(() -> server.callsWaiting() == 1, "b waits");
        CompletableFuture<StringValue> c = start(channel, METHOD, "c");
        Patience.until(() -> server.callsWaiting() == 2, "c waits");
        RpcException refused = failure(start(channel, METHOD, "d"));
        assertThat(refused.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refused.getMessage()).contains("queue.max-calls");
        assertThat(refused.trailers().get(RetryMetadata.REFUSED)).isEqualTo("queue-full");
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                drained.complete(server.drain(Duration.ofSeconds(Patience.BOUND_S)));
            } catch (InterruptedException e) {
                drained.completeExceptionally(e);
            }
        });
        go.countDown();
        for (CompletableFuture<StringValue> call : List.of(a, b, c)) {
            Patience.await(call, "those that waited are served");
        }
        assertThat(served).containsExactly("a", "b", "c");
        assertThat(Patience.await(drained, "the drain ends")).isTrue();
    }

    @Test
    void aWaitingCallThatExpiresOrIsCancelledIsNeverServed() {
        List<String> served = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer server = serve(
                q -> {
                    served.add(q.getValue());
                    inside.countDown();
                    Patience.await(go, "the test lets it go on");
                    return q;
                },
                queue(1, 10));
        RemoraChannel channel = channel(ONCE, server);
        CompletableFuture<StringValue> a = start(channel, METHOD, "a");
        Patience.await(inside, "the only place is taken");
        CompletableFuture<StringValue> expiring =
                start(channel, METHOD, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(100)), "expiring");
        assertThat(failure(expiring).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        if (clientSide.capabilities().cancelReachesServer()) {
            CompletableFuture<StringValue> cancelled = start(channel, METHOD, "cancelled");
            Patience.until(() -> server.callsInProgress() == 2, "it waits");
            cancelled.cancel(true);
            Patience.until(() -> server.callsInProgress() == 1, "it does not wait any more");
        }
        go.countDown();
        Patience.await(a, "the call that ran is answered");
        Patience.until(() -> server.callsInProgress() == 0, "nothing is left");
        assertThat(served).containsExactly("a");
    }

    @Test
    void moreCriticalCallsAreServedFirstAndCallsOfHandlersInheritIt() {
        List<String> served = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer back = serve(
                q -> {
                    served.add(q.getValue());
                    inside.countDown();
                    Patience.await(go, "the test lets it go on");
                    return q;
                },
                queue(1, 10));
        RemoraChannel toBack = channel(ONCE, back);
        RemoraServer front = serve(q -> StringValue.of(say(toBack, METHOD, q.getValue())));
        RemoraChannel toFront = channel(ONCE, front);
        List<CompletableFuture<StringValue>> calls = new ArrayList<>();
        calls.add(start(toFront, METHOD, "first"));
        Patience.await(inside, "the only place is taken");
        int waiting = 0;
        for (Criticality criticality : Criticality.values()) {
            calls.add(start(toFront, METHOD, OPTIONS.withMetadata(criticality.asMetadata()), criticality.word()));
            int expected = ++waiting;
            Patience.until(() -> back.callsWaiting() == expected, criticality + " waits");
        }
        go.countDown();
        calls.forEach(call -> Patience.await(call, "all are served"));
        assertThat(served).containsExactly("first", "critical-plus", "critical", "sheddable-plus", "sheddable");
    }

    @Test
    void anyMixtureOfRetriesHedgesCancelsAndDeadlinesThroughAQueueLeavesNothing() {
        MetricRegistry registry = new MetricRegistry();
        RemoraServer server = closing(RemoraServer.builder(serverSide)
                .address(freshAddress())
                .service(service(ServerCalls.unary(q -> {
                    switch (q.getValue().charAt(0)) {
                        case 'f' -> throw new RpcException(StatusCode.UNAVAILABLE, "in trouble");
                        case 'w' -> hang(() -> {});
                        default -> {}
                    }
                    return q;
                })))
                .settings(queue(8, 30).with(AdmissionSettings.QUEUE_ORDER, "srpt"))
                .metrics(new RpcMetrics(registry))
                .start());
        RetryPolicy quick = RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(1), Duration.ofMillis(2));
        RemoraChannel channel =
                channel(CallPolicy.DEFAULT.withRetry(quick).withHedge(HedgePolicy.after(Duration.ofMillis(2))), server);
        List<CompletableFuture<StringValue>> calls = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            MethodDescriptor<StringValue, StringValue> method = i % 2 == 0 ? IDEMPOTENT : METHOD;
            CallOptions brief = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(1 + i % 20));
            calls.add(start(channel, method, "a" + "x".repeat(i)));
            calls.add(start(channel, method, "f" + i));
            calls.add(start(channel, method, brief, "w" + i));
            CompletableFuture<StringValue> cancelled = start(channel, method, "w" + i);
            cancelled.cancel(true);
            calls.add(cancelled);
        }
        for (CompletableFuture<StringValue> call : calls) {
            Patience.until(call::isDone, "every call has ended");
        }
        Patience.until(() -> server.callsInProgress() == 0 && channel.outstanding() == 0, "nothing is left");
        registry.getGauges((name, metric) -> name.startsWith("remora.admission.") && !name.endsWith(".limit"))
                .forEach((name, gauge) -> assertThat(gauge.getValue()).as(name).isEqualTo(0L));
        assertThat(registry.getCounters((name, metric) -> name.endsWith(".waiting")))
                .allSatisfy((name, counter) -> assertThat(counter.getCount()).isZero());
    }
}
