package dev.remora.runtime.introspection;

import static dev.remora.runtime.TextService.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.remora.api.CallOptions;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.contract.Patience;
import dev.remora.runtime.Served;
import dev.remora.runtime.TextService;
import dev.remora.runtime.introspection.v1.Call;
import dev.remora.runtime.introspection.v1.CallSide;
import dev.remora.runtime.introspection.v1.IntrospectionRpc;
import dev.remora.runtime.introspection.v1.ListCallsRequest;
import dev.remora.runtime.introspection.v1.ListCallsResponse;
import dev.remora.runtime.introspection.v1.ListSlowCallsRequest;
import dev.remora.runtime.introspection.v1.SlowCall;
import dev.remora.runtime.metrics.Side;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whole calls, from a client that asks why to the service that tells. */
@Timeout(60)
class WhySlowTest {
    private static final long WORK_NS = 30_000_000;

    private final LiveCalls calls = LiveCalls.create();

    private static void work(long ns) {
        long endNs = System.nanoTime() + ns;
        for (long left = ns; left > 0; left = endNs - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    @Test
    void aSlowHandlerIsBlamedAtTheClient() {
        try (Served served = new Served(calls, new TextService(q -> {
            work(WORK_NS);
            return q;
        }))) {
            ClientCalls.blockingUnary(served.channel(), TextService.METHOD, CallOptions.DEFAULT, text("x"));
        }
        List<CallReport> slow = calls.slowest(call -> call.side() == Side.CLIENT);
        assertThat(slow).hasSize(1);
        CallReport report = slow.get(0);
        assertThat(report.status()).isEqualTo(StatusCode.OK);
        ServerTimes server = Objects.requireNonNull(report.server());
        assertThat(server.handlingNs()).isBetween(WORK_NS - 1000, report.durationNs());
        assertThat(report.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(CallPhase.QUEUED, CallPhase.SENDING, CallPhase.WAITING, CallPhase.RECEIVING);
        assertThat(report.explanation()).endsWith("; mostly the handler");
        Patience.until(() -> !calls.slowest(call -> call.side() == Side.SERVER).isEmpty(), "the server's part ends");
        CallReport served = calls.slowest(call -> call.side() == Side.SERVER).get(0);
        assertThat(served.phases())
                .extracting(PhaseTime::phase)
                .containsExactly(CallPhase.QUEUED, CallPhase.HANDLING, CallPhase.RESPONDING);
    }

    @Test
    void theApplicationNeverSeesTheTrailer() {
        try (Served served = new Served(calls, new TextService(q -> {
            work(2_000_000);
            throw new RpcException(StatusCode.NOT_FOUND, "no");
        }))) {
            RpcException failure = catchThrowableOfType(
                    RpcException.class,
                    () -> ClientCalls.blockingUnary(
                            served.channel(), TextService.METHOD, CallOptions.DEFAULT, text("x")));
            assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(failure.trailers().isEmpty()).isTrue();
        }
    }

    @Test
    void aPassedDeadlineSaysWhichPhasesTookHowLong() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (Served served = new Served(calls, new TextService(q -> {
            never.await();
            return q;
        }))) {
            CallOptions options = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(100));
            RpcException failure = catchThrowableOfType(
                    RpcException.class,
                    () -> ClientCalls.blockingUnary(served.channel(), TextService.METHOD, options, text("x")));
            assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            assertThat(failure.getMessage())
                    // Both sides watch it, and either may be the first to say so.
                    .containsPattern("deadline passed (waiting for the response|in the handler)")
                    .containsPattern("queued \\S+ ms \\+ sending \\S+ ms \\+ waiting for \\S+ \\d+ ms");
            SlowCall why = failure.status().detail(SlowCall.class).orElseThrow();
            assertThat(why.getSide()).isEqualTo(CallSide.CLIENT);
            assertThat(why.getPeer()).isEqualTo(served.server().localAddress().toString());

            // The client is gone; what the server still does for it is no secret.
            Patience.until(
                    () ->
                            calls
                                    .inProgress(call ->
                                            call.status() == StatusCode.DEADLINE_EXCEEDED || call.status() == null)
                                    .stream()
                                    .anyMatch(call -> call.side() == Side.SERVER),
                    "the handler that goes on is listed");
            never.countDown();
            Patience.until(() -> calls.inProgress(call -> true).isEmpty(), "it is listed until it ends");
        }
    }

    @Test
    void theServiceListsCallsInProgressOfBothSidesAndNotItself() throws Exception {
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Served served = new Served(calls, new IntrospectionService(calls), new TextService(q -> {
            handling.countDown();
            go.await();
            return q;
        }))) {
            CompletableFuture<?> call = ClientCalls.futureUnary(
                    served.channel(),
                    TextService.METHOD,
                    CallOptions.DEFAULT.withTimeout(Duration.ofHours(1)),
                    text("x"));
            assertThat(handling.await(20, TimeUnit.SECONDS)).isTrue();
            IntrospectionRpc.BlockingStub introspection = IntrospectionRpc.blockingStub(served.channel());

            ListCallsResponse served1 = introspection.listCalls(
                    ListCallsRequest.newBuilder().setSide(CallSide.SERVER).build());
            assertThat(served1.getCallsList()).hasSize(1);
            Call told = served1.getCalls(0);
            assertThat(told.getMethod()).isEqualTo("test.Text/Say");
            assertThat(told.getStatus()).isEmpty();
            assertThat(told.getPhases(told.getPhasesCount() - 1).getPhase()).isEqualTo("handling");
            assertThat(told.getTimeoutUs()).isBetween(3_500_000_000L, 3_600_000_000L);
            assertThat(told.getExplanation()).contains("handler");

            ListCallsResponse mine = introspection.listCalls(ListCallsRequest.newBuilder()
                    .setMethodPrefix("test.")
                    .setLimit(1)
                    .build());
            assertThat(mine.getTotal()).isEqualTo(2);
            assertThat(mine.getCallsCount()).isEqualTo(1);
            assertThat(introspection
                            .listCalls(ListCallsRequest.newBuilder()
                                    .setMinAgeUs(3_600_000_000L)
                                    .build())
                            .getTotal())
                    .isZero();
            go.countDown();
            call.get(20, TimeUnit.SECONDS);
            assertThat(introspection
                            .listSlowCalls(ListSlowCallsRequest.newBuilder()
                                    .setSide(CallSide.CLIENT)
                                    .setMethodPrefix("test.Text/")
                                    .build())
                            .getCalls(0)
                            .getStatus())
                    .isEqualTo("OK");
        }
    }

    @Test
    void limitsOutsideTheBoundsAreRefused() {
        try (Served served = new Served(calls, new IntrospectionService(calls))) {
            IntrospectionRpc.BlockingStub introspection = IntrospectionRpc.blockingStub(served.channel());
            for (ListCallsRequest bad : List.of(
                    ListCallsRequest.newBuilder().setLimit(1001).build(),
                    ListCallsRequest.newBuilder().setLimit(-1).build(),
                    ListCallsRequest.newBuilder().setMinAgeUs(-1).build(),
                    ListCallsRequest.newBuilder().setSideValue(7).build())) {
                RpcException failure = catchThrowableOfType(RpcException.class, () -> introspection.listCalls(bad));
                assertThat(failure.code()).isEqualTo(StatusCode.INVALID_ARGUMENT);
            }
        }
    }
}
