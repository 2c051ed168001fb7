package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.CLIENT;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How streams end when nobody cancels: errors in the middle, early ends, deadlines. */
public interface StreamEndContract extends StreamSubject {
    Metadata.Key<String> TENANT = Metadata.Key.text("tenant");

    private static RpcException failure(StreamReader<?> reader) {
        return catchThrowableOfType(RpcException.class, () -> {
            while (reader.read() != null) {}
        });
    }

    @Test
    default void anErrorInTheMiddleComesAfterTheMessagesBeforeIt() {
        for (int before : new int[] {0, 1, 5000}) {
            RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
                for (int i = 0; i < before; i++) {
                    responses.write(of(i));
                }
                throw Status.of(StatusCode.NOT_FOUND, "no more of them")
                        .withDetail(of("users/7"))
                        .asException(Metadata.of(TENANT, "acme"));
            }));
            StreamReader<StringValue> reader =
                    ClientCalls.blockingServerStreaming(rig().channelTo(server), SERVER, patient(), of("q"));
            List<StringValue> received = new ArrayList<>();
            RpcException failure = catchThrowableOfType(RpcException.class, () -> reader.forEach(received::add));
            assertThat(received).hasSize(before);
            assertThat(failure.code()).isEqualTo(StatusCode.NOT_FOUND);
            assertThat(failure.status().message()).isEqualTo("no more of them");
            assertThat(failure.status().detail(StringValue.class)).contains(of("users/7"));
            assertThat(failure.trailers().get(TENANT)).isEqualTo("acme");
        }
    }

    @Test
    default void anUnexpectedFailureOfAHandlerIsUnknownAndKeepsItsSecrets() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            requests.read();
            throw new IllegalStateException("password=hunter2");
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        bidi.write(of("q"));
        RpcException failure = failure(bidi);
        assertThat(failure.code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(failure.getMessage()).doesNotContain("hunter2");
    }

    @Test
    default void aHandlerThatFailsToStartEndsTheStream() {
        RemoraServer server = rig().serve(BIDI, call -> {
            throw new RpcException(StatusCode.PERMISSION_DENIED, "not you");
        });
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(failure(bidi).code()).isEqualTo(StatusCode.PERMISSION_DENIED);
    }

    @Test
    default void whatAClientWritesAfterAnEarlyOkIsDropped() {
        RemoraServer server = rig().serve(CLIENT, ServerCalls.clientStreaming(requests -> {
            StringValue first = requests.read();
            return first == null ? of("none") : first;
        }));
        try (var stream = ClientCalls.blockingClientStreaming(rig().channelTo(server), CLIENT, patient())) {
            for (int i = 0; i < 20_000; i++) {
                stream.write(of("message " + i));
            }
            assertThat(stream.finish()).isEqualTo(of("message 0"));
        }
    }

    @Test
    default void anEarlyErrorStopsAWriterThatIsHeldBack() {
        CountDownLatch go = new CountDownLatch(1);
        RemoraServer server = rig().serve(CLIENT, ServerCalls.clientStreaming(requests -> {
            Patience.await(go, "the client is at it");
            throw new RpcException(StatusCode.RESOURCE_EXHAUSTED, "disk full");
        }));
        try (var stream = ClientCalls.blockingClientStreaming(rig().channelTo(server), CLIENT, patient())) {
            RpcException failure = catchThrowableOfType(RpcException.class, () -> {
                for (int i = 0; ; i++) {
                    if (i == 50) {
                        go.countDown();
                    }
                    stream.write(of("x".repeat(1000)));
                }
            });
            assertThat(failure.status().message()).isEqualTo("disk full");
        }
    }

    @Test
    default void aClientStreamWithoutAnAnswerIsAnError() {
        RemoraServer server = rig().serve(CLIENT, call -> {
            call.close(Status.OK, Metadata.EMPTY);
            return new StreamOrderContract.Ignoring();
        });
        try (var stream = ClientCalls.blockingClientStreaming(rig().channelTo(server), CLIENT, patient())) {
            assertThat(catchThrowableOfType(RpcException.class, stream::finish).code())
                    .isEqualTo(StatusCode.INTERNAL);
        }
    }

    @Test
    default void theHandlerHearsThatItsStatusHasLeft() {
        CompletableFuture<String> events = new CompletableFuture<>();
        RemoraServer server = rig().serve(BIDI, call -> {
            call.request(10);
            return new ServerCall.Listener<>() {
                private final StringBuilder heard = new StringBuilder();

                @Override
                public void onMessage(StringValue message) {
                    heard.append(message.getValue()).append(' ');
                }

                @Override
                public void onHalfClose() {
                    heard.append("half-closed ");
                    call.close(Status.OK, Metadata.EMPTY);
                }

                @Override
                public void onComplete() {
                    events.complete(heard + "complete");
                }

                @Override
                public void onCancel() {
                    events.complete(heard + "cancelled");
                }
            };
        });
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        bidi.write(of("a"));
        bidi.write(of("b"));
        bidi.halfClose();
        assertThat(bidi.read()).isNull();
        assertThat(Patience.await(events, "the end")).isEqualTo("a b half-closed complete");
    }

    @Test
    default void theDeadlineEndsAStreamOnBothSides() {
        for (Shape shape : List.of(Shape.SERVER_STREAMING, Shape.CLIENT_STREAMING, Shape.BIDI_STREAMING)) {
            CountDownLatch cancelled = new CountDownLatch(1);
            CompletableFuture<Boolean> hasDeadline = new CompletableFuture<>();
            var method = StreamRig.text("Slow", shape);
            RemoraServer server = rig().serve(method, call -> {
                hasDeadline.complete(call.context().deadline() != null);
                call.context().onCancel(() -> {
                    call.close(Status.OK, Metadata.EMPTY);
                    cancelled.countDown();
                });
                return new StreamOrderContract.Ignoring();
            });
            RecordedStream<StringValue> events = new RecordedStream<>();
            ClientCall<StringValue, StringValue> call =
                    rig().channelTo(server).newCall(method, CallOptions.DEFAULT.withTimeout(Duration.ofMillis(200)));
            call.start(events, Metadata.EMPTY);
            call.request(1);
            call.sendMessage(of("q"));
            if (shape == Shape.SERVER_STREAMING) {
                call.halfClose();
            }
            assertThat(events.end().code()).as("%s", shape).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
            assertThat(events.end().message()).contains("contract.Streams/Slow");
            assertThat(Patience.await(hasDeadline, "the handler")).isTrue();
            Patience.await(cancelled, "the handler hears of it");
        }
    }

    @Test
    default void theDeadlineFreesAWriterAndAReader() {
        CountDownLatch over = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            responses.write(of("first"));
            Patience.await(over, "the client has given up");
        }));
        RemoraChannel channel = rig().channelTo(server);
        CallOptions brief = CallOptions.DEFAULT.withTimeout(Duration.ofMillis(300));
        BidiStream<StringValue, StringValue> reading = ClientCalls.blockingBidi(channel, BIDI, brief);
        assertThat(reading.read()).isEqualTo(of("first"));
        assertThat(failure(reading).code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        BidiStream<StringValue, StringValue> writing = ClientCalls.blockingBidi(channel, BIDI, brief);
        RpcException failure = catchThrowableOfType(RpcException.class, () -> {
            while (true) {
                writing.write(of("x".repeat(1000)));
            }
        });
        assertThat(failure.code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
        over.countDown();
    }

    @Test
    default void aDeadlineThatHasPassedSendsNothing() {
        RemoraServer server = rig().serve(SERVER, call -> {
            throw new AssertionError("the handler must not run");
        });
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call = rig().channelTo(server)
                .newCall(SERVER, CallOptions.DEFAULT.withDeadline(dev.remora.api.Deadline.afterNs(-1)));
        call.start(events, Metadata.EMPTY);
        assertThat(events.end().code()).isEqualTo(StatusCode.DEADLINE_EXCEEDED);
    }

    @Test
    default void aShapeThatTheServerHasNotIsRefusedInPlainWords() {
        RemoraServer server = rig().serve(
                        StreamRig.serverSettings(),
                        StreamRig.service(StreamRig.text("Unary", Shape.UNARY), ServerCalls.unary(q -> q)),
                        StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {})));
        RemoraChannel channel = rig().channelTo(server);
        for (String name : List.of("Unary", "Unknown")) {
            var method = StreamRig.text(name, Shape.SERVER_STREAMING);
            RpcException failure = failure(ClientCalls.blockingServerStreaming(channel, method, patient(), of("q")));
            assertThat(failure.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
            assertThat(failure.getMessage()).contains("contract.Streams/" + name);
        }
        RpcException asUnary = catchThrowableOfType(
                RpcException.class,
                () -> ClientCalls.blockingUnary(channel, StreamRig.text("Bidi", Shape.UNARY), patient(), of("q")));
        assertThat(asUnary.code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        assertThat(asUnary.getMessage()).contains("is a stream");
    }

    @Test
    default void aMessageThatDoesNotParseEndsTheStream() {
        var sent = dev.remora.api.MethodDescriptor.protobuf(
                StreamRig.SERVICE,
                "Bidi",
                Shape.BIDI_STREAMING,
                com.google.protobuf.BytesValue.getDefaultInstance(),
                StringValue.getDefaultInstance());
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            requests.forEach(responses::write);
        }));
        var bidi = ClientCalls.blockingBidi(rig().channelTo(server), sent, patient());
        bidi.write(com.google.protobuf.BytesValue.of(
                com.google.protobuf.ByteString.copyFrom(new byte[] {(byte) 0xff, (byte) 0xfe})));
        assertThat(failure(bidi).code()).isEqualTo(StatusCode.INTERNAL);
    }
}
