package dev.remora.testing.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.contract.Patience;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.resilience.RetryPolicy;
import dev.remora.spi.TransportException.Reason;
import dev.remora.testing.Echo;
import dev.remora.testing.RemoraExtension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What callers and handlers see of each fault; the extension checks that none of them leaves a call or a buffer. */
@Timeout(60)
class FaultyCallsTest {
    private final AtomicInteger served = new AtomicInteger();

    @RegisterExtension
    final RemoraExtension remora = RemoraExtension.serving(Echo.service(request -> {
                served.incrementAndGet();
                return StringValue.of(request.getValue() + "!");
            }))
            .build();

    private static RpcException failure(Echo.BlockingStub echo) {
        return catchThrowableOfType(RpcException.class, () -> echo.say("hi"));
    }

    /** A failure that says the server has not run the call is retried by default: then only the last one would be seen. */
    private static Echo.BlockingStub once(Echo.BlockingStub echo) {
        return echo.withOption(RetryPolicy.OPTION, RetryPolicy.NONE);
    }

    private static Echo.BlockingStub impatient(Echo.BlockingStub echo) {
        return echo.withTimeout(Duration.ofMillis(50));
    }

    @Test
    void aDelayedCallIsServedLater(Echo.BlockingStub echo) {
        for (FaultRule.Target side : new FaultRule.Target[] {FaultRule.client("*"), FaultRule.server("*")}) {
            remora.faults().set(java.util.List.of(side.delay(Duration.ofMillis(30))));
            long start = System.nanoTime();
            assertThat(echo.say("hi")).isEqualTo("hi!");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(30_000_000);
        }
    }

    @Test
    void aDelayBeyondTheDeadlineSendsNothing(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.client("*").delay(Duration.ofHours(1)));
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(remora.channel().outstanding()).isZero();
        assertThat(served).hasValue(0);
    }

    @Test
    void aServersDelayBeyondTheDeadlineEndsWithTheTransport(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.server("*").delay(Duration.ofHours(1)));
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(served).hasValue(0);
    }

    @Test
    void aLostRequestIsNotServedAndALostResponseIs(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.client("*").dropRequest().nth(1));
        remora.faults().add(FaultRule.server("*").dropRequest().nth(1));
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(served).hasValue(0);

        remora.faults().clear();
        remora.faults().add(FaultRule.client("*").dropResponse().nth(1));
        remora.faults().add(FaultRule.server("*").dropResponse().nth(2));
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(failure(impatient(echo)).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        Patience.until(() -> served.get() == 2, "both were served");
        assertThat(echo.say("hi")).isEqualTo("hi!");
    }

    @Test
    void theHandlerHearsThatItsLostResponseIsNotWaitedForAnyMore() {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        Faults faults = Faults.of(1, FaultRule.server("*").dropResponse());
        try (var serverSide = faults.around(dev.remora.runtime.inprocess.InProcessTransport.create());
                RemoraServer server = RemoraServer.builder(serverSide)
                        .address(new dev.remora.spi.Endpoint("mute", 0))
                        .service(Echo.service(request -> {
                            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
                            inside.countDown();
                            Patience.await(cancelled, "the handler hears of the cancellation");
                            return request;
                        }))
                        .start();
                var channel = dev.remora.runtime.RemoraChannel.builder(serverSide)
                        .target(server.localAddress())
                        .build()) {
            CompletableFuture<StringValue> call = Echo.blockingStub(channel).saySoon("hi");
            Patience.await(inside, "the handler runs");
            call.cancel(true);
            Patience.await(cancelled, "the handler hears of the cancellation");
            Patience.until(() -> server.callsInProgress() == 0, "the call ends");
        }
    }

    @Test
    void anErrorLooksAsIfTheServerHadAnsweredIt(Echo.BlockingStub echo) {
        remora.faults()
                .add(FaultRule.client("test.Echo/Say")
                        .error(StatusCode.RESOURCE_EXHAUSTED)
                        .nth(1));
        remora.faults()
                .add(FaultRule.server("test.Echo/Say")
                        .error(StatusCode.DATA_LOSS)
                        .nth(1));
        assertThat(failure(echo).code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        RpcException second = failure(echo);
        assertThat(second.code()).isEqualTo(StatusCode.DATA_LOSS);
        assertThat(second).hasMessageContaining("injected by a fault rule");
        assertThat(served).hasValue(0);
        assertThat(echo.say("hi")).isEqualTo("hi!");
    }

    @Test
    void aFailureIsOneOfTheTransport(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.client("*").fail(Reason.PEER_LOST).nth(1));
        remora.faults().add(FaultRule.client("*").fail(Reason.OVERLOADED).nth(2));
        remora.faults().add(FaultRule.server("*").abort());
        assertThat(failure(once(echo)).code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(failure(once(echo)).code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(failure(once(echo)).code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(served).hasValue(0);
    }

    @Test
    void aDuplicateIsServedTwiceAndAnsweredOnce(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.client("*").duplicate());
        assertThat(echo.say("hi")).isEqualTo("hi!");
        Patience.until(() -> served.get() == 2, "both were served");
    }

    @Test
    void whatWasInjectedIsToldAndCounted(Echo.BlockingStub echo) {
        remora.faults().add(FaultRule.client("*").fail(Reason.REFUSED).every(2));
        for (int i = 0; i < 4; i++) {
            if (i % 2 == 0) {
                assertThat(echo.say("hi")).isEqualTo("hi!");
            } else {
                assertThat(failure(once(echo)).code()).isEqualTo(StatusCode.UNAVAILABLE);
            }
        }
        assertThat(remora.faults().injected()).isEqualTo(2);
        assertThat(remora.faults().recent())
                .containsExactly(
                        "client call 2 of test.Echo/Say: failed with REFUSED (rule: client * fail REFUSED every 2)",
                        "client call 4 of test.Echo/Say: failed with REFUSED (rule: client * fail REFUSED every 2)");
        assertThat(remora.faults().metrics(java.util.List.of()))
                .filteredOn(metric -> metric.name().equals("faults.failed"))
                .singleElement()
                .satisfies(metric -> assertThat(metric.value().getAsLong()).isEqualTo(2));
    }

    @Test
    void aChannelThatClosesEndsWhatIsDelayedAndDropped() {
        remora.faults().add(FaultRule.client("*").dropRequest().nth(1));
        remora.faults().add(FaultRule.client("*").delay(Duration.ofHours(1)).nth(2));
        Echo.BlockingStub echo = remora.stub(Echo::blockingStub).withTimeout(Duration.ofHours(1));
        CompletableFuture<StringValue> dropped = echo.saySoon("a");
        CompletableFuture<StringValue> delayed = echo.saySoon("b");
        assertThat(remora.channel().outstanding()).isEqualTo(2);
        remora.channel().close();
        assertThat(dropped).isCompletedExceptionally();
        assertThat(delayed).isCompletedExceptionally();
    }
}
