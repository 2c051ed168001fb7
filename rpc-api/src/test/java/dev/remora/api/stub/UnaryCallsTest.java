package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.CallOptions;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class UnaryCallsTest {
    private static final Metadata.Key<String> HINT = Metadata.Key.text("hint");

    private final FakeChannel channel = new FakeChannel();

    private Background<String> blocking() {
        return new Background<>(
                () -> ClientCalls.blockingUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question"));
    }

    private CompletableFuture<String> future() {
        return ClientCalls.futureUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question");
    }

    @Test
    void blockingSendsOneRequestAndReturnsTheResponse() throws Exception {
        Background<String> caller = blocking();
        FakeChannel.Call call = channel.take();
        assertThat(call.sent.take()).isEqualTo("question");
        assertThat(call.sent.take()).isEqualTo("<end>");
        assertThat(call.requested).isEqualTo(1);
        caller.awaitBlocked();
        call.message("answer");
        call.close(Status.OK);
        assertThat(caller.join()).isEqualTo("answer");
    }

    @Test
    void blockingThrowsTheStatusWithTrailers() throws Exception {
        Background<String> caller = blocking();
        channel.take()
                .listener()
                .onClose(Status.of(StatusCode.NOT_FOUND, "no such user"), Metadata.of(HINT, "try again"));
        assertThatThrownBy(caller::join).isInstanceOfSatisfying(RpcException.class, e -> {
            assertThat(e.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(e.trailers().get(HINT)).isEqualTo("try again");
        });
    }

    @Test
    void blockingRefusesNoResponseAndTwo() throws Exception {
        Background<String> none = blocking();
        channel.take().close(Status.OK);
        assertThatThrownBy(none::join).hasMessageContaining("INTERNAL").hasMessageContaining("no response");

        Background<String> two = blocking();
        FakeChannel.Call call = channel.take();
        call.message("a");
        call.message("b");
        call.close(Status.OK);
        assertThatThrownBy(two::join).hasMessageContaining("INTERNAL").hasMessageContaining("more than one");
    }

    @Test
    void blockingDrivesTheCallWhileItCanAndThenWaits() throws Exception {
        FakeChannel driven = new FakeChannel();
        AtomicInteger rounds = new AtomicInteger();
        CompletableFuture<FakeChannel.Call> made = new CompletableFuture<>();
        AbstractStubTest.EchoStub stub = new AbstractStubTest.EchoStub(driven, CallOptions.DEFAULT)
                .withInterceptors(AbstractStubTest.onCall(c -> {
                    c.driving = () -> rounds.incrementAndGet() < 5;
                    made.complete(c);
                }));
        Background<String> caller = Background.onPlatformThread(
                () -> ClientCalls.blockingUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"));
        FakeChannel.Call call = Background.get(made);
        caller.awaitBlocked();
        assertThat(rounds).hasValueGreaterThanOrEqualTo(5);
        call.message("answer");
        call.close(Status.OK);
        assertThat(caller.join()).isEqualTo("answer");
    }

    @Test
    void theEndOfADrivenCallIsSeenWithoutWaiting() throws Exception {
        FakeChannel driven = new FakeChannel();
        AbstractStubTest.EchoStub stub = new AbstractStubTest.EchoStub(driven, CallOptions.DEFAULT)
                .withInterceptors(AbstractStubTest.onCall(c -> c.driving = () -> {
                    c.message("answer");
                    c.close(Status.OK);
                    return true;
                }));
        Background<String> caller = Background.onPlatformThread(
                () -> ClientCalls.blockingUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"));
        assertThat(caller.join()).isEqualTo("answer");
    }

    @Test
    void callerOnAVirtualThreadLeavesTheDrivingToOthers() throws Exception {
        FakeChannel driven = new FakeChannel();
        AtomicInteger rounds = new AtomicInteger();
        AbstractStubTest.EchoStub stub = new AbstractStubTest.EchoStub(driven, CallOptions.DEFAULT)
                .withInterceptors(AbstractStubTest.onCall(c -> c.driving = () -> rounds.incrementAndGet() < 5));
        Background<String> caller = new Background<>(
                () -> ClientCalls.blockingUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"));
        FakeChannel.Call call = driven.take();
        caller.awaitBlocked();
        assertThat(rounds).hasValue(0);
        assertThat(call.listener().drives()).isFalse();
        call.message("answer");
        call.close(Status.OK);
        assertThat(caller.join()).isEqualTo("answer");
    }

    @Test
    void listenersSayWhetherTheirCallerIsGoingToDrive() throws Exception {
        Background<String> blocking = Background.onPlatformThread(
                () -> ClientCalls.blockingUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question"));
        FakeChannel.Call call = channel.take();
        assertThat(call.listener().drives()).isTrue();
        assertThat(new ForwardingClientCall.ForwardingListener<>(call.listener()) {}.drives())
                .as("also through interceptors")
                .isTrue();
        call.message("answer");
        call.close(Status.OK);
        assertThat(blocking.join()).isEqualTo("answer");

        CompletableFuture<String> future = future();
        FakeChannel.Call other = channel.take();
        assertThat(other.listener().drives()).isFalse();
        assertThat(new ForwardingClientCall.ForwardingListener<>(other.listener()) {}.drives())
                .isFalse();
        other.message("answer");
        other.close(Status.OK);
        assertThat(future.join()).isEqualTo("answer");
    }

    @Test
    void interruptIsNoticedWhileDriving() throws Exception {
        FakeChannel driven = new FakeChannel();
        CompletableFuture<Boolean> driving = new CompletableFuture<>();
        AbstractStubTest.EchoStub stub = new AbstractStubTest.EchoStub(driven, CallOptions.DEFAULT)
                .withInterceptors(AbstractStubTest.onCall(c -> c.driving = () -> {
                    driving.complete(true);
                    return true;
                }));
        Background<String> caller = Background.onPlatformThread(
                () -> ClientCalls.blockingUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"));
        Background.get(driving);
        caller.thread.interrupt();
        assertThatThrownBy(caller::join).hasMessageContaining("interrupted");
    }

    @Test
    void interruptCancelsTheBlockingCallAndStaysSet() throws Exception {
        Background<Boolean> caller = new Background<>(() -> {
            assertThatThrownBy(() -> ClientCalls.blockingUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question"))
                    .isInstanceOfSatisfying(
                            RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.CANCELLED));
            return Thread.currentThread().isInterrupted();
        });
        FakeChannel.Call call = channel.take();
        caller.awaitBlocked();
        caller.thread.interrupt();
        assertThat(caller.join()).isTrue();
        assertThat(call.cancelled).isTrue();
    }

    @Test
    void aRequestThatCannotBeWrittenCancelsTheCall() throws Exception {
        FakeChannel failing = new FakeChannel();
        CompletableFuture<FakeChannel.Call> made = new CompletableFuture<>();
        AbstractStubTest.EchoStub stub = new AbstractStubTest.EchoStub(failing, CallOptions.DEFAULT)
                .withInterceptors(AbstractStubTest.onCall(c -> {
                    c.sendFailure = new RpcException(StatusCode.RESOURCE_EXHAUSTED, "too big");
                    made.complete(c);
                }));
        assertThatThrownBy(
                        () -> ClientCalls.blockingUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"))
                .hasMessageContaining("too big");
        assertThat(Background.get(made).cancelled).isTrue();
        assertThat(ClientCalls.futureUnary(stub.channel(), Methods.UNARY, CallOptions.DEFAULT, "question"))
                .isCompletedExceptionally();
    }

    @Test
    void futureCompletes() throws Exception {
        CompletableFuture<String> future = future();
        FakeChannel.Call call = channel.take();
        call.message("answer");
        assertThat(future).isNotDone();
        call.close(Status.OK);
        assertThat(future).isCompletedWithValue("answer");
    }

    @Test
    void futureFailsWithRpcException() throws Exception {
        CompletableFuture<String> future = future();
        channel.take().close(Status.of(StatusCode.UNAVAILABLE, "gone"));
        assertThatThrownBy(() -> Background.get(future))
                .cause()
                .isInstanceOfSatisfying(
                        RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.UNAVAILABLE));
    }

    @Test
    void cancellingTheFutureCancelsTheCall() throws Exception {
        CompletableFuture<String> future = future();
        FakeChannel.Call call = channel.take();
        assertThat(future.cancel(false)).isTrue();
        assertThat(call.cancelled).isTrue();
        assertThatThrownBy(() -> Background.get(future)).isInstanceOf(CancellationException.class);
    }

    @Test
    void callbackGetsResponseAndEndTogether() throws Exception {
        RecordedObserver observer = new RecordedObserver();
        ClientCalls.callbackUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question", observer);
        FakeChannel.Call call = channel.take();
        call.message("answer");
        assertThat(observer.events).isEmpty();
        call.close(Status.OK);
        assertThat(observer.events).containsExactly("answer", "<end>");
    }

    @Test
    void callbackGetsAFailure() throws Exception {
        RecordedObserver observer = new RecordedObserver();
        ClientCalls.callbackUnary(channel, Methods.UNARY, CallOptions.DEFAULT, "question", observer);
        channel.take().close(Status.OK);
        assertThat(observer.events).containsExactly("<error>");
        assertThat(observer.failure).hasMessageContaining("no response");
    }
}
