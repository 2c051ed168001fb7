package dev.remora.contract;

import static dev.remora.contract.StreamRig.BIDI;
import static dev.remora.contract.StreamRig.SERVER;
import static dev.remora.contract.StreamRig.of;
import static dev.remora.contract.StreamRig.patient;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.StringValue;
import dev.remora.api.CallContext;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.StatusCode;
import dev.remora.api.stub.BidiStream;
import dev.remora.api.stub.CallStreamObserver;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import dev.remora.api.stub.StreamObserver;
import dev.remora.api.stub.StreamReader;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.RemoraServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Either side may give up at any moment, and the other one hears of it. */
public interface StreamCancelContract extends StreamSubject {
    @Test
    default void aClientThatGivesUpFreesAHandlerThatReads() {
        CompletableFuture<StatusCode> heard = new CompletableFuture<>();
        CountDownLatch reading = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            responses.write(of("ready"));
            reading.countDown();
            try {
                requests.read();
            } catch (RpcException e) {
                heard.complete(e.code());
                throw e;
            }
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        assertThat(bidi.read()).isEqualTo(of("ready"));
        Patience.await(reading, "the handler reads");
        bidi.close();
        assertThatThrownBy(bidi::read).hasMessageContaining("CANCELLED");
        assertThat(Patience.await(heard, "the handler hears of it")).isEqualTo(StatusCode.CANCELLED);
    }

    @Test
    default void aClientThatGivesUpFreesAHandlerThatWrites() {
        CompletableFuture<StatusCode> heard = new CompletableFuture<>();
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
            CallContext context = CallContext.current().orElseThrow();
            try {
                while (true) {
                    responses.write(of("x".repeat(1000)));
                }
            } catch (RpcException e) {
                assertThat(context.isCancelled()).isTrue();
                heard.complete(e.code());
                throw e;
            }
        }));
        StreamReader<StringValue> reader =
                ClientCalls.blockingServerStreaming(rig().channelTo(server), SERVER, patient(), of("q"));
        assertThat(reader.read()).isNotNull();
        reader.close();
        assertThat(Patience.await(heard, "the handler hears of it")).isEqualTo(StatusCode.CANCELLED);
    }

    @Test
    default void aCallbackHandlerHearsOfItAndItsStreamEnds() {
        CompletableFuture<Throwable> heard = new CompletableFuture<>();
        RemoraServer server = rig().serve(BIDI, ServerCalls.asyncBidi(responses -> new StreamObserver<>() {
            @Override
            public void onNext(StringValue message) {
                responses.onNext(message);
            }

            @Override
            public void onError(Throwable failure) {
                heard.complete(failure);
            }

            @Override
            public void onCompleted() {}
        }));
        CompletableFuture<StringValue> first = new CompletableFuture<>();
        CompletableFuture<Throwable> end = new CompletableFuture<>();
        CallStreamObserver<StringValue> requests =
                ClientCalls.callbackBidi(rig().channelTo(server), BIDI, patient(), new StreamObserver<StringValue>() {
                    @Override
                    public void onNext(StringValue message) {
                        first.complete(message);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        end.complete(failure);
                    }

                    @Override
                    public void onCompleted() {
                        end.complete(new AssertionError("completed"));
                    }
                });
        requests.onNext(of("a"));
        assertThat(Patience.await(first, "the echo")).isEqualTo(of("a"));
        requests.cancel("enough of it");
        assertThat(Patience.await(end, "the end")).hasMessageContaining("CANCELLED: enough of it");
        assertThat(Patience.await(heard, "the handler hears of it")).hasMessageContaining("CANCELLED");
    }

    /** At once, while it is being opened, and later: whichever comes first to the server, nothing may be left there. */
    @Test
    default void cancelsAtAnyMomentLeaveNothing() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            for (StringValue request : requests) {
                responses.write(request);
            }
        }));
        RemoraChannel channel = rig().channelTo(server);
        for (int i = 0; i < 500; i++) {
            RecordedStream<StringValue> events = new RecordedStream<>();
            ClientCall<StringValue, StringValue> call = channel.newCall(BIDI, patient());
            call.start(events, Metadata.EMPTY);
            call.request(10);
            int phase = i % 6;
            if (phase > 0) {
                call.sendMessage(of("a"));
            }
            if (phase > 1) {
                Patience.until(() -> !events.messages.isEmpty(), "the echo");
            }
            if (phase > 2) {
                call.sendMessage(of("b"));
            }
            if (phase > 3) {
                call.halfClose();
            }
            if (phase > 4) {
                events.end();
            }
            call.cancel("phase " + phase, null);
            StatusCode expected = events.end().code();
            assertThat(expected).isIn(StatusCode.CANCELLED, phase > 3 ? StatusCode.OK : StatusCode.CANCELLED);
            if (phase == 5) {
                assertThat(expected).isEqualTo(StatusCode.OK);
            }
        }
        rig().awaitNoStreams();
        Patience.until(() -> channel.outstanding() == 0, "no request is outstanding");
    }

    @Test
    default void cancelAfterTheEndHasNoEffect() {
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> responses.write(q)));
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(SERVER, patient());
        call.start(events, Metadata.EMPTY);
        call.request(10);
        call.sendMessage(of("q"));
        call.halfClose();
        assertThat(events.end().isOk()).isTrue();
        call.cancel("too late", null);
        assertThat(events.end().isOk()).isTrue();
    }

    @Test
    default void whatCameInBeforeACancelAndWasNotReadIsDropped() {
        CountDownLatch written = new CountDownLatch(1);
        RemoraServer server = rig().serve(SERVER, ServerCalls.serverStreaming((q, responses) -> {
            for (int i = 0; i < 100; i++) {
                responses.write(of(i));
            }
            written.countDown();
        }));
        RecordedStream<StringValue> events = new RecordedStream<>();
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(SERVER, patient());
        call.start(events, Metadata.EMPTY);
        call.sendMessage(of("q"));
        call.halfClose();
        Patience.await(written, "the server has written");
        call.request(10);
        Patience.until(() -> events.messages.size() == 10, "what was requested");
        call.cancel("enough", null);
        assertThat(events.end().code()).isEqualTo(StatusCode.CANCELLED);
        call.request(10);
        assertThat(events.messages).hasSize(10);
    }

    @Test
    default void aServerThatCancelsEndsTheClientsStream() {
        RemoraServer server = rig().serve(BIDI, ServerCalls.asyncBidi(responses -> new StreamObserver<>() {
            @Override
            public void onNext(StringValue message) {
                responses.onNext(message);
                responses.cancel("not any longer");
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        bidi.write(of("a"));
        assertThat(bidi.read()).isEqualTo(of("a"));
        assertThatThrownBy(bidi::read).hasMessageContaining("CANCELLED: not any longer");
    }

    @Test
    default void aListenerThatFailsCancelsItsStream() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            responses.write(of("a"));
            requests.read();
        }));
        RecordedStream<StringValue> events = new RecordedStream<>() {
            @Override
            void received(StringValue message) {
                throw new IllegalStateException("of the test");
            }
        };
        ClientCall<StringValue, StringValue> call = rig().channelTo(server).newCall(BIDI, patient());
        CompletableFuture<StatusCode> end = new CompletableFuture<>();
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(StringValue message) {
                        events.received(message);
                    }

                    @Override
                    public void onClose(dev.remora.api.Status status, Metadata trailers) {
                        end.complete(status.code());
                    }
                },
                Metadata.EMPTY);
        call.request(1);
        assertThat(Patience.await(end, "the end")).isEqualTo(StatusCode.CANCELLED);
        Patience.await(cancelled, "the server hears of it");
    }

    @Test
    default void aStreamThatIsMadeWhileServingEndsWithTheCall() {
        CountDownLatch innerRuns = new CountDownLatch(1);
        CountDownLatch innerCancelled = new CountDownLatch(1);
        RemoraServer back = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            CallContext context = CallContext.current().orElseThrow();
            context.onCancel(innerCancelled::countDown);
            assertThat(context.deadline()).as("inherited").isNotNull();
            innerRuns.countDown();
            requests.forEach(ignored -> {});
        }));
        RemoraChannel toBack = rig().channelTo(back);
        var outer = StreamRig.text("Outer", dev.remora.api.MethodDescriptor.Shape.SERVER_STREAMING);
        RemoraServer front = rig().serve(outer, ServerCalls.serverStreaming((q, responses) -> {
            BidiStream<StringValue, StringValue> inner =
                    ClientCalls.blockingBidi(toBack, BIDI, dev.remora.api.CallOptions.DEFAULT);
            inner.write(of("x"));
            inner.read();
        }));
        StreamReader<StringValue> reader =
                ClientCalls.blockingServerStreaming(rig().channelTo(front), outer, patient(), of("q"));
        Patience.await(innerRuns, "the inner handler runs");
        reader.close();
        Patience.await(innerCancelled, "the inner handler hears of it");
    }

    @Test
    default void anInterruptedReaderCancels() {
        CountDownLatch cancelled = new CountDownLatch(1);
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            CallContext.current().orElseThrow().onCancel(cancelled::countDown);
            responses.write(of("a"));
            requests.read();
        }));
        BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(rig().channelTo(server), BIDI, patient());
        CountDownLatch first = new CountDownLatch(1);
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread reading = Thread.ofVirtual().start(() -> {
            try {
                bidi.read();
                first.countDown();
                bidi.read();
            } catch (RpcException e) {
                failure.complete(e);
            }
        });
        Patience.await(first, "the first message");
        reading.interrupt();
        assertThat(Patience.await(failure, "the interrupt")).hasMessageContaining("CANCELLED");
        Patience.await(cancelled, "the server hears of it");
    }

    @Test
    default void manyCancelsWhileMessagesFlowLeaveNothing() {
        AtomicInteger handlers = new AtomicInteger();
        RemoraServer server = rig().serve(BIDI, ServerCalls.bidi((requests, responses) -> {
            handlers.incrementAndGet();
            try {
                for (StringValue request : requests) {
                    responses.write(request);
                }
            } finally {
                handlers.decrementAndGet();
            }
        }));
        RemoraChannel channel = rig().channelTo(server);
        for (int s = 0; s < 50; s++) {
            int seed = s;
            rig().start(() -> {
                for (int round = 0; round < 10; round++) {
                    BidiStream<StringValue, StringValue> bidi = ClientCalls.blockingBidi(channel, BIDI, patient());
                    int count = (seed * 7 + round * 13) % 40;
                    for (int i = 0; i < count; i++) {
                        bidi.write(of("x".repeat(i * 50)));
                    }
                    for (int i = 0; i < count / 2; i++) {
                        assertThat(bidi.read()).isNotNull();
                    }
                    bidi.close();
                }
            });
        }
        rig().joinAll();
        rig().awaitNoStreams();
        Patience.until(() -> handlers.get() == 0, "all handlers end");
        Patience.until(() -> channel.outstanding() == 0, "no request is outstanding");
    }
}
