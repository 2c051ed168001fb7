package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.CLIENT;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.blob;
import static dev.remora.contract.StreamRig.number;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.ClientCall;
import dev.remora.api.ClientInterceptor;
import dev.remora.api.ForwardingClientCall;
import dev.remora.api.ForwardingServerCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.ServerInterceptor;
import dev.remora.api.Status;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ClientStream;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamObserver;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Every message arrives, once and in order, whatever its size and whoever speaks first. */
public interface StreamOrderContract extends StreamSubject {
    int MANY = 20_000;

    @Test
    default void aServerStreamArrivesInOrder() {
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
            for (int i = 0; i < number(q); i++) {
                responses.write(of(i));
            }
        }));
        StreamReader<StringValue> reader =
                ClientCalls.blockingServerStreaming(rig().channelTo(server), SERVER, patient(), of(MANY));
        int expected = 0;
        for (StringValue message : reader) {
            assertThat(number(message)).isEqualTo(expected++);
        }
        assertThat(expected).isEqualTo(MANY);
    }

    @Test
    default void aClientStreamArrivesInOrder() {
        RemoraServer server = rig().serve(CLIENT, ServerCalls.clientStreaming(requests -> {
            int expected = 0;
            for (StringValue request : requests) {
                assertThat(number(request)).isEqualTo(expected++);
            }
            return of(expected);
        }));
        try (ClientStream<StringValue, StringValue> stream =
                ClientCalls.blockingClientStreaming(rig().channelTo(server), CLIENT, patient())) {
            for (int i = 0; i < MANY; i++) {
                stream.write(of(i));
            }
            assertThat(number(stream.finish())).isEqualTo(MANY);
        }
    }

    @Test
    default void bothDirectionsFlowAtTheSameTime() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                responses.write(request);
            }
        }));
        try (BidiStream<StringValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient())) {
            rig().start(() -> {
                for (int i = 0; i < MANY; i++) {
                    stream.write(of(i));
                }
                stream.halfClose();
            });
            int expected = 0;
            for (StringValue message : stream) {
                assertThat(number(message)).isEqualTo(expected++);
            }
            assertThat(expected).isEqualTo(MANY);
        }
    }

    @Test
    default void callbackStyleFlowsInBothDirections() {
        for (boolean inline : new boolean[] {false, true}) {
            MethodDescriptor<StringValue, StringValue> method = BIDI.withInline(inline);
            RemoraServer server = rig().serve(method, ServerCalls.asyncBidi(responses -> new StreamObserver<>() {
                @Override
                public void onNext(StringValue message) {
                    responses.onNext(message);
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    responses.onCompleted();
                }
            }));
            List<Integer> received = new ArrayList<>();
            CompletableFuture<List<Integer>> all = new CompletableFuture<>();
            var requests = ClientCalls.callbackBidi(
                    rig().channelTo(server), method, patient(), new StreamObserver<StringValue>() {
                        @Override
                        public void onNext(StringValue message) {
                            received.add(number(message));
                        }

                        @Override
                        public void onError(Throwable failure) {
                            all.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {
                            all.complete(received);
                        }
                    });
            AtomicInteger next = new AtomicInteger();
            Runnable send = () -> {
                while (next.get() < MANY && requests.isReady()) {
                    requests.onNext(of(next.getAndIncrement()));
                    if (next.get() == MANY) {
                        requests.onCompleted();
                    }
                }
            };
            // Another thread may be told that it goes on while this one is still at it.
            Runnable oneAtATime = () -> {
                synchronized (next) {
                    send.run();
                }
            };
            requests.onReady(oneAtATime);
            oneAtATime.run();
            List<Integer> messages = Patience.await(all, "the echoes");
            assertThat(messages).hasSize(MANY).isSorted();
        }
    }

    @Test
    default void streamsOfNoMessagesEnd() {
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings(),
                        StreamRig.service(SERVER, ServerCalls.serverStreaming((q, responses) -> {})),
                        StreamRig.service(
                                CLIENT, ServerCalls.clientStreaming(requests -> of(requests.read() == null ? 0 : 1))),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            assertThat(requests.read()).isNull();
                        })));
        RemoraChannel channel = rig().channelTo(server);
        assertThat(ClientCalls.blockingServerStreaming(channel, SERVER, patient(), of(0))
                        .read())
                .isNull();
        assertThat(number(ClientCalls.blockingClientStreaming(channel, CLIENT, patient())
                        .finish()))
                .isZero();
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(channel, BIDI, patient());
        bidi.halfClose();
        assertThat(bidi.read()).isNull();
    }

    @Test
    default void emptyMessagesAreMessages() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                responses.write(request);
            }
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        rig().start(() -> {
            for (int i = 0; i < MANY; i++) {
                bidi.write(of(""));
            }
            bidi.halfClose();
        });
        int count = 0;
        for (StringValue message : bidi) {
            assertThat(message.getValue()).isEmpty();
            count++;
        }
        assertThat(count).isEqualTo(MANY);
    }

    @Test
    default void messagesOfAllSizesKeepTheirBytesAndTheirOrder() {
        MethodDescriptor<BytesValue, BytesValue> method = StreamRig.bytes("Blobs", Shape.BIDI_STREAMING);
        RemoraServer server = rig().serve(method, ServerCalls.bidi((requests, responses) -> {
            for (BytesValue request : requests) {
                responses.write(request);
            }
        }));
        int[] sizes = {0, 1, 3_000_000, 40, 65_536, 65_535, 65_500, 1_000_001, 7, 7, 200_000, 16_384, 4_000_000, 9};
        BidiStream<BytesValue, BytesValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), method, patient());
        rig().start(() -> {
            for (int i = 0; i < sizes.length; i++) {
                bidi.write(blob(i, sizes[i]));
            }
            bidi.halfClose();
        });
        for (int i = 0; i < sizes.length; i++) {
            assertThat(bidi.read()).as("message %d of %d bytes", i, sizes[i]).isEqualTo(blob(i, sizes[i]));
        }
        assertThat(bidi.read()).isNull();
    }

    @Test
    default void manyStreamsOfOneChannelDoNotMix() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                responses.write(request);
            }
        }));
        RemoraChannel channel = rig().channelTo(server);
        for (int s = 0; s < 200; s++) {
            int stream = s;
            rig().start(() -> {
                SplittableRandom random = new SplittableRandom(stream);
                BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(channel, BIDI, patient());
                for (int round = 0; round < 10; round++) {
                    int burst = 1 + random.nextInt(20);
                    for (int i = 0; i < burst; i++) {
                        bidi.write(of(stream + "/" + round + "/" + i));
                    }
                    for (int i = 0; i < burst; i++) {
                        assertThat(bidi.read()).isEqualTo(of(stream + "/" + round + "/" + i));
                    }
                }
                bidi.halfClose();
                assertThat(bidi.read()).isNull();
            });
        }
        rig().joinAll();
    }

    /** With messages or acknowledgments that wait for company this would take as many keep-alives as rounds. */
    @Test
    default void aLoneMessageNeverWaits() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                for (int i = 0; i < number(request); i++) {
                    responses.write(of(i));
                }
            }
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        for (int round = 0; round < 300; round++) {
            int answers = 1 + round % 7;
            bidi.write(of(answers));
            for (int i = 0; i < answers; i++) {
                assertThat(bidi.read()).isEqualTo(of(i));
            }
        }
        bidi.halfClose();
        assertThat(bidi.read()).isNull();
    }

    @Test
    default void theServerMaySpeakFirst() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            responses.write(of("welcome"));
            responses.write(of("to " + CallContext.current().orElseThrow().method()));
            StringValue request = requests.read();
            responses.write(request == null ? of("none") : request);
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(bidi.read()).isEqualTo(of("welcome"));
        assertThat(bidi.read()).isEqualTo(of("to " + BIDI));
        bidi.write(of("thanks"));
        assertThat(bidi.read()).isEqualTo(of("thanks"));
        assertThat(bidi.read()).isNull();
    }

    @Test
    default void theServerGoesOnAfterTheClientHasHalfClosed() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            List<StringValue> all = new ArrayList<>();
            requests.forEach(all::add);
            for (int round = 0; round < 100; round++) {
                for (StringValue one : all) {
                    responses.write(one);
                }
            }
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        bidi.write(of("a"));
        bidi.write(of("b"));
        bidi.halfClose();
        for (int round = 0; round < 100; round++) {
            assertThat(bidi.read()).isEqualTo(of("a"));
            assertThat(bidi.read()).isEqualTo(of("b"));
        }
        assertThat(bidi.read()).isNull();
    }

    @Test
    default void metadataGoesAheadOfMessagesAndEvenWithoutAny() {
        Metadata.Key<String> key = Metadata.Key.text("region");
        CompletableFuture<Metadata> seen = new CompletableFuture<>();
        CompletableFuture<Void> go = new CompletableFuture<>();
        RemoraServer server = rig().serve(BIDI, call -> {
            seen.complete(call.context().requestMetadata());
            call.sendHeaders(Metadata.of(key, "north"));
            rig().start(() -> {
                Patience.await(go, "the client has the headers");
                call.sendMessage(of("after them"));
                call.close(Status.OK, Metadata.of(key, "south"));
            });
            return new Ignoring();
        });
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call =
                rig().channelTo(server).newCall(BIDI, patient().withMetadata(Metadata.of(key, "west")));
        call.start(events, Metadata.EMPTY);
        call.request(10);
        assertThat(Patience.await(events.headers, "headers").get(key)).isEqualTo("north");
        assertThat(Patience.await(seen, "the call's metadata").get(key)).isEqualTo("west");
        go.complete(null);
        assertThat(events.end().isOk()).isTrue();
        assertThat(events.trailers().get(key)).isEqualTo("south");
        assertThat(events.messages).containsExactly(of("after them"));
    }

    @Test
    default void metadataOfTheContextGoesWithTheFirstMessage() {
        Metadata.Key<String> key = Metadata.Key.text("region");
        CompletableFuture<String> late = new CompletableFuture<>();
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
            CallContext context = CallContext.current().orElseThrow();
            context.addResponseMetadata(Metadata.of(key, "north"));
            responses.write(q);
            try {
                context.addResponseMetadata(Metadata.of(key, "too late"));
                late.complete("was taken");
            } catch (IllegalStateException e) {
                late.complete(String.valueOf(e.getMessage()));
            }
        }));
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(SERVER, patient());
        call.start(events, Metadata.EMPTY);
        call.request(10);
        call.sendMessage(of("q"));
        call.halfClose();
        assertThat(events.end().isOk()).isTrue();
        assertThat(events.headers.join().getAll(key)).containsExactly("north");
        assertThat(Patience.await(late, "the answer")).contains("contract.Streams/Server", "first message");
    }

    @Test
    default void handlersRunOnVirtualThreadsOrInline() {
        for (boolean inline : new boolean[] {false, true}) {
            MethodDescriptor<StringValue, StringValue> method = CLIENT.withInline(inline);
            List<Boolean> virtual = new ArrayList<>();
            RemoraServer server = rig().serve(
                            method, ServerCalls.asyncClientStreaming(responses -> new StreamObserver<>() {
                                @Override
                                public void onNext(StringValue message) {
                                    virtual.add(Thread.currentThread().isVirtual()
                                            && CallContext.current().isPresent());
                                }

                                @Override
                                public void onError(Throwable failure) {}

                                @Override
                                public void onCompleted() {
                                    assertThat(CallContext.current()).isPresent();
                                    responses.onNext(of(virtual.toString()));
                                    responses.onCompleted();
                                }
                            }));
            try (var stream = ClientCalls.blockingClientStreaming(rig().channelTo(server), method, patient())) {
                stream.write(of("a"));
                stream.write(of("b"));
                assertThat(stream.finish())
                        .isEqualTo(of(List.of(!inline, !inline).toString()));
            }
        }
    }

    @Test
    default void interceptorsSeeEveryMessageOnBothSides() {
        AtomicInteger sentByClient = new AtomicInteger();
        AtomicInteger receivedByServer = new AtomicInteger();
        AtomicInteger sentByServer = new AtomicInteger();
        ClientInterceptor client = new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> intercept(
                    MethodDescriptor<Q, R> method, dev.remora.api.CallOptions options, dev.remora.api.Channel next) {
                return new ForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void sendMessage(Q message) {
                        sentByClient.incrementAndGet();
                        super.sendMessage(message);
                    }
                };
            }
        };
        ServerInterceptor onServer = new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> intercept(ServerCall<Q, R> call, ServerCallHandler<Q, R> next) {
                ServerCall.Listener<Q> inner = next.startCall(new ForwardingServerCall<>(call) {
                    @Override
                    public void sendMessage(R message) {
                        sentByServer.incrementAndGet();
                        super.sendMessage(message);
                    }
                });
                return new ServerCall.Listener<>() {
                    @Override
                    public void onMessage(Q message) {
                        receivedByServer.incrementAndGet();
                        inner.onMessage(message);
                    }

                    @Override
                    public void onHalfClose() {
                        inner.onHalfClose();
                    }

                    @Override
                    public void onReady() {
                        inner.onReady();
                    }

                    @Override
                    public void onCancel() {
                        inner.onCancel();
                    }
                };
            }
        };
        RemoraServer server = rig().started(RemoraServer.builder(rig().serverSide())
                .address(rig().freshAddress())
                .interceptor(onServer)
                .service(StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                    for (StringValue request : requests) {
                        responses.write(request);
                        responses.write(request);
                    }
                }))));
        RemoraChannel channel = rig().built(RemoraChannel.builder(rig().clientSide())
                .target(server.localAddress())
                .interceptor(client));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(channel, BIDI, patient());
        bidi.write(of("a"));
        bidi.write(of("b"));
        bidi.halfClose();
        List<StringValue> all = new ArrayList<>();
        bidi.forEach(all::add);
        assertThat(all).containsExactly(of("a"), of("a"), of("b"), of("b"));
        assertThat(List.of(sentByClient.get(), receivedByServer.get(), sentByServer.get()))
                .containsExactly(2, 2, 4);
    }

    /** A server's listener that wants nothing of the client. */
    final class Ignoring implements ServerCall.Listener<StringValue> {
        @Override
        public void onMessage(StringValue message) {}

        @Override
        public void onHalfClose() {}
    }
}
