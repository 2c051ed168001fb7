package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Any;
import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallContext;
import dev.remora.api.CallOptions;
import dev.remora.api.Compression;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.RpcException;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ResponseMetadata;
import dev.remora.api.stub.ServerCalls;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.compression.Gzip;
import dev.remora.runtime.config.CompressionSettings;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.RequestEnvelope;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.SettingValues;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What travels in a call beside the plain message, on every transport: compression, details of errors, trailers. */
@Timeout(60)
public abstract class CallContentContract {
    private static final String SERVICE = "contract.Content";
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            SERVICE,
            "Say",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final byte[] METHOD_NAME = METHOD.fullName().getBytes(StandardCharsets.UTF_8);
    private static final Metadata.Key<String> TENANT = Metadata.Key.text("tenant");
    private static final Metadata.Key<String> SHARD = Metadata.Key.text("shard");
    private static final CallOptions PATIENT = CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(20));
    private static final StringValue REPETITIVE = StringValue.of("compress me ".repeat(5_000));
    private static final int MAX_METADATA = 1000;

    /** A transport with its default settings; the suite closes it. */
    protected abstract Transport newTransport();

    /** An address to listen on that is free, or has port 0. */
    protected abstract Endpoint freshAddress();

    /** A server with one method, and the channel to it. */
    private final class Pair implements AutoCloseable {
        private final Transport serverSide = newTransport();
        private final Transport clientSide = newTransport();
        private final AtomicInteger served = new AtomicInteger();
        private final RemoraServer server;
        private final RemoraChannel channel;

        Pair(SettingValues settings, ServerCalls.UnaryMethod<StringValue, StringValue> method) {
            server = RemoraServer.builder(serverSide)
                    .address(freshAddress())
                    .settings(settings)
                    .service(service(request -> {
                        served.incrementAndGet();
                        return method.call(request);
                    }))
                    .start();
            channel = RemoraChannel.builder(clientSide)
                    .target(server.localAddress())
                    .build();
        }

        StringValue call(CallOptions options, StringValue request) {
            return ClientCalls.blockingUnary(channel, METHOD, options, request);
        }

        RpcException failure(CallOptions options) {
            return catchThrowableOfType(RpcException.class, () -> call(options, REPETITIVE));
        }

        /** Sends bytes past the channel. */
        ResponseEnvelope send(byte[] request) throws Exception {
            return ResponseEnvelope.read(ByteBuffer.wrap(answer(clientSide, server.localAddress(), request)), 8192);
        }

        @Override
        public void close() {
            channel.close();
            clientSide.close();
            server.close();
            serverSide.close();
        }
    }

    private static BindableService service(ServerCalls.UnaryMethod<StringValue, StringValue> method) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor(SERVICE, List.of(METHOD), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(METHOD, ServerCalls.unary(method)));
            }
        };
    }

    private static DefaultValues serverSettings() {
        return DefaultValues.of(ServerSettings.ALL);
    }

    private static DefaultValues gzipServer() {
        return serverSettings().with(CompressionSettings.ALGORITHM, CompressionSettings.GZIP);
    }

    private static CallOptions gzip() {
        return PATIENT.withCompression(Compression.GZIP);
    }

    private static byte[] answer(Transport transport, Endpoint server, byte[] request) throws Exception {
        try (ClientTransport client = transport.connect(server)) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            MessageBuffer buffer = client.allocate(request.length);
            buffer.bytes().put(request);
            client.call(buffer, 0, new ResponseHandler() {
                @Override
                public void onResponse(MessageBuffer response) {
                    answer.complete(MessagePattern.take(response));
                }

                @Override
                public void onFailure(TransportException failure) {
                    answer.completeExceptionally(failure);
                }
            });
            return Patience.await(answer, "the answer");
        }
    }

    private static byte[] gzipped(byte[] message) {
        ByteBuffer target = ByteBuffer.allocate(message.length + 100);
        assertThat(Gzip.compress(message, 6, target)).isTrue();
        byte[] bytes = new byte[target.flip().remaining()];
        target.get(bytes);
        return bytes;
    }

    private static byte[] request(Coding coding, byte[] body) {
        ByteBuffer out = ByteBuffer.allocate(
                RequestEnvelope.size(coding, 20_000_000, METHOD_NAME, Metadata.EMPTY) + body.length);
        RequestEnvelope.write(out, coding, 20_000_000, METHOD_NAME, Metadata.EMPTY);
        return out.put(body).array();
    }

    /** What a channel puts on the wire for a call; the server answers with an error. */
    private RequestEnvelope sentBy(CallOptions options, StringValue message) {
        CompletableFuture<RequestEnvelope> sent = new CompletableFuture<>();
        Status enough = Status.of(StatusCode.ABORTED, "seen");
        try (Transport serverSide = newTransport();
                Transport clientSide = newTransport();
                ServerTransport server = serverSide.listen(freshAddress(), (exchange, request) -> {
                    try {
                        sent.complete(RequestEnvelope.read(request.bytes(), 8192));
                    } catch (MalformedEnvelopeException e) {
                        sent.completeExceptionally(e);
                    }
                    request.release();
                    MessageBuffer answer =
                            exchange.allocate(ResponseEnvelope.size(enough, Metadata.EMPTY, Metadata.EMPTY));
                    ResponseEnvelope.write(answer.bytes(), enough, Metadata.EMPTY, Metadata.EMPTY);
                    exchange.respond(answer);
                });
                RemoraChannel channel = RemoraChannel.builder(clientSide)
                        .target(server.localAddress())
                        .build()) {
            RpcException seen = catchThrowableOfType(
                    RpcException.class, () -> ClientCalls.blockingUnary(channel, METHOD, options, message));
            assertThat(seen.code()).isEqualTo(StatusCode.ABORTED);
            return Patience.await(sent, "the request");
        }
    }

    @Test
    void whatIsNotAskedForIsNotCompressed() {
        assertThat(sentBy(PATIENT, REPETITIVE).coding()).isEqualTo(Coding.PLAIN);
        assertThat(sentBy(PATIENT.withCompression(Compression.NONE), REPETITIVE).coding())
                .isEqualTo(Coding.PLAIN);
    }

    @Test
    void aRequestIsCompressedIfThatHelps() {
        Coding coding = sentBy(gzip(), REPETITIVE).coding();
        assertThat(coding.algorithm()).isEqualTo(Coding.GZIP);
        assertThat(coding.messageBytes()).isEqualTo(REPETITIVE.getSerializedSize());
        assertThat(coding.reads(Coding.GZIP)).isTrue();

        assertThat(sentBy(gzip(), StringValue.of("small")).coding()).isEqualTo(Coding.readable(1));
        StringBuilder noise = new StringBuilder();
        new Random(7).ints(5_000, 0, 1 << 16).forEach(i -> noise.append((char) (0x4e00 + i % 20_000)));
        String hardly = noise.toString();
        Coding ofNoise = sentBy(gzip(), StringValue.of(hardly)).coding();
        assertThat(ofNoise.reads(Coding.GZIP)).isTrue();
    }

    @Test
    void compressedMessagesArriveWholeInBothDirections() {
        UnaryOperator<String> reversed = s -> new StringBuilder(s).reverse().toString();
        try (Pair pair = new Pair(gzipServer(), q -> StringValue.of(reversed.apply(q.getValue())))) {
            assertThat(pair.call(gzip(), REPETITIVE).getValue()).isEqualTo(reversed.apply(REPETITIVE.getValue()));
            assertThat(pair.call(gzip(), StringValue.of("x")).getValue()).isEqualTo("x");
            assertThat(pair.call(PATIENT, REPETITIVE).getValue())
                    .hasSize(REPETITIVE.getValue().length());
        }
    }

    @Test
    void aResponseIsCompressedOnlyForClientsThatReadIt() throws Exception {
        byte[] body = StringValue.of("q").toByteArray();
        try (Pair pair = new Pair(gzipServer(), q -> REPETITIVE)) {
            assertThat(pair.send(request(Coding.PLAIN, body)).coding()).isEqualTo(Coding.PLAIN);
            Coding coding = pair.send(request(Coding.readable(1), body)).coding();
            assertThat(coding.algorithm()).isEqualTo(Coding.GZIP);
            assertThat(coding.messageBytes()).isEqualTo(REPETITIVE.getSerializedSize());
        }
    }

    @Test
    void aHandlerDecidesForItsResponse() throws Exception {
        byte[] asked = request(Coding.readable(1), StringValue.of("q").toByteArray());
        try (Pair pair = new Pair(serverSettings(), q -> {
            CallContext.current().orElseThrow().compressResponse(Compression.GZIP);
            return REPETITIVE;
        })) {
            assertThat(pair.send(asked).coding().algorithm()).isEqualTo(Coding.GZIP);
        }
        try (Pair pair = new Pair(gzipServer(), q -> {
            CallContext.current().orElseThrow().compressResponse(Compression.NONE);
            return REPETITIVE;
        })) {
            assertThat(pair.send(asked).coding()).isEqualTo(Coding.PLAIN);
        }
    }

    @Test
    void aServerThatTakesNoneSaysSo() {
        try (Pair pair = new Pair(serverSettings().with(CompressionSettings.ACCEPT_REQUESTS, false), q -> q)) {
            RpcException refused = pair.failure(gzip());
            assertThat(refused.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
            assertThat(refused).hasMessageContaining("remora.server.compression.accept-requests");
            assertThat(pair.served).hasValue(0);
            assertThat(pair.call(PATIENT, REPETITIVE)).isEqualTo(REPETITIVE);
        }
    }

    @Test
    void aCompressionThatIsNotKnownIsNamed() throws Exception {
        try (Pair pair = new Pair(serverSettings(), q -> q)) {
            Status status =
                    pair.send(request(new Coding(9, 100, 0), new byte[50])).status();
            assertThat(status.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
            assertThat(status.message()).contains("algorithm 9").contains("gzip");
        }
    }

    @Test
    void noRequestGrowsBeyondTheLimitOrWhatItAnnounced() throws Exception {
        byte[] bomb = gzipped(StringValue.of("0".repeat(3_000_000)).toByteArray());
        assertThat(bomb.length).isLessThan(20_000);
        SettingValues settings = serverSettings().with(ServerSettings.MAX_REQUEST_BYTES, 100_000L);
        try (Pair pair = new Pair(settings, q -> q)) {
            Status honest = pair.send(request(new Coding(Coding.GZIP, 3_000_005, 0), bomb))
                    .status();
            assertThat(honest.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
            assertThat(honest.message()).contains("remora.server.max-request-bytes");
            Status liar =
                    pair.send(request(new Coding(Coding.GZIP, 50_000, 0), bomb)).status();
            assertThat(liar.code()).isEqualTo(StatusCode.INTERNAL);
            assertThat(liar.message()).contains("50000 bytes announced");
            Status none = pair.send(request(new Coding(Coding.GZIP, 90_000, 0), new byte[30]))
                    .status();
            assertThat(none.code()).isEqualTo(StatusCode.INTERNAL);
            assertThat(pair.served).hasValue(0);
        }
    }

    @Test
    void everyDetailOfAnErrorReachesTheCaller() {
        Status status = Status.of(StatusCode.FAILED_PRECONDITION, "not now")
                .withDetail(StringValue.of("first"))
                .withDetail(Int32Value.of(7))
                .withDetail(StringValue.of("second"));
        try (Pair pair = new Pair(serverSettings(), q -> {
            throw status.asException();
        })) {
            RpcException failure = pair.failure(PATIENT);
            assertThat(failure.status().details()).hasSize(3);
            assertThat(failure.status().detail(Int32Value.class)).contains(Int32Value.of(7));
            assertThat(failure.status().detail(StringValue.class)).contains(StringValue.of("first"));
        }
    }

    @Test
    void aDetailThatTheClientDoesNotKnowIsKept() {
        Any unknown = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/nobody.Knows")
                .setValue(StringValue.of("x").toByteString())
                .build();
        try (Pair pair = new Pair(serverSettings(), q -> {
            throw Status.of(StatusCode.ABORTED, "no").withDetail(unknown).asException();
        })) {
            assertThat(pair.failure(PATIENT).status().details()).containsExactly(unknown);
        }
    }

    @Test
    void tooManyDetailsDoNotHideHowTheCallEnded() {
        SettingValues settings = serverSettings().with(ServerSettings.MAX_METADATA_BYTES, (long) MAX_METADATA);
        try (Pair pair = new Pair(settings, q -> {
            throw Status.of(StatusCode.NOT_FOUND, "no such user")
                    .withDetail(StringValue.of("x".repeat(MAX_METADATA)))
                    .asException();
        })) {
            RpcException failure = pair.failure(PATIENT);
            assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(failure.status().details()).isEmpty();
            assertThat(failure)
                    .hasMessageContaining("no such user")
                    .hasMessageContaining("remora.server.max-metadata-bytes");
        }
    }

    @Test
    void tooLargeTrailersDoNotHideHowTheCallEnded() {
        SettingValues settings = serverSettings().with(ServerSettings.MAX_METADATA_BYTES, (long) MAX_METADATA);
        try (Pair pair = new Pair(settings, q -> {
            throw Status.of(StatusCode.NOT_FOUND, "no such user")
                    .asException(Metadata.of(TENANT, "x".repeat(MAX_METADATA)));
        })) {
            RpcException failure = pair.failure(PATIENT);
            assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(failure.trailers()).isEqualTo(Metadata.EMPTY);
            assertThat(failure)
                    .hasMessageContaining("no such user")
                    .hasMessageContaining("remora.server.max-metadata-bytes");
        }
    }

    @Test
    void metadataAndTrailersOfACallThatSucceedsReachTheCaller() {
        try (Pair pair = new Pair(serverSettings(), q -> {
            CallContext context = CallContext.current().orElseThrow();
            context.addResponseMetadata(Metadata.of(TENANT, "acme"));
            context.addTrailers(Metadata.of(SHARD, "3"));
            context.addTrailers(Metadata.of(SHARD, "4"));
            return q;
        })) {
            ResponseMetadata received = new ResponseMetadata();
            StringValue answer = ClientCalls.blockingUnary(
                    new dev.remora.api.Channel() {
                        @Override
                        public <Q, R> dev.remora.api.ClientCall<Q, R> newCall(
                                MethodDescriptor<Q, R> method, CallOptions options) {
                            return received.intercept(method, options, pair.channel);
                        }
                    },
                    METHOD,
                    PATIENT,
                    StringValue.of("q"));
            assertThat(answer.getValue()).isEqualTo("q");
            assertThat(received.headers().get(TENANT)).isEqualTo("acme");
            assertThat(received.trailers().getAll(SHARD)).containsExactly("3", "4");
        }
    }

    @Test
    void trailersOfTheContextGoWithAnErrorToo() {
        try (Pair pair = new Pair(serverSettings(), q -> {
            CallContext.current().orElseThrow().addTrailers(Metadata.of(SHARD, "3"));
            throw Status.of(StatusCode.ABORTED, "no").asException(Metadata.of(TENANT, "acme"));
        })) {
            RpcException failure = pair.failure(PATIENT);
            assertThat(failure.trailers().get(SHARD)).isEqualTo("3");
            assertThat(failure.trailers().get(TENANT)).isEqualTo("acme");
        }
    }
}
