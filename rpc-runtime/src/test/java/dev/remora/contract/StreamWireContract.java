package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.Compression;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.compression.Gzip;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.envelope.Coding;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamMessages;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Compressed messages of streams byte by byte: from and to peers that do not mean well. */
public interface StreamWireContract extends StreamSubject {
    int BUFFER = 100_000;
    Coding GZIP = Coding.ofStream(Coding.GZIP, 0);

    private static byte[] gzipped(String text) {
        byte[] message = of(text).toByteArray();
        ByteBuffer target = ByteBuffer.allocate(message.length + 100);
        assertThat(Gzip.compress(message, 6, target)).isTrue();
        byte[] bytes = new byte[target.flip().remaining()];
        target.get(bytes);
        return bytes;
    }

    private static byte[] corrupted(byte[] message) {
        byte[] changed = message.clone();
        changed[changed.length - 6] ^= 0x10; // of the checksum
        return changed;
    }

    private static int sizeOf(String text) {
        return of(text).getSerializedSize();
    }

    private static void writeCompressed(ByteBuffer out, byte[] message, int messageBytes) {
        StreamMessages.writeCompressed(out, message.length, messageBytes);
        out.put(message);
    }

    private static StreamRequest open(int flags, Coding coding) {
        byte[] name = BIDI.fullName().getBytes(StandardCharsets.UTF_8);
        return new StreamRequest(
                StreamRequest.OPEN | flags,
                99,
                1,
                65_536,
                0,
                20_000,
                new StreamRequest.Opening(0, name, Metadata.EMPTY),
                0,
                coding);
    }

    private static StreamRequest request(int flags, long sequence, Coding coding) {
        return new StreamRequest(flags, 99, 1, 65_536, 0, 20_000, null, sequence, coding);
    }

    private static ByteBuffer head(StreamRequest head) {
        ByteBuffer out = ByteBuffer.allocate(BUFFER);
        head.write(out);
        return out;
    }

    private static StreamResponse answer(ClientTransport client, ByteBuffer request) {
        CompletableFuture<StreamResponse> answer = new CompletableFuture<>();
        MessageBuffer buffer = client.allocate(request.flip().remaining());
        buffer.bytes().put(request);
        client.call(buffer, 0, new ResponseHandler() {
            @Override
            public void onResponse(MessageBuffer response) {
                try {
                    answer.complete(StreamResponse.read(response.bytes(), 8192));
                } catch (MalformedEnvelopeException e) {
                    answer.completeExceptionally(e);
                } finally {
                    response.release();
                }
            }

            @Override
            public void onFailure(TransportException failure) {
                answer.completeExceptionally(failure);
            }
        });
        return Patience.await(answer, "an answer");
    }

    /** Opens a stream with one good message and sends another one. @return what the stream ends with */
    private Status endAfter(ByteBuffer second) {
        List<String> received = new CopyOnWriteArrayList<>();
        AtomicReference<StatusCode> seen = new AtomicReference<>();
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings().with(ServerSettings.MAX_REQUEST_BYTES, 50_000L),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            try {
                                for (StringValue request : requests) {
                                    received.add(request.getValue());
                                }
                            } catch (RpcException e) {
                                seen.set(e.code());
                                throw e;
                            }
                        })));
        String good = "good ".repeat(300);
        try (ClientTransport client = rig().clientSide().connect(server.localAddress())) {
            ByteBuffer opening = head(open(StreamRequest.SEGMENT, GZIP));
            writeCompressed(opening, gzipped(good), sizeOf(good));
            StreamMessages.writeMarked(opening, sizeOf("plain"));
            opening.put(of("plain").toByteArray());
            assertThat(answer(client, opening).received()).isEqualTo(1);
            Patience.until(() -> received.size() == 2, "the good messages");
            assertThat(received).containsExactly(good, "plain");
            answer(client, second);
            StreamResponse end = answer(client, head(request(StreamRequest.HOLD, 0, Coding.PLAIN)));
            Patience.until(() -> seen.get() == StatusCode.CANCELLED, "the handler hears of it");
            assertThat(received).hasSize(2);
            return Objects.requireNonNull(end.status());
        }
    }

    private static ByteBuffer second(Coding coding, byte[] message, int messageBytes) {
        ByteBuffer out = head(request(StreamRequest.SEGMENT, 1, coding));
        writeCompressed(out, message, messageBytes);
        return out;
    }

    @Test
    default void aCorruptMessageEndsTheStreamAndItsHandler() {
        String text = "bad ".repeat(500);
        Status end = endAfter(second(GZIP, corrupted(gzipped(text)), sizeOf(text)));
        assertThat(end.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(end.message())
                .contains("a request of " + BIDI.fullName() + " cannot be decompressed")
                .contains("checksum");
    }

    @Test
    default void aMessageThatIsLargerThanItSaysEndsTheStream() {
        String text = "0".repeat(40_000);
        Status end = endAfter(second(GZIP, gzipped(text), 20_000));
        assertThat(end.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(end.message()).contains("20000 bytes announced");
    }

    @Test
    default void aMessageThatWouldBeTooLargeIsNotDecompressed() {
        String text = "0".repeat(3_000_000);
        Status end = endAfter(second(GZIP, gzipped(text), sizeOf(text)));
        assertThat(end.code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(end.message()).contains("3000005 bytes", "remora.server.max-request-bytes");
    }

    @Test
    default void aCompressionThatIsNotKnownIsNamed() {
        Status later = endAfter(second(Coding.ofStream(9, 0), new byte[50], 100));
        assertThat(later.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(later.message()).contains("algorithm 9", "gzip");
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {}));
        try (ClientTransport client = rig().clientSide().connect(server.localAddress())) {
            Status atOnce = Objects.requireNonNull(answer(client, head(open(0, Coding.ofStream(9, 0))))
                    .status());
            assertThat(atOnce.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
            assertThat(atOnce.message()).contains("algorithm 9");
        }
    }

    /** A server that answers the opening of a server stream with these bytes, and nothing else. */
    private RpcException endOfStreamThatGets(Coding coding, byte[] message, int messageBytes) {
        try (ServerTransport server = rig().serverSide().listen(rig().freshAddress(), (exchange, request) -> {
                    request.release();
                    StreamResponse head = new StreamResponse(
                            StreamResponse.SEGMENT, 65_536, 1, 0, null, null, Metadata.EMPTY, coding);
                    int size = head.size() + StreamMessages.compressedSize(message.length, messageBytes);
                    MessageBuffer answer = exchange.allocate(size);
                    head.write(answer.bytes());
                    writeCompressed(answer.bytes(), message, messageBytes);
                    exchange.respond(answer);
                });
                RemoraChannel channel = RemoraChannel.builder(rig().clientSide())
                        .target(server.localAddress())
                        .build()) {
            StreamReader<StringValue> reader = ClientCalls.blockingServerStreaming(
                    channel, SERVER, patient().withCompression(Compression.GZIP), of("q"));
            return catchThrowableOfType(RpcException.class, reader::read);
        }
    }

    @Test
    default void aCorruptResponseEndsTheStream() {
        String text = "bad ".repeat(500);
        RpcException corrupt = endOfStreamThatGets(GZIP, corrupted(gzipped(text)), sizeOf(text));
        assertThat(corrupt.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(corrupt).hasMessageContaining("a response of " + SERVER.fullName() + " cannot be decompressed");
        RpcException unknown = endOfStreamThatGets(Coding.ofStream(9, 0), new byte[50], 100);
        assertThat(unknown.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(unknown).hasMessageContaining("algorithm 9").hasMessageContaining("not asked for");
    }
}
