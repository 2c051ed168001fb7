package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.bytes;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.codahale.metrics.MetricRegistry;
import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Compression;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ClientStream;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.ClientSettings;
import dev.remora.runtime.config.CompressionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.metrics.RpcMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Messages of streams are compressed one by one where both sides want it, and count as what they are held as. */
public interface StreamCompressionContract extends StreamSubject {
    MethodDescriptor<BytesValue, BytesValue> BYTES = bytes("BidiBytes", Shape.BIDI_STREAMING);
    String REPETITIVE = "compress me ".repeat(1_000);

    private static CallOptions gzip() {
        return patient().withCompression(Compression.GZIP);
    }

    private static DefaultValues gzipServer() {
        return StreamRig.serverSettings().with(CompressionSettings.ALGORITHM, CompressionSettings.GZIP);
    }

    private static <T> ServerCallHandler<T, T> echo() {
        return ServerCalls.bidi((requests, responses) -> {
            for (T request : requests) {
                responses.write(request);
            }
        });
    }

    private static byte[] noise(int size, SplittableRandom random) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Of random bytes that come again and again. */
    private static BytesValue repeated(int different, int times, SplittableRandom random) {
        ByteString once = ByteString.copyFrom(noise(different, random));
        ByteString all = ByteString.EMPTY;
        for (int i = 0; i < times; i++) {
            all = all.concat(once);
        }
        return BytesValue.of(all);
    }

    private MeasuredTransport measured() {
        return new MeasuredTransport(rig().newTransport());
    }

    private static <T> void echoes(BidiStream<T, T> stream, List<T> messages) {
        for (T message : messages) {
            stream.write(message);
            assertThat(stream.read()).isEqualTo(message);
        }
        stream.halfClose();
        assertThat(stream.read()).isNull();
    }

    @Test
    default void compressedMessagesArriveWholeAndTravelSmallInBothDirections() {
        RemoraServer server = rig().serve(gzipServer(), StreamRig.service(BIDI, echo()));
        MeasuredTransport wire = measured();
        MetricRegistry registry = new MetricRegistry();
        RemoraChannel channel = rig().built(RemoraChannel.builder(wire)
                .target(server.localAddress())
                .metrics(new RpcMetrics(registry)));
        List<StringValue> messages = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            messages.add(of(i + REPETITIVE));
        }
        echoes(ClientCalls.blockingBidi(channel, BIDI, gzip()), messages);
        long plainBytes = 100L * REPETITIVE.length();
        assertThat(wire.requestBytes.get()).isLessThan(plainBytes / 10);
        assertThat(wire.responseBytes.get()).isLessThan(plainBytes / 10);
        assertThat(wire.requestsOfVersion2.get()).isGreaterThanOrEqualTo(100);
        for (String bytes : List.of("request-bytes", "response-bytes")) {
            assertThat(registry.histogram("remora.client." + BIDI.fullName() + "." + bytes)
                            .getSnapshot()
                            .getMax())
                    .as("%s are those of messages as they are", bytes)
                    .isGreaterThan(plainBytes);
        }
    }

    @Test
    default void aStreamThatDoesNotAskForItHasNothingOfIt() {
        RemoraServer server = rig().serve(gzipServer(), StreamRig.service(BIDI, echo()));
        for (CallOptions options : List.of(patient(), patient().withCompression(Compression.NONE))) {
            MeasuredTransport wire = measured();
            RemoraChannel channel = rig().channelTo(wire, server, StreamRig.clientSettings());
            echoes(ClientCalls.blockingBidi(channel, BIDI, options), List.of(of(REPETITIVE), of(1)));
            assertThat(wire.requestsOfVersion2).hasValue(0);
            assertThat(wire.responsesOfVersion2).hasValue(0);
            assertThat(wire.responseBytes.get()).isGreaterThan(REPETITIVE.length());
        }
    }

    @Test
    default void messagesOfAllKindsComeInTheirOrder() {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        List<BytesValue> messages = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            messages.add(
                    switch (random.nextInt(4)) {
                        case 0 -> BytesValue.getDefaultInstance();
                        case 1 -> BytesValue.of(ByteString.copyFrom(noise(random.nextInt(200), random)));
                        case 2 -> BytesValue.of(ByteString.copyFrom(noise(random.nextInt(20_000), random)));
                        default -> repeated(1 + random.nextInt(100), 1 + random.nextInt(2_000), random);
                    });
        }
        RemoraServer server = rig().serve(gzipServer(), StreamRig.service(BYTES, echo()));
        BidiStream<BytesValue, BytesValue> stream = ClientCalls.blockingBidi(rig().channelTo(server), BYTES, gzip());
        rig().start(() -> {
            messages.forEach(stream::write);
            stream.halfClose();
        });
        for (int i = 0; i < messages.size(); i++) {
            assertThat(stream.read()).as("message %d, seed %d", i, seed).isEqualTo(messages.get(i));
        }
        assertThat(stream.read()).isNull();
    }

    @Test
    default void everyShapeOfStreamIsCompressed() {
        MethodDescriptor<StringValue, StringValue> up = StreamRig.text("Up", Shape.CLIENT_STREAMING);
        RemoraServer server = rig().serve(
                        gzipServer(),
                        StreamRig.service(List.of(
                                new dev.remora.api.ServerMethod<>(up, ServerCalls.clientStreaming(requests -> {
                                    int bytes = 0;
                                    for (StringValue request : requests) {
                                        bytes += request.getValue().length();
                                    }
                                    return of(bytes);
                                })),
                                new dev.remora.api.ServerMethod<>(
                                        SERVER, ServerCalls.serverStreaming((request, responses) -> {
                                            for (int i = 0; i < 50; i++) {
                                                responses.write(of(i + request.getValue()));
                                            }
                                        })))));
        MeasuredTransport wire = measured();
        RemoraChannel channel = rig().channelTo(wire, server, StreamRig.clientSettings());
        try (ClientStream<StringValue, StringValue> upload = ClientCalls.blockingClientStreaming(channel, up, gzip())) {
            for (int i = 0; i < 50; i++) {
                upload.write(of(REPETITIVE));
            }
            assertThat(upload.finish()).isEqualTo(of(50 * REPETITIVE.length()));
        }
        List<StringValue> down = new ArrayList<>();
        ClientCalls.blockingServerStreaming(channel, SERVER, gzip(), of(REPETITIVE))
                .forEach(down::add);
        assertThat(down).hasSize(50);
        assertThat(down.get(49)).isEqualTo(of(49 + REPETITIVE));
        assertThat(wire.requestBytes.get()).isLessThan(5L * REPETITIVE.length());
        assertThat(wire.responseBytes.get()).isLessThan(5L * REPETITIVE.length());
    }

    @Test
    default void whatDoesNotGetSmallerTravelsAsItIs() {
        SplittableRandom random = new SplittableRandom(11);
        RemoraServer server = rig().serve(gzipServer(), StreamRig.service(BYTES, echo()));
        MeasuredTransport wire = measured();
        BidiStream<BytesValue, BytesValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(wire, server, StreamRig.clientSettings()), BYTES, gzip());
        echoes(
                stream,
                List.of(
                        BytesValue.of(ByteString.copyFrom(noise(20_000, random))),
                        BytesValue.of(ByteString.copyFrom(new byte[500]))));
        assertThat(wire.requestsOfVersion2).as("the opening says what is read").hasValue(1);
        assertThat(wire.responsesOfVersion2).hasValue(0);
        assertThat(wire.requestBytes.get()).isGreaterThan(20_000 + 500);
    }

    @Test
    default void aServerCompressesForClientsThatReadItAlthoughTheyDoNotCompress() {
        RemoraServer server = rig().serve(gzipServer(), StreamRig.service(BIDI, echo()));
        MeasuredTransport wire = measured();
        RemoraChannel channel = rig().channelTo(
                        wire, server, StreamRig.clientSettings().with(CompressionSettings.ACCEPT_RESPONSES, true));
        echoes(ClientCalls.blockingBidi(channel, BIDI, patient()), List.of(of(REPETITIVE), of(REPETITIVE)));
        assertThat(wire.requestBytes.get()).isGreaterThan(2L * REPETITIVE.length());
        assertThat(wire.responseBytes.get()).isLessThan(REPETITIVE.length());
        assertThat(wire.requestsOfVersion2).as("the opening").hasValue(1);
    }

    @Test
    default void aHandlerDecidesForTheMessagesThatFollow() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                CallContext.current().orElseThrow().compressResponse(Compression.valueOf(request.getValue()));
                responses.write(of(REPETITIVE));
            }
        }));
        MeasuredTransport wire = measured();
        RemoraChannel channel = rig().channelTo(wire, server, StreamRig.clientSettings());
        try (BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, gzip())) {
            for (Compression next : List.of(Compression.GZIP, Compression.NONE, Compression.GZIP)) {
                long before = wire.responseBytes.get();
                stream.write(of(next.name()));
                assertThat(stream.read()).isEqualTo(of(REPETITIVE));
                long bytes = wire.responseBytes.get() - before;
                assertThat(bytes < REPETITIVE.length()).isEqualTo(next == Compression.GZIP);
            }
        }
    }

    @Test
    default void aServerThatTakesNoneRefusesTheStreamUnseen() {
        AtomicInteger served = new AtomicInteger();
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings().with(CompressionSettings.ACCEPT_REQUESTS, false),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            served.incrementAndGet();
                            requests.forEach(responses::write);
                        })));
        RemoraChannel channel = rig().channelTo(server);
        BidiStream<StringValue, StringValue> stream = ClientCalls.blockingBidi(channel, BIDI, gzip());
        RpcException refused = catchThrowableOfType(RpcException.class, stream::read);
        assertThat(refused.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(refused).hasMessageContaining("remora.server.compression.accept-requests");
        assertThat(served).hasValue(0);
        echoes(ClientCalls.blockingBidi(channel, BIDI, patient()), List.of(of(REPETITIVE)));
    }

    @Test
    default void noMessageGrowsBeyondTheLimitOfItsReader() {
        BytesValue large = BytesValue.of(ByteString.copyFrom(new byte[3_000_000]));
        RemoraServer server = rig().serve(
                        gzipServer().with(ServerSettings.MAX_REQUEST_BYTES, 100_000L),
                        StreamRig.service(BYTES, ServerCalls.bidi((requests, responses) -> {
                            if (requests.read() != null) {
                                responses.write(large);
                            }
                        })));
        BidiStream<BytesValue, BytesValue> tooMuch = ClientCalls.blockingBidi(rig().channelTo(server), BYTES, gzip());
        tooMuch.write(large);
        RpcException refused = catchThrowableOfType(RpcException.class, tooMuch::read);
        assertThat(refused.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refused).hasMessageContaining("remora.server.max-request-bytes");

        DefaultValues modest = StreamRig.clientSettings().with(ClientSettings.MAX_RESPONSE_BYTES, 100_000L);
        BidiStream<BytesValue, BytesValue> tooMuchBack =
                ClientCalls.blockingBidi(rig().channelTo(server, modest), BYTES, gzip());
        tooMuchBack.write(BytesValue.getDefaultInstance());
        RpcException refusedHere = catchThrowableOfType(RpcException.class, tooMuchBack::read);
        assertThat(refusedHere.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(refusedHere).hasMessageContaining("remora.client.max-response-bytes");

        DefaultValues careful = StreamRig.clientSettings().with(ClientSettings.MAX_REQUEST_BYTES, 100_000L);
        BidiStream<BytesValue, BytesValue> neverSent =
                ClientCalls.blockingBidi(rig().channelTo(server, careful), BYTES, gzip());
        RpcException notSent = catchThrowableOfType(RpcException.class, () -> {
            neverSent.write(large);
            neverSent.read();
        });
        assertThat(notSent.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(notSent).hasMessageContaining("remora.client.max-request-bytes");
    }

    /** A window and a buffer of 64 KiB and 32 KiB hold two messages of 50 KB, or some 60 that were made 1.3 KB. */
    @Test
    default void whatIsHeldIsWhatCounts() {
        SplittableRandom random = new SplittableRandom(3);
        BytesValue message = repeated(1_000, 50, random);
        AtomicReference<ServerCall<BytesValue, BytesValue>> serving = new AtomicReference<>();
        AtomicInteger read = new AtomicInteger();
        RemoraServer server = rig().serve(fixed(StreamRig.serverSettings()), StreamRig.service(BYTES, call -> {
            serving.set(call);
            return new ServerCall.Listener<>() {
                @Override
                public void onMessage(BytesValue received) {
                    assertThat(received).isEqualTo(message);
                    read.incrementAndGet();
                }

                @Override
                public void onHalfClose() {
                    call.close(Status.OK, Metadata.EMPTY);
                }
            };
        }));
        RemoraChannel channel = rig().channelTo(server, fixed(StreamRig.clientSettings()));
        RecordedStream<BytesValue> events = new RecordedStream<>();
        ClientCall<BytesValue, BytesValue> call = channel.newCall(BYTES, gzip());
        call.start(events, Metadata.EMPTY);
        call.request(1);
        AtomicInteger written = new AtomicInteger();
        // The window is told in the answer to the opening: before it, the sender does not know all that it may.
        Patience.until(
                () -> {
                    while (written.get() < 40 && call.isReady()) {
                        call.sendMessage(message);
                        written.incrementAndGet();
                    }
                    return written.get() == 40 && serving.get() != null;
                },
                "many times more than would fit as they are");
        for (int i = written.get(); i < 200 && call.isReady(); i++) {
            call.sendMessage(message);
            written.incrementAndGet();
        }
        assertThat(written.get()).as("and yet there is a bound").isLessThan(200);
        assertThat(read).hasValue(0);
        serving.get().request(Integer.MAX_VALUE);
        call.halfClose();
        assertThat(events.end().isOk()).isTrue();
        assertThat(read).hasValue(written.get());
    }

    private static DefaultValues fixed(DefaultValues settings) {
        return settings.with(StreamSettings.WINDOW, 64L << 10)
                .with(StreamSettings.MAX_WINDOW, 64L << 10)
                .with(StreamSettings.SEND_BUFFER, 32L << 10);
    }

    /** Such as one that waits in read() and would never know. */
    @Test
    default void aMessageThatIsNoneEndsTheStreamAndItsHandler() {
        MethodDescriptor<StringValue, StringValue> strict = BIDI;
        AtomicReference<StatusCode> seen = new AtomicReference<>();
        RemoraServer server = rig().serve(strict, ServerCalls.bidi((requests, responses) -> {
            try {
                requests.forEach(responses::write);
            } catch (RpcException e) {
                seen.set(e.code());
                throw e;
            }
        }));
        MethodDescriptor<BytesValue, StringValue> lying = MethodDescriptor.protobuf(
                StreamRig.SERVICE,
                "Bidi",
                Shape.BIDI_STREAMING,
                BytesValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
        BidiStream<BytesValue, StringValue> stream =
                ClientCalls.blockingBidi(rig().channelTo(server), lying, patient());
        stream.write(BytesValue.of(ByteString.copyFromUtf8("text")));
        StreamReader<StringValue> answers = stream;
        assertThat(answers.read()).isEqualTo(of("text"));
        stream.write(BytesValue.of(ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xfe})));
        RpcException failure = catchThrowableOfType(RpcException.class, answers::read);
        assertThat(failure.code()).isEqualTo(StatusCode.INTERNAL);
        Patience.until(() -> seen.get() == StatusCode.CANCELLED, "the handler hears of it");
    }
}
