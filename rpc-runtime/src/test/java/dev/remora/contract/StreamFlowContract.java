package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.blob;
import static dev.remora.contract.StreamRig.number;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import dev.remora.api.ServerCall;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraServer;
import dev.remora.runtime.config.DefaultValues;
import dev.remora.runtime.config.StreamSettings;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A slow side holds the other one back, and what lies between them has a bound; the settings say which. */
public interface StreamFlowContract extends StreamSubject {
    int WINDOW = 64 << 10;
    int SEND_BUFFER = 32 << 10;
    int MESSAGE = 1000;
    /** What a message counts beside its bytes, and protobuf's own two or three of them. */
    int EXTRA = 32 + 4;

    /** Windows that do not grow, so that a test knows them. */
    private static DefaultValues fixed(DefaultValues settings) {
        return settings.with(StreamSettings.WINDOW, (long) WINDOW)
                .with(StreamSettings.MAX_WINDOW, (long) WINDOW)
                .with(StreamSettings.SEND_BUFFER, (long) SEND_BUFFER);
    }

    /** Messages that can be between a writer and a reader: in the window, in the sender's buffer, held ahead by the reader. */
    private static int mostBetween(int size) {
        int cost = size + EXTRA;
        int heldAhead = Math.min(16, Math.max(1, WINDOW / size));
        return (WINDOW / cost + 1) + (SEND_BUFFER / cost + 1) + heldAhead + 1 + 1;
    }

    /** A sender that had to stop goes on when half of its buffer has left, so that is what must fit beside the window. */
    private static int leastBetween() {
        return (WINDOW + SEND_BUFFER / 2) / (MESSAGE + EXTRA) - 1;
    }

    private static MethodDescriptor<BytesValue, BytesValue> method(Shape shape) {
        return StreamRig.bytes("Flow", shape);
    }

    @Test
    default void aSlowReaderHoldsTheServersWriterBack() {
        for (int size : new int[] {MESSAGE, 100_000}) {
            AtomicInteger read = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            int count = 3 * mostBetween(size);
            CountDownLatch writing = new CountDownLatch(1);
            RemoraServer server = rig().serve(
                            fixed(StreamRig.serverSettings()),
                            StreamRig.service(
                                    method(Shape.SERVER_STREAMING), ServerCalls.serverStreaming((q, responses) -> {
                                        for (int i = 0; i < count; i++) {
                                            responses.write(blob(i, size));
                                            most.accumulateAndGet(i + 1 - read.get(), Math::max);
                                            writing.countDown();
                                        }
                                    })));
            StreamReader<BytesValue> reader = ClientCalls.blockingServerStreaming(
                    rig().channelTo(server, fixed(StreamRig.clientSettings())),
                    method(Shape.SERVER_STREAMING),
                    patient(),
                    blob(0, 0));
            Patience.await(writing, "the server writes");
            for (int i = 0; i < count; i++) {
                assertThat(reader.read()).isEqualTo(blob(i, size));
                read.incrementAndGet();
            }
            assertThat(reader.read()).isNull();
            assertThat(most.get())
                    .as("messages of %d bytes between writer and reader", size)
                    .isLessThanOrEqualTo(mostBetween(size));
        }
    }

    @Test
    default void aSlowHandlerHoldsTheClientsWriterBack() {
        for (int size : new int[] {MESSAGE, 100_000}) {
            AtomicInteger read = new AtomicInteger();
            int count = 3 * mostBetween(size);
            RemoraServer server = rig().serve(
                            fixed(StreamRig.serverSettings()),
                            StreamRig.service(method(Shape.CLIENT_STREAMING), ServerCalls.clientStreaming(requests -> {
                                for (BytesValue request : requests) {
                                    assertThat(request).isEqualTo(blob(read.getAndIncrement(), size));
                                }
                                return blob(read.get(), 1);
                            })));
            int most = 0;
            try (var stream = ClientCalls.blockingClientStreaming(
                    rig().channelTo(server, fixed(StreamRig.clientSettings())),
                    method(Shape.CLIENT_STREAMING),
                    patient())) {
                for (int i = 0; i < count; i++) {
                    stream.write(blob(i, size));
                    most = Math.max(most, i + 1 - read.get());
                }
                assertThat(stream.finish()).isEqualTo(blob(count, 1));
            }
            assertThat(most)
                    .as("messages of %d bytes between writer and reader", size)
                    .isLessThanOrEqualTo(mostBetween(size));
        }
    }

    /** Nobody reads at all: then a callback writer must come to a stand, and go on when somebody does. */
    @Test
    default void aCallbackWriterOfTheServerStopsWhenNothingIsRequested() {
        AtomicInteger written = new AtomicInteger();
        int count = 3 * mostBetween(MESSAGE);
        RemoraServer server = rig().serve(
                        fixed(StreamRig.serverSettings()),
                        StreamRig.service(
                                method(Shape.SERVER_STREAMING), ServerCalls.asyncServerStreaming((q, responses) -> {
                                    Runnable write = () -> {
                                        while (written.get() < count && responses.isReady()) {
                                            responses.onNext(blob(written.getAndIncrement(), MESSAGE));
                                        }
                                        if (written.get() == count) {
                                            responses.onCompleted();
                                        }
                                    };
                                    responses.onReady(write);
                                    write.run();
                                })));
        RecordedStream<BytesValue> events = new RecordedStream<>();
        var channel = rig().channelTo(server, fixed(StreamRig.clientSettings()));
        ClientCall<BytesValue, BytesValue> call = channel.newCall(method(Shape.SERVER_STREAMING), patient());
        call.start(events, Metadata.EMPTY);
        call.sendMessage(blob(0, 0));
        call.halfClose();
        int least = leastBetween();
        Patience.until(() -> written.get() >= least, "the window and the buffer are full");
        assertThat(events.messages).isEmpty();
        call.request(1);
        Patience.until(() -> events.messages.size() == 1, "the one message that was requested");
        assertThat(written.get()).isLessThanOrEqualTo(mostBetween(MESSAGE));
        call.request(Integer.MAX_VALUE);
        assertThat(events.end().isOk()).isTrue();
        assertThat(events.messages)
                .isEqualTo(IntStream.range(0, count)
                        .mapToObj(i -> blob(i, MESSAGE))
                        .toList());
    }

    @Test
    default void aCallbackWriterOfTheClientStopsWhenNothingIsRequested() {
        AtomicReference<ServerCall<BytesValue, BytesValue>> serving = new AtomicReference<>();
        AtomicInteger read = new AtomicInteger();
        RemoraServer server = rig().serve(
                        fixed(StreamRig.serverSettings()), StreamRig.service(method(Shape.CLIENT_STREAMING), call -> {
                            serving.set(call);
                            return new ServerCall.Listener<>() {
                                @Override
                                public void onMessage(BytesValue message) {
                                    assertThat(message).isEqualTo(blob(read.getAndIncrement(), MESSAGE));
                                }

                                @Override
                                public void onHalfClose() {
                                    call.sendMessage(blob(read.get(), 1));
                                    call.close(Status.OK, Metadata.EMPTY);
                                }
                            };
                        }));
        int count = 3 * mostBetween(MESSAGE);
        AtomicInteger written = new AtomicInteger();
        AtomicReference<ClientCall<BytesValue, BytesValue>> calling = new AtomicReference<>();
        RecordedStream<BytesValue> events = new RecordedStream<>() {
            @Override
            void ready() {
                write(calling.get(), written, count);
            }
        };
        var channel = rig().channelTo(server, fixed(StreamRig.clientSettings()));
        ClientCall<BytesValue, BytesValue> call = channel.newCall(method(Shape.CLIENT_STREAMING), patient());
        calling.set(call);
        call.start(events, Metadata.EMPTY);
        call.request(2);
        write(call, written, count);
        int least = leastBetween();
        Patience.until(() -> written.get() >= least && serving.get() != null, "the window and the buffer are full");
        assertThat(read.get()).isZero();
        // Whoever writes may still be about to write the last one.
        Patience.until(() -> !call.isReady(), "nothing more can be written");
        for (int i = 1; i <= 5; i++) {
            int expected = i;
            serving.get().request(1);
            Patience.until(() -> read.get() == expected, "the message that was requested");
        }
        assertThat(written.get()).isLessThanOrEqualTo(mostBetween(MESSAGE) + 5);
        serving.get().request(Integer.MAX_VALUE);
        assertThat(events.end().isOk()).isTrue();
        assertThat(events.messages).containsExactly(blob(count, 1));
        assertThat(events.readies.get()).isPositive();
    }

    private static void write(ClientCall<BytesValue, BytesValue> call, AtomicInteger written, int count) {
        synchronized (written) {
            while (written.get() < count && call.isReady()) {
                call.sendMessage(blob(written.getAndIncrement(), MESSAGE));
                if (written.get() == count) {
                    call.halfClose();
                }
            }
        }
    }

    @Test
    default void noMoreIsDeliveredThanWasRequested() {
        int count = 1000;
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
            for (int i = 0; i < count; i++) {
                responses.write(of(i));
            }
        }));
        AtomicInteger requested = new AtomicInteger();
        AtomicInteger beyond = new AtomicInteger();
        RecordedStream<StringValue> events = new RecordedStream<>() {
            @Override
            void received(StringValue message) {
                if (messages.size() > requested.get()) {
                    beyond.incrementAndGet();
                }
            }
        };
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(SERVER, patient());
        call.start(events, Metadata.EMPTY);
        call.sendMessage(of("q"));
        call.halfClose();
        for (int step = 1; requested.get() < count; step++) {
            requested.addAndGet(step);
            call.request(step);
            int expected = Math.min(count, requested.get());
            Patience.until(() -> events.messages.size() == expected, expected + " messages");
        }
        assertThat(events.end().isOk()).isTrue();
        assertThat(beyond).hasValue(0);
        assertThat(events.messages).hasSize(count);
    }

    @Test
    default void whoDoesNotHeedReadinessIsStopped() {
        DefaultValues small = StreamRig.clientSettings().with(StreamSettings.MAX_SEND_QUEUE, 100_000L);
        RemoraServer server = rig().serve(BIDI, call -> {
            // It requests nothing, so the client's messages stay where they are.
            call.context().onCancel(() -> call.close(Status.OK, Metadata.EMPTY));
            return new StreamOrderContract.Ignoring();
        });
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call =
                rig().channelTo(server, small).newCall(BIDI, patient());
        call.start(events, Metadata.EMPTY);
        for (int i = 0; !events.hasEnded(); i++) {
            call.sendMessage(of("x".repeat(1000)));
            assertThat(i).isLessThan(1000);
        }
        assertThat(events.end().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(events.end().message())
                .contains("contract.Streams/Bidi", "isReady", "remora.client.streams.max-send-queue");
        rig().awaitNoStreams();
    }

    @Test
    default void aHandlerThatDoesNotHeedReadinessIsStopped() {
        DefaultValues small = StreamRig.serverSettings().with(StreamSettings.MAX_SEND_QUEUE, 100_000L);
        CountDownLatch stopped = new CountDownLatch(1);
        RemoraServer server = rig().serve(
                        small, StreamRig.service(SERVER, ServerCalls.asyncServerStreaming((q, responses) -> {
                            try {
                                for (int i = 0; i < 1000; i++) {
                                    responses.onNext(of("x".repeat(1000)));
                                }
                                responses.onCompleted();
                            } finally {
                                stopped.countDown();
                            }
                        })));
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(SERVER, patient());
        call.start(events, Metadata.EMPTY);
        call.sendMessage(of("q"));
        call.halfClose();
        // Nobody reads meanwhile: otherwise a quick client takes it all as it comes.
        Patience.await(stopped, "the handler has sent too much");
        call.request(Integer.MAX_VALUE);
        assertThat(events.end().code()).isEqualTo(StatusCode.RESOURCE_EXHAUSTED);
        assertThat(events.end().message()).contains("remora.server.streams.max-send-queue");
        assertThat(events.messages.size()).isLessThan(1000);
    }

    @Test
    default void windowsThatMayNotGrowAreEnough() {
        DefaultValues poorServer = StreamRig.serverSettings()
                .with(StreamSettings.RECEIVE_MEMORY, 0L)
                .with(StreamSettings.SEND_BUFFER, 1L)
                .with(StreamSettings.BATCH, 1L);
        DefaultValues poorClient = StreamRig.clientSettings()
                .with(StreamSettings.RECEIVE_MEMORY, 0L)
                .with(StreamSettings.SEND_BUFFER, 1L)
                .with(StreamSettings.BATCH, 1L)
                .with(StreamSettings.MAX_REQUESTS, 1L);
        RemoraServer server = rig().serve(
                        poorServer, StreamRig.service(BIDI, ServerCalls.bidi((requests, responses) -> {
                            for (StringValue request : requests) {
                                responses.write(request);
                            }
                        })));
        var bidi = ClientCalls.blockingBidi(rig().channelTo(server, poorClient), BIDI, patient());
        rig().start(() -> {
            for (int i = 0; i < 2000; i++) {
                bidi.write(of(i));
            }
            bidi.halfClose();
        });
        int expected = 0;
        for (StringValue message : bidi) {
            assertThat(number(message)).isEqualTo(expected++);
        }
        assertThat(expected).isEqualTo(2000);
    }

    @Test
    default void manyUploadsShareWhatMayBeUnderWay() {
        DefaultValues tight = StreamRig.clientSettings().with(StreamSettings.MAX_IN_FLIGHT, (long) WINDOW);
        RemoraServer server = rig().serve(method(Shape.CLIENT_STREAMING), ServerCalls.clientStreaming(requests -> {
            int count = 0;
            for (BytesValue request : requests) {
                assertThat(request).isEqualTo(blob(count++, 20_000));
            }
            return blob(count, 1);
        }));
        var channel = rig().channelTo(server, tight);
        for (int s = 0; s < 40; s++) {
            rig().start(() -> {
                try (var stream =
                        ClientCalls.blockingClientStreaming(channel, method(Shape.CLIENT_STREAMING), patient())) {
                    for (int i = 0; i < 30; i++) {
                        stream.write(blob(i, 20_000));
                    }
                    assertThat(stream.finish()).isEqualTo(blob(30, 1));
                }
            });
        }
        rig().joinAll();
    }

    @Test
    default void aWriterIsNotHeldBackByAReaderOfAnotherStream() {
        RemoraServer server = rig().serve(
                        fixed(StreamRig.serverSettings()),
                        StreamRig.service(
                                method(Shape.SERVER_STREAMING), ServerCalls.serverStreaming((q, responses) -> {
                                    for (int i = 0; i < 300; i++) {
                                        responses.write(blob(i, MESSAGE));
                                    }
                                })));
        var channel = rig().channelTo(server, fixed(StreamRig.clientSettings()));
        List<StreamReader<BytesValue>> unread = IntStream.range(0, 20)
                .mapToObj(i -> ClientCalls.blockingServerStreaming(
                        channel, method(Shape.SERVER_STREAMING), patient(), blob(0, 0)))
                .toList();
        for (int round = 0; round < 3; round++) {
            int expected = 0;
            for (BytesValue message : ClientCalls.blockingServerStreaming(
                    channel, method(Shape.SERVER_STREAMING), patient(), blob(0, 0))) {
                assertThat(message).isEqualTo(blob(expected++, MESSAGE));
            }
            assertThat(expected).isEqualTo(300);
        }
        for (StreamReader<BytesValue> reader : unread) {
            int expected = 0;
            for (BytesValue message : reader) {
                assertThat(message).isEqualTo(blob(expected++, MESSAGE));
            }
            assertThat(expected).isEqualTo(300);
        }
    }

    @Test
    default void aClientThatWritesWithoutReadingIsFreedByTheEnd() {
        CountDownLatch full = new CountDownLatch(1);
        RemoraServer server = rig().serve(
                        fixed(StreamRig.serverSettings()),
                        StreamRig.service(method(Shape.BIDI_STREAMING), ServerCalls.bidi((requests, responses) -> {
                            responses.write(blob(1, MESSAGE));
                            Patience.await(full, "the client has written all it can");
                            throw Status.of(StatusCode.ABORTED, "enough").asException();
                        })));
        var stream = ClientCalls.blockingBidi(
                rig().channelTo(server, fixed(StreamRig.clientSettings())), method(Shape.BIDI_STREAMING), patient());
        RuntimeException failure = null;
        for (int i = 0; failure == null; i++) {
            if (i == WINDOW / MESSAGE) {
                full.countDown();
            }
            try {
                stream.write(blob(i, MESSAGE));
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        assertThat(failure).hasMessageContaining("ABORTED: enough");
        assertThat(stream.read()).isEqualTo(blob(1, MESSAGE));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(stream::read))
                .hasMessageContaining("ABORTED: enough");
    }

    @Test
    default void largeMessagesFlowThroughSmallWindows() {
        RemoraServer server = rig().serve(
                        fixed(StreamRig.serverSettings()),
                        StreamRig.service(method(Shape.CLIENT_STREAMING), ServerCalls.clientStreaming(requests -> {
                            int count = 0;
                            for (BytesValue request : requests) {
                                assertThat(request).isEqualTo(blob(count++, 2_000_000));
                            }
                            return blob(count, 1);
                        })));
        try (var stream = ClientCalls.blockingClientStreaming(
                rig().channelTo(server, fixed(StreamRig.clientSettings())),
                method(Shape.CLIENT_STREAMING),
                patient())) {
            for (int i = 0; i < 12; i++) {
                stream.write(blob(i, 2_000_000));
            }
            assertThat(stream.finish()).isEqualTo(blob(12, 1));
        }
    }
}
