package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.CLIENT;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Criticality;
import dev.remora.api.Metadata;
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
import dev.remora.runtime.config.AdmissionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.logging.CallMdc;
import dev.remora.spi.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

/** What a stream is like any other call: it goes to a server that was picked, is let in as one call, has trailers. */
public interface StreamCallContract extends StreamSubject {
    Metadata.Key<String> TRAILER = Metadata.Key.text("t");

    @Test
    default void aHandlerAddsTrailersWhateverTheEnd() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            CallContext context = CallContext.current().orElseThrow();
            context.addTrailers(Metadata.of(TRAILER, "early").plus(RetryMetadata.REFUSED, "not for a handler to say"));
            for (StringValue request : requests) {
                if (request.getValue().equals("fail")) {
                    throw Status.of(StatusCode.ABORTED, "as wished").asException(Metadata.of(TRAILER, "late"));
                }
            }
        }));
        RemoraChannel channel = rig().channelTo(server);
        for (String request : List.of("end", "fail")) {
            var call = channel.newCall(BIDI, patient());
            RecordedStream<StringValue> heard = new RecordedStream<>();
            call.start(heard, Metadata.EMPTY);
            call.request(1);
            call.sendMessage(of(request));
            call.halfClose();
            boolean fails = request.equals("fail");
            assertThat(heard.end().code()).isEqualTo(fails ? StatusCode.ABORTED : StatusCode.OK);
            assertThat(heard.trailers().getAll(TRAILER)).isEqualTo(fails ? List.of("early", "late") : List.of("early"));
            assertThat(heard.trailers().get(RetryMetadata.REFUSED)).isNull();
        }
    }

    @Test
    default void anInterceptorsContextSurroundsTheWholeStream() {
        RemoraServer server = rig().started(RemoraServer.builder(rig().serverSide())
                .address(rig().freshAddress())
                .interceptor(new CallMdc())
                .service(StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                    for (StringValue request : requests) {
                        responses.write(of(request.getValue() + MDC.get(CallMdc.METHOD)));
                    }
                }))));
        try (BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient())) {
            for (int i = 0; i < 50; i++) {
                stream.write(of(i));
                assertThat(stream.read()).isEqualTo(of(i + BIDI.fullName()));
            }
        }
    }

    @Test
    default void allOfAStreamGoesToOneServerAndStreamsGoToAll() {
        List<String> targets = new ArrayList<>();
        for (int n = 0; n < 3; n++) {
            StringValue name = of(n);
            targets.add(rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
                        for (StringValue unused : requests) {
                            responses.write(name);
                        }
                    }))
                    .localAddress()
                    .toString());
        }
        RemoraChannel channel =
                rig().built(RemoraChannel.builder(rig().clientSide()).target(String.join(",", targets)));
        Set<StringValue> all = new TreeSet<>((a, b) -> a.getValue().compareTo(b.getValue()));
        for (int n = 0; n < 30; n++) {
            try (BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, patient())) {
                stream.write(of("who"));
                StringValue who = stream.read();
                all.add(who);
                for (int i = 0; i < 10; i++) {
                    stream.write(of("who"));
                    assertThat(stream.read()).isEqualTo(who);
                }
            }
        }
        assertThat(all).containsExactlyInAnyOrder(of(0), of(1), of(2));
        Patience.until(() -> channel.outstanding() == 0, "no server counts a stream any more");
        assertThat(channel.peers())
                .allSatisfy(peer -> assertThat(peer.outstanding()).isZero());
    }

    @Test
    default void aPatientStreamWaitsForItsServerAndAnImpatientOneDoesNot() {
        RemoraServer first =
                rig().serve(StreamRig.serverSettings(), StreamRig.service(BIDI, ServerCalls.bidi((q, r) -> {})));
        Endpoint address = first.localAddress();
        first.close();
        RemoraChannel channel =
                rig().built(RemoraChannel.builder(rig().clientSide()).target(address));
        BidiStream<StringValue, StringValue> impatient = ClientCalls.blockingBidi(channel, BIDI, patient());
        RpcException failure = catchThrowableOfType(RpcException.class, () -> {
            impatient.write(of("is nobody there"));
            impatient.read();
        });
        assertThat(failure.code()).isEqualTo(StatusCode.UNAVAILABLE);

        CallOptions waiting = patient().withWaitForReady(true);
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(channel, BIDI, waiting);
        bidi.write(of("both"));
        ClientStream<StringValue, StringValue> upload = ClientCalls.blockingClientStreaming(channel, CLIENT, waiting);
        upload.write(of("up"));
        var download = ClientCalls.blockingServerStreaming(channel, SERVER, waiting, of("down"));
        // The balancer may be looking for servers for them at this very moment, when they are neither here nor there.
        Patience.until(() -> channel.outstanding() == 3, "three streams wait");

        rig().started(RemoraServer.builder(rig().serverSide())
                .address(address)
                .service(StreamRig.service(List.of(
                        new ServerMethod<>(BIDI, ServerCalls.bidi((requests, responses) -> {
                            for (StringValue request : requests) {
                                responses.write(request);
                            }
                        })),
                        new ServerMethod<>(CLIENT, ServerCalls.clientStreaming(requests -> {
                            StringBuilder all = new StringBuilder();
                            requests.forEach(request -> all.append(request.getValue()));
                            return of(all.toString());
                        })),
                        new ServerMethod<>(
                                SERVER,
                                ServerCalls.serverStreaming((request, responses) -> responses.write(request)))))));
        assertThat(bidi.read()).isEqualTo(of("both"));
        bidi.write(of("again"));
        assertThat(bidi.read()).isEqualTo(of("again"));
        bidi.halfClose();
        assertThat(bidi.read()).isNull();
        upload.write(of("load"));
        assertThat(upload.finish()).isEqualTo(of("upload"));
        assertThat(download).containsExactly(of("down"));
    }

    @Test
    default void aStreamThatWaitsForAServerEndsWithItsDeadlineOrItsCancel() {
        RemoraServer gone = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {}));
        Endpoint address = gone.localAddress();
        gone.close();
        RemoraChannel channel =
                rig().built(RemoraChannel.builder(rig().clientSide()).target(address));
        CallOptions waiting = patient().withWaitForReady(true);
        RpcException failure = catchThrowableOfType(
                RpcException.class,
                () -> ClientCalls.blockingBidi(channel, BIDI, waiting.withTimeout(Duration.ofMillis(50)))
                        .read());
        assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        assertThat(failure.getMessage()).contains("waiting for a server");
        var call = channel.newCall(BIDI, waiting);
        RecordedStream<StringValue> heard = new RecordedStream<>();
        call.start(heard, Metadata.EMPTY);
        call.sendMessage(of("never sent"));
        call.cancel("changed my mind", null);
        assertThat(heard.end().code()).isEqualTo(StatusCode.CANCELLED);
        Patience.until(() -> channel.outstanding() == 0, "nobody waits any more");
    }

    @Test
    default void aStreamCountsAsOneCallUntilItsHandlerEnds() {
        CountDownLatch mayEnd = new CountDownLatch(1);
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings().with(ServerSettings.MAX_CONCURRENT_CALLS, 1L),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            responses.write(of("in"));
                            try {
                                requests.forEach(request -> {});
                            } finally {
                                Patience.await(mayEnd, "the test lets the handler end");
                            }
                        })));
        RemoraChannel channel = rig().channelTo(server);
        BidiStream<StringValue, StringValue> one = ClientCalls.blockingBidi(channel, BIDI, patient());
        one.write(of("open"));
        assertThat(one.read()).isEqualTo(of("in"));
        isRefused(channel);
        one.close(); // which the handler does not heed at once
        isRefused(channel);
        mayEnd.countDown();
        Patience.until(() -> server.callsInProgress() == 0, "the handler has ended");
        try (BidiStream<StringValue, StringValue> next = ClientCalls.blockingBidi(channel, BIDI, patient())) {
            next.write(of("open"));
            assertThat(next.read()).isEqualTo(of("in"));
        }
    }

    private static void isRefused(RemoraChannel channel) {
        var call = channel.newCall(BIDI, patient());
        RecordedStream<StringValue> heard = new RecordedStream<>();
        call.start(heard, Metadata.EMPTY);
        call.request(1);
        call.sendMessage(of("no room"));
        Status end = heard.end();
        assertThat(end.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(end.message()).contains("remora.server.max-concurrent-calls");
        assertThat(heard.trailers().get(RetryMetadata.REFUSED)).isEqualTo("concurrency");
    }

    @Test
    default void streamsWaitForTheirTurnInTheQueue() {
        DefaultValues settings = StreamRig.serverSettings()
                .with(ServerSettings.MAX_CONCURRENT_CALLS, 1L)
                .with(AdmissionSettings.QUEUE_MAX_CALLS, 10L)
                .with(AdmissionSettings.QUEUE_MAX_WAIT, 0L);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<String> order = new ArrayList<>();
        RemoraServer server = rig().serve(settings, StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            for (StringValue request : requests) {
                synchronized (order) {
                    order.add(request.getValue());
                }
                responses.write(request);
            }
            running.decrementAndGet();
        })));
        RemoraChannel channel = rig().channelTo(server);
        BidiStream<StringValue, StringValue> holder = ClientCalls.blockingBidi(channel, BIDI, patient());
        holder.write(of("holder"));
        assertThat(holder.read()).isEqualTo(of("holder"));
        List<CompletableFuture<StringValue>> answers = new ArrayList<>();
        int waiting = 0;
        for (Criticality criticality : List.of(Criticality.SHEDDABLE, Criticality.CRITICAL_PLUS)) {
            BidiStream<StringValue, StringValue> stream =
                    ClientCalls.blockingBidi(channel, BIDI, patient().withMetadata(criticality.asMetadata()));
            stream.write(of(criticality.name()));
            stream.halfClose();
            CompletableFuture<StringValue> answer = new CompletableFuture<>();
            answers.add(answer);
            rig().start(() -> {
                answer.complete(stream.read());
                assertThat(stream.read()).isNull();
            });
            int expected = ++waiting;
            Patience.until(() -> server.callsWaiting() == expected, "it waits at the server");
        }
        BidiStream<StringValue, StringValue> gone = ClientCalls.blockingBidi(channel, BIDI, patient());
        gone.write(of("gone"));
        Patience.until(() -> server.callsInProgress() == 4, "it waits, too");
        gone.close();
        Patience.until(() -> server.callsInProgress() == 3, "it waits no more");
        assertThat(answers).noneMatch(CompletableFuture::isDone);
        holder.halfClose();
        assertThat(holder.read()).isNull();
        answers.forEach(answer -> Patience.await(answer, "its turn"));
        assertThat(most).hasValue(1);
        assertThat(order).containsExactly("holder", "CRITICAL_PLUS", "SHEDDABLE");
    }
}
