package dev.remora.runtime.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.contract.Patience;
import dev.remora.contract.StreamRig;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.ServerSettings;
import dev.remora.runtime.config.StreamSettings;
import dev.remora.runtime.envelope.MalformedEnvelopeException;
import dev.remora.runtime.envelope.StreamRequest;
import dev.remora.runtime.envelope.StreamRequest.Opening;
import dev.remora.runtime.envelope.StreamResponse;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server of streams, talked to byte by byte, by clients that follow the protocol and by others. */
class StreamProtocolTest {
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            "contract.Streams",
            "Talk",
            Shape.BIDI_STREAMING,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final long CLIENT = 77;

    private final InProcessTransport transport = InProcessTransport.create();
    private final CompletableFuture<ServerCall<StringValue, StringValue>> serving = new CompletableFuture<>();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final DefaultValues settings = DefaultValues.of(ServerSettings.ALL);
    private final RemoraServer server = start(settings.with(StreamSettings.KEEPALIVE, 50_000_000L));
    private final ClientTransport client = transport.connect(server.localAddress());

    private RemoraServer start(DefaultValues values) {
        return RemoraServer.builder(transport)
                .address(new Endpoint("protocol-" + NAMES.incrementAndGet(), 1))
                .settings(values)
                .service(StreamRig.service(METHOD.withInline(true), call -> {
                    CallContext context = call.context();
                    context.onCancel(() -> {
                        cancelled.countDown();
                        call.close(Status.OK, Metadata.EMPTY);
                    });
                    serving.complete(call);
                    return new ServerCall.Listener<>() {
                        @Override
                        public void onMessage(StringValue message) {
                            received.add(message.getValue());
                        }

                        @Override
                        public void onHalfClose() {
                            received.add("<end>");
                        }
                    };
                }))
                .start();
    }

    @AfterEach
    void close() {
        server.close();
        transport.close();
        Patience.until(() -> transport.buffersInUse() == 0, "every buffer released");
    }

    private ServerCall<StringValue, StringValue> call() {
        return Patience.await(serving, "the handler");
    }

    /** What came back. */
    private record Answer(StreamResponse head, int messageBytes) {}

    private CompletableFuture<Answer> send(ByteBuffer bytes) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        MessageBuffer buffer = client.allocate(bytes.remaining());
        buffer.bytes().put(bytes);
        client.call(buffer, 0, new ResponseHandler() {
            @Override
            public void onResponse(MessageBuffer response) {
                try {
                    StreamResponse head = StreamResponse.read(response.bytes(), 10_000);
                    answer.complete(new Answer(head, response.bytes().remaining()));
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
        return answer;
    }

    private CompletableFuture<Answer> send(StreamRequest head, String... messages) {
        ByteBuffer bytes = ByteBuffer.allocate(200_000);
        head.write(bytes);
        for (String message : messages) {
            byte[] encoded = StringValue.of(message).toByteArray();
            writeVarint(bytes, encoded.length);
            bytes.put(encoded);
        }
        return send(bytes.flip());
    }

    private static void writeVarint(ByteBuffer out, int value) {
        int rest = value;
        while (rest > 0x7f) {
            out.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private Answer answer(StreamRequest head, String... messages) {
        return Patience.await(send(head, messages), "an answer");
    }

    private static StreamRequest open(String method, int moreFlags) {
        byte[] name = method.getBytes(StandardCharsets.UTF_8);
        return new StreamRequest(
                StreamRequest.OPEN | moreFlags, CLIENT, 1, 65_536, 0, 60_000, new Opening(0, name, Metadata.EMPTY), 0);
    }

    private static StreamRequest request(int flags, long sequence) {
        return new StreamRequest(flags, CLIENT, 1, 65_536, 0, 60_000, null, sequence);
    }

    @Test
    void aStreamFromItsOpeningToItsEnd() {
        Answer opened = answer(open("contract.Streams/Talk", StreamRequest.SEGMENT), "a", "b");
        assertThat(opened.head.flags()).isZero();
        assertThat(opened.head.received()).isEqualTo(1);
        assertThat(opened.head.limit()).isEqualTo(65_536);
        assertThat(received).as("nothing was requested").isEmpty();
        call().request(10);
        assertThat(received).containsExactly("a", "b");

        CompletableFuture<Answer> first = send(request(StreamRequest.HOLD, 0));
        call().sendMessage(StringValue.of("hello"));
        Answer segment = Patience.await(first, "a segment");
        assertThat(segment.head.has(StreamResponse.SEGMENT)).isTrue();
        assertThat(segment.head.sequence()).isZero();
        assertThat(segment.messageBytes).isEqualTo(1 + 7);

        Answer pushed = answer(request(StreamRequest.SEGMENT | StreamRequest.LAST, 1), "c");
        assertThat(pushed.head.received()).isEqualTo(2);
        assertThat(received).containsExactly("a", "b", "c", "<end>");

        CompletableFuture<Answer> one = send(request(StreamRequest.HOLD, 0));
        CompletableFuture<Answer> other = send(request(StreamRequest.HOLD, 0));
        call().close(Status.of(StatusCode.ABORTED, "enough"), Metadata.EMPTY);
        Answer end = Patience.await(one, "the end");
        assertThat(end.head.status()).hasToString("ABORTED: enough");
        assertThat(end.head.sequence()).isEqualTo(1);
        assertThat(Patience.await(other, "the other one").head.has(StreamResponse.GONE))
                .isTrue();
        assertThat(answer(request(StreamRequest.HOLD, 0)).head.has(StreamResponse.GONE))
                .isTrue();
    }

    @Test
    void segmentsAreReadInTheirOrderAndOnce() {
        answer(open("contract.Streams/Talk", 0));
        call().request(100);
        answer(request(StreamRequest.SEGMENT | StreamRequest.LAST, 3), "d");
        answer(request(StreamRequest.SEGMENT, 1), "b");
        assertThat(received).isEmpty();
        answer(request(StreamRequest.SEGMENT, 0), "a");
        answer(request(StreamRequest.SEGMENT, 0), "a");
        answer(request(StreamRequest.SEGMENT, 1), "b");
        assertThat(received).containsExactly("a", "b");
        Answer last = answer(request(StreamRequest.SEGMENT, 2), "c");
        assertThat(last.head.received()).isEqualTo(4);
        assertThat(received).containsExactly("a", "b", "c", "d", "<end>");
    }

    @Test
    void whatIsNoStreamIsRefused() {
        for (byte[] bytes : new byte[][] {{1, 2}, {1, 2, 0}, {1, 2, (byte) 0x80, 0, 0}, new byte[30]}) {
            bytes[0] = 1;
            bytes[1] = 2;
            Answer answer = Patience.await(send(ByteBuffer.wrap(bytes)), "an answer");
            assertThat(answer.head.flags()).isIn(StreamResponse.REFUSED, StreamResponse.GONE);
        }
        assertThat(answer(request(StreamRequest.HOLD, 0)).head.has(StreamResponse.GONE))
                .isTrue();
        assertThat(answer(request(StreamRequest.CANCEL, 0)).head.has(StreamResponse.GONE))
                .isTrue();
        Status unknown = Objects.requireNonNull(
                answer(open("contract.Streams/Other", 0)).head.status());
        assertThat(unknown.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(unknown.message()).contains("contract.Streams/Other");
        assertThat(server.openStreams()).isZero();
    }

    @Test
    void whoSendsMoreThanTheCreditIsCutOff() {
        answer(open("contract.Streams/Talk", 0));
        String large = "x".repeat(30_000);
        answer(request(StreamRequest.SEGMENT, 0), large, large);
        assertThat(cancelled.getCount())
                .as("one message more is within the rules")
                .isEqualTo(1);
        answer(request(StreamRequest.SEGMENT, 1), large, large);
        Patience.await(cancelled, "the handler is cancelled");
        Status end = Objects.requireNonNull(
                answer(request(StreamRequest.HOLD, 0)).head.status());
        assertThat(end.code()).isEqualTo(StatusCode.INTERNAL);
        assertThat(end.message()).contains("broke the rules");
    }

    @Test
    void aSegmentFarAheadIsCutOff() {
        answer(open("contract.Streams/Talk", 0));
        answer(request(StreamRequest.SEGMENT, 1_000_000), "x");
        Patience.await(cancelled, "the handler is cancelled");
    }

    @Test
    void noRequestIsKeptLongerThanTheServerWants() {
        answer(open("contract.Streams/Talk", 0));
        StreamRequest forYears =
                new StreamRequest(StreamRequest.HOLD, CLIENT, 1, 65_536, 0, Long.MAX_VALUE / 2, null, 0);
        Answer kept = answer(forYears);
        assertThat(kept.head.flags()).isZero();
        assertThat(cancelled.getCount()).isEqualTo(1);
    }

    @Test
    void noMoreRequestsAreKeptThanThereMayBe() {
        answer(open("contract.Streams/Talk", 0));
        List<CompletableFuture<Answer>> kept = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            kept.add(send(request(StreamRequest.HOLD, 0)));
        }
        assertThat(Patience.await(kept.getFirst(), "the oldest").head.flags()).isZero();
        kept.forEach(each -> Patience.await(each, "each of them"));
    }

    @Test
    void aLargeRequestIsNotKept() {
        RemoraServer patient = start(settings);
        ClientTransport toPatient = transport.connect(patient.localAddress());
        try {
            CompletableFuture<Answer> answer = new CompletableFuture<>();
            StreamRequest head = open("contract.Streams/Talk", StreamRequest.HOLD | StreamRequest.SEGMENT);
            byte[] message = StringValue.of("x".repeat(20_000)).toByteArray();
            MessageBuffer buffer = toPatient.allocate(head.size() + 3 + message.length);
            head.write(buffer.bytes());
            writeVarint(buffer.bytes(), message.length);
            buffer.bytes().put(message);
            toPatient.call(buffer, 0, new ResponseHandler() {
                @Override
                public void onResponse(MessageBuffer response) {
                    answer.complete(
                            new Answer(new StreamResponse(0, 0, 0, 0, null, null, Metadata.EMPTY), response.size()));
                    response.release();
                }

                @Override
                public void onFailure(TransportException failure) {
                    answer.completeExceptionally(failure);
                }
            });
            // With the default keep-alive of 10 s this would be late.
            Patience.await(answer, "an answer");
        } finally {
            patient.close();
            toPatient.close();
        }
    }

    @Test
    void aCancelFreesTheHandlerAndAnswersWhatWaits() {
        answer(open("contract.Streams/Talk", 0));
        CompletableFuture<Answer> waiting = send(request(StreamRequest.HOLD, 0));
        answer(request(StreamRequest.CANCEL, 0));
        Patience.await(cancelled, "the handler is cancelled");
        assertThat(Patience.await(waiting, "what waited").head.has(StreamResponse.GONE))
                .isTrue();
        assertThat(server.openStreams()).isZero();
    }

    @Test
    void aSecondOpeningOpensNothing() {
        answer(open("contract.Streams/Talk", StreamRequest.SEGMENT), "a");
        answer(open("contract.Streams/Talk", StreamRequest.SEGMENT), "a");
        call().request(10);
        assertThat(received).containsExactly("a");
        assertThat(server.openStreams()).isEqualTo(1);
    }
}
