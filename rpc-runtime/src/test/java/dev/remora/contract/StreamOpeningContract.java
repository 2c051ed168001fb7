package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.CLIENT;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.number;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.RetryMetadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerMethod;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ClientStream;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.balance.BalanceSettings;
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.resilience.BreakerPolicy;
import dev.remora.runtime.resilience.CallPolicies;
import dev.remora.runtime.resilience.CallPolicy;
import dev.remora.runtime.resilience.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An opening that no handler has seen goes to another server, and a breaker stops openings that would most likely fail. */
public interface StreamOpeningContract extends StreamSubject {
    private static DefaultValues places(long count) {
        return StreamRig.serverSettings().with(ServerSettings.MAX_CONCURRENT_CALLS, count);
    }

    private static int attempt() {
        return RetryMetadata.attemptOf(CallContext.current().orElseThrow().requestMetadata());
    }

    /** Echoes, after it has said which attempt it is. */
    private static BindableService everyShape() {
        return StreamRig.service(List.of(
                new ServerMethod<>(BIDI, ServerCalls.bidi((requests, responses) -> {
                    responses.write(of(attempt()));
                    requests.forEach(responses::write);
                })),
                new ServerMethod<>(CLIENT, ServerCalls.clientStreaming(requests -> {
                    StringBuilder all = new StringBuilder("attempt " + attempt() + ":");
                    requests.forEach(request -> all.append(' ').append(request.getValue()));
                    return of(all.toString());
                })),
                new ServerMethod<>(SERVER, ServerCalls.serverStreaming((request, responses) -> {
                    responses.write(of(attempt()));
                    for (int i = 0; i < number(request); i++) {
                        responses.write(of(i));
                    }
                }))));
    }

    /** First openings go to the first server, as long as it is there. */
    private RemoraChannel channel(CallPolicy policy, RemoraServer... servers) {
        RemoraChannel.Builder builder = RemoraChannel.builder(rig().clientSide())
                .policies(CallPolicies.of(policy))
                .settings(StreamRig.clientSettings().with(BalanceSettings.POLICY, "first-ready"));
        for (RemoraServer server : servers) {
            builder.target(server.localAddress());
        }
        return rig().built(builder);
    }

    private static BidiStream<StringValue, StringValue> open(RemoraChannel channel) {
        return ClientCalls.blockingBidi(channel, BIDI, patient());
    }

    /** Takes a place at a server. */
    private BidiStream<StringValue, StringValue> occupy(RemoraServer server) {
        BidiStream<StringValue, StringValue> stream = open(rig().channelTo(server));
        assertThat(stream.read()).isEqualTo(of(1));
        return stream;
    }

    private static void everyShapeIsServedByAttempt(int expected, RemoraChannel channel) {
        try (BidiStream<StringValue, StringValue> bidi = open(channel)) {
            for (int i = 0; i < 300; i++) {
                bidi.write(of(i));
            }
            bidi.halfClose();
            List<StringValue> echoed = new ArrayList<>();
            bidi.forEach(echoed::add);
            assertThat(echoed.removeFirst()).isEqualTo(of(expected));
            assertThat(echoed)
                    .isEqualTo(IntStream.range(0, 300).mapToObj(StreamRig::of).toList());
        }
        try (BidiStream<StringValue, StringValue> silent = open(channel)) {
            assertThat(silent.read()).as("opened without a message").isEqualTo(of(expected));
        }
        try (ClientStream<StringValue, StringValue> upload =
                ClientCalls.blockingClientStreaming(channel, CLIENT, patient())) {
            upload.write(of("a"));
            upload.write(of("b"));
            assertThat(upload.finish()).isEqualTo(of("attempt " + expected + ": a b"));
        }
        assertThat(ClientCalls.blockingServerStreaming(channel, SERVER, patient(), of(2)))
                .containsExactly(of(expected), of(0), of(1));
    }

    @Test
    default void aStreamThatAFullServerRefusesIsServedByAnother() {
        RemoraServer full = rig().serve(places(1), everyShape());
        RemoraServer free = rig().serve(StreamRig.serverSettings(), everyShape());
        try (var unused = occupy(full)) {
            everyShapeIsServedByAttempt(2, channel(CallPolicy.DEFAULT, full, free));
        }
        Patience.until(() -> full.callsInProgress() == 0, "what was refused is not counted");
    }

    @Test
    default void aServerWithAsManyStreamsAsItTakesPassesThemOn() {
        RemoraServer full =
                rig().serve(StreamRig.serverSettings().with(StreamSettings.SERVER_MAX_OPEN, 1L), everyShape());
        RemoraServer free = rig().serve(StreamRig.serverSettings(), everyShape());
        try (var unused = occupy(full)) {
            everyShapeIsServedByAttempt(2, channel(CallPolicy.DEFAULT, full, free));
        }
    }

    @Test
    default void aDrainingServerPassesNewStreamsOn() {
        RemoraServer draining = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraServer other = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraChannel channel = channel(CallPolicy.DEFAULT, draining, other);
        BidiStream<StringValue, StringValue> old = open(channel);
        assertThat(old.read()).isEqualTo(of(1));
        CompletableFuture<Boolean> drained = new CompletableFuture<>();
        rig().start(() -> drained.complete(draining.drain(Duration.ofSeconds(Patience.BOUND_S))));
        Patience.until(() -> isServedByAttempt(2, channel), "the drain has begun");
        everyShapeIsServedByAttempt(2, channel);
        old.write(of("goes on"));
        assertThat(old.read()).isEqualTo(of("goes on"));
        old.halfClose();
        assertThat(old.read()).isNull();
        assertThat(Patience.await(drained, "the drain")).isTrue();
    }

    private static boolean isServedByAttempt(int attempt, RemoraChannel channel) {
        try (BidiStream<StringValue, StringValue> stream = open(channel)) {
            return of(attempt).equals(stream.read());
        }
    }

    @Test
    default void aServerThatIsGoneIsPassedOver() {
        RemoraServer gone = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraServer alive = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraChannel first = channel(CallPolicy.DEFAULT, gone, alive);
        RemoraChannel second = channel(CallPolicy.DEFAULT, gone, alive);
        gone.close();
        try (BidiStream<StringValue, StringValue> stream = open(first)) {
            stream.write(of("x"));
            assertThat(stream.read()).isIn(of(1), of(2));
            assertThat(stream.read()).isEqualTo(of("x"));
        }
        List<StringValue> answers = new ArrayList<>();
        ClientCalls.blockingServerStreaming(second, SERVER, patient(), of(1)).forEach(answers::add);
        assertThat(answers).hasSize(2).last().isEqualTo(of(0));
    }

    @Test
    default void aServerStreamThatHasWaitedInAQueueInVainIsServedByAnother() {
        DefaultValues queue = places(1)
                .with(AdmissionSettings.QUEUE_MAX_CALLS, 10L)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 20_000_000L);
        RemoraServer full = rig().serve(queue, everyShape());
        RemoraServer free = rig().serve(StreamRig.serverSettings(), everyShape());
        try (var unused = occupy(full)) {
            RemoraChannel channel = channel(CallPolicy.DEFAULT, full, free);
            assertThat(ClientCalls.blockingServerStreaming(channel, SERVER, patient(), of(1)))
                    .containsExactly(of(2), of(0));
        }
    }

    @Test
    default void aStreamThatAHandlerHasSeenGoesNowhereElse() {
        AtomicInteger ran = new AtomicInteger();
        RemoraServer dying = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraServer alive = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> ran.incrementAndGet()));
        RemoraChannel channel = channel(CallPolicy.DEFAULT, dying, alive);
        BidiStream<StringValue, StringValue> stream = open(channel);
        assertThat(stream.read()).isEqualTo(of(1));
        dying.close();
        RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(ran).hasValue(0);
    }

    @Test
    default void whoWantsNoSecondAttemptHasNone() {
        RemoraServer full = rig().serve(places(1), everyShape());
        RemoraServer free = rig().serve(StreamRig.serverSettings(), everyShape());
        RemoraChannel channel = channel(CallPolicy.DEFAULT, full, free);
        try (var unused = occupy(full)) {
            var once = patient().with(RetryPolicy.OPTION, RetryPolicy.NONE);
            BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, once);
            RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
            assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(failure.trailers().get(RetryMetadata.REFUSED)).isEqualTo("concurrency");
        }
    }

    @Test
    default void whereEverybodyRefusesTheLastRefusalIsTold() {
        RemoraServer full = rig().serve(places(1), everyShape());
        CallPolicy quick = CallPolicy.DEFAULT.withRetry(
                RetryPolicy.DEFAULT.withBackoff(Duration.ofMillis(1), Duration.ofMillis(1)));
        RemoraChannel channel = channel(quick, full);
        try (var unused = occupy(full)) {
            for (int i = 0; i < 3; i++) {
                BidiStream<StringValue, StringValue> stream = open(channel);
                stream.write(of(i));
                RpcException failure = catchThrowableOfType(RpcException.class, stream::read);
                assertThat(failure.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
                assertThat(failure)
                        .hasMessageContaining("remora.server.max-concurrent-calls")
                        .hasMessageContaining("after 3 attempts");
                assertThat(failure.trailers().get(RetryMetadata.REFUSED)).isEqualTo("concurrency");
            }
        }
    }

    @Test
    default void aBreakerRefusesStreamsThatWouldFailAndIsClosedByOneThatGoesOn() {
        AtomicBoolean well = new AtomicBoolean();
        AtomicInteger opened = new AtomicInteger();
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            opened.incrementAndGet();
            if (!well.get()) {
                throw Status.of(StatusCode.UNAVAILABLE, "ill").asException();
            }
            responses.write(of("well"));
            requests.forEach(responses::write);
        }));
        BreakerPolicy breaker = new BreakerPolicy(
                true, 0.5, Set.of(StatusCode.UNAVAILABLE), 0, 1, 3_600_000_000_000L, 3, 100_000_000L, 1);
        RemoraChannel channel = channel(CallPolicy.DEFAULT.withBreaker(breaker), server);
        for (int i = 0; i < 3; i++) {
            BidiStream<StringValue, StringValue> stream = open(channel);
            RpcException ill = catchThrowableOfType(RpcException.class, stream::read);
            assertThat(ill.code()).isEqualTo(StatusCode.UNAVAILABLE);
            assertThat(ill).hasMessageContaining("ill");
        }
        BidiStream<StringValue, StringValue> stopped = open(channel);
        RpcException refused = catchThrowableOfType(RpcException.class, stopped::read);
        assertThat(refused.code()).isEqualTo(StatusCode.UNAVAILABLE);
        assertThat(refused).hasMessageContaining("circuit of " + BIDI.fullName());
        assertThat(opened).hasValue(3);

        well.set(true);
        List<BidiStream<StringValue, StringValue>> open = new ArrayList<>();
        Patience.until(
                () -> {
                    BidiStream<StringValue, StringValue> trial = open(channel);
                    try {
                        assertThat(trial.read()).isEqualTo(of("well"));
                        return open.add(trial);
                    } catch (RpcException e) {
                        return false;
                    }
                },
                "the breaker lets one try");
        // There is one trial, and its stream goes on: so what was heard of it must have been enough.
        for (int i = 0; i < 5; i++) {
            BidiStream<StringValue, StringValue> further = open(channel);
            assertThat(further.read()).isEqualTo(of("well"));
            open.add(further);
        }
        open.forEach(BidiStream::close);
    }
}
