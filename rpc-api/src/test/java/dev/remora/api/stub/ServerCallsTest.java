package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallContext;
import dev.remora.api.Metadata;
import dev.remora.api.RpcException;
import dev.remora.api.ServerCall;
import dev.remora.api.ServerCallHandler;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ServerCallsTest {
    private static final Metadata.Key<String> HINT = Metadata.Key.text("hint");

    private final FakeServerCall unary = new FakeServerCall(Methods.UNARY);

    private static Status end(FakeServerCall call) throws Exception {
        return Background.get(call.closed);
    }

    private static void sendOne(ServerCall.Listener<String> listener, String message) {
        listener.onMessage(message);
        listener.onHalfClose();
    }

    @Test
    void unaryAnswersOnTheListenersThread() throws Exception {
        Thread here = Thread.currentThread();
        ServerCall.Listener<String> listener = ServerCalls.<String, String>unary(
                        q -> q + (Thread.currentThread() == here))
                .startCall(unary);
        listener.onMessage("q");
        assertThat(unary.sent).isEmpty();
        listener.onHalfClose();
        assertThat(unary.sent).containsExactly("qtrue");
        assertThat(end(unary)).isEqualTo(Status.OK);
    }

    @Test
    void unaryKeepsStatusAndTrailersOfARpcException() throws Exception {
        sendOne(
                ServerCalls.<String, String>unary(q -> {
                            throw new IOException(new RpcException(
                                    Status.of(StatusCode.NOT_FOUND, "no " + q), Metadata.of(HINT, "h")));
                        })
                        .startCall(unary),
                "q");
        assertThat(end(unary)).hasToString("NOT_FOUND: no q");
        assertThat(unary.trailers.get(HINT)).isEqualTo("h");
        assertThat(unary.sent).isEmpty();
    }

    @Test
    void unaryHidesTheMessageOfOtherFailuresAndKeepsTheCause() throws Exception {
        AssertionError secret = new AssertionError("secret");
        sendOne(
                ServerCalls.<String, String>unary(q -> {
                            throw secret;
                        })
                        .startCall(unary),
                "q");
        assertThat(end(unary).code()).isEqualTo(StatusCode.UNKNOWN);
        assertThat(end(unary).message()).doesNotContain("secret");
        assertThat(end(unary).cause()).isSameAs(secret);
    }

    @Test
    @SuppressWarnings("NullAway") // what an unchecked handler may do
    void unaryNullIsInternalAndNamesTheMethod() throws Exception {
        sendOne(ServerCalls.<String, String>unary(q -> null).startCall(unary), "q");
        assertThat(end(unary)).hasToString("INTERNAL: the handler of test.Strings/Unary returned null");
    }

    @Test
    void aWrongNumberOfRequestsIsRefused() throws Exception {
        List<ServerCallHandler<String, String>> handlers = List.of(
                ServerCalls.unary(q -> q),
                ServerCalls.serverStreaming((q, w) -> w.write(q)),
                ServerCalls.asyncUnary((q, o) -> o.onNext(q)),
                ServerCalls.asyncServerStreaming((q, o) -> o.onNext(q)));
        for (ServerCallHandler<String, String> handler : handlers) {
            FakeServerCall none = new FakeServerCall(Methods.UNARY);
            handler.startCall(none).onHalfClose();
            assertThat(end(none)).hasToString("INTERNAL: test.Strings/Unary: the client sent no request");

            FakeServerCall two = new FakeServerCall(Methods.UNARY);
            ServerCall.Listener<String> listener = handler.startCall(two);
            listener.onMessage("a");
            listener.onMessage("b");
            listener.onHalfClose();
            assertThat(end(two).message()).contains("more than one request");
            assertThat(two.sent).isEmpty();
        }
    }

    @Test
    void serverStreamingWaitsForReadinessAndHasTheContext() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.SERVER);
        call.ready = false;
        CompletableFuture<Thread> handler = new CompletableFuture<>();
        CompletableFuture<CallContext> context = new CompletableFuture<>();
        ServerCall.Listener<String> listener = ServerCalls.<String, String>serverStreaming((q, responses) -> {
                    handler.complete(Thread.currentThread());
                    context.complete(CallContext.current().orElseThrow());
                    responses.write(q + 1);
                    responses.write(q + 2);
                })
                .startCall(call);
        sendOne(listener, "q");
        assertThat(Background.get(handler).isVirtual()).isTrue();
        assertThat(Background.get(context)).isSameAs(call);
        assertThat(call.sent).isEmpty();
        call.ready = true;
        listener.onReady();
        assertThat(end(call)).isEqualTo(Status.OK);
        assertThat(call.sent).containsExactly("q1", "q2");
    }

    @Test
    void cancellationReleasesABlockedWriterAndReader() throws Exception {
        FakeServerCall writing = new FakeServerCall(Methods.SERVER);
        writing.ready = false;
        ServerCall.Listener<String> writer = ServerCalls.<String, String>serverStreaming((q, w) -> w.write(q))
                .startCall(writing);
        sendOne(writer, "q");
        writer.onCancel();
        assertThat(end(writing).code()).isEqualTo(StatusCode.CANCELLED);

        FakeServerCall reading = new FakeServerCall(Methods.CLIENT);
        ServerCall.Listener<String> reader = ServerCalls.<String, String>clientStreaming(r -> {
                    String message = r.read();
                    return message == null ? "ended" : message;
                })
                .startCall(reading);
        reader.onCancel();
        assertThat(end(reading).code()).isEqualTo(StatusCode.CANCELLED);
    }

    @Test
    void clientStreamingReadsToTheEnd() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.CLIENT);
        ServerCall.Listener<String> listener = ServerCalls.<String, String>clientStreaming(requests -> {
                    StringBuilder all = new StringBuilder();
                    requests.forEach(all::append);
                    return all.toString();
                })
                .startCall(call);
        assertThat(call.requested()).isEqualTo(1);
        listener.onMessage("a");
        listener.onMessage("b");
        listener.onHalfClose();
        assertThat(end(call)).isEqualTo(Status.OK);
        assertThat(call.sent).containsExactly("ab");
    }

    @Test
    void bidiAnswersWhileReading() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.BIDI);
        ServerCall.Listener<String> listener = ServerCalls.<String, String>bidi((requests, responses) -> {
                    for (String q : requests) {
                        responses.write(q + q);
                    }
                })
                .startCall(call);
        listener.onMessage("a");
        listener.onMessage("b");
        listener.onHalfClose();
        assertThat(end(call)).isEqualTo(Status.OK);
        assertThat(call.sent).containsExactly("aa", "bb");
    }

    @Test
    void aFailingStreamHandlerEndsTheCall() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.BIDI);
        ServerCalls.<String, String>bidi((requests, responses) -> {
                    responses.write("first");
                    throw new RpcException(StatusCode.OUT_OF_RANGE, "that far");
                })
                .startCall(call);
        assertThat(end(call)).hasToString("OUT_OF_RANGE: that far");
        assertThat(call.sent).containsExactly("first");
    }

    @Test
    void asyncUnaryAnswersLaterAndOnce() throws Exception {
        CompletableFuture<StreamObserver<String>> held = new CompletableFuture<>();
        sendOne(
                ServerCalls.<String, String>asyncUnary((q, o) -> held.complete(o))
                        .startCall(unary),
                "q");
        assertThat(unary.closed).isNotDone();
        Background.get(held).onNext("r");
        Background.get(held).onCompleted();
        Background.get(held).onError(new IllegalStateException("too late"));
        assertThat(end(unary)).isEqualTo(Status.OK);
        assertThat(unary.sent).containsExactly("r");
    }

    @Test
    void asyncUnaryWithoutOrWithTwoResponsesIsInternal() throws Exception {
        sendOne(
                ServerCalls.<String, String>asyncUnary((q, o) -> o.onCompleted())
                        .startCall(unary),
                "q");
        assertThat(end(unary).message()).contains("gave no response");
        FakeServerCall two = new FakeServerCall(Methods.UNARY);
        sendOne(
                ServerCalls.<String, String>asyncUnary((q, o) -> {
                            o.onNext("a");
                            o.onNext("b");
                            o.onCompleted();
                        })
                        .startCall(two),
                "q");
        assertThat(end(two).message()).contains("more than one response");
    }

    @Test
    void asyncBidiHandsOverMessagesAndHoldsBack() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.BIDI);
        RecordedObserver requests = new RecordedObserver();
        List<String> ready = new ArrayList<>();
        ServerCall.Listener<String> listener = ServerCalls.<String, String>asyncBidi(responses -> {
                    responses.onReady(() -> ready.add("ready"));
                    responses.onNext("hello");
                    return requests;
                })
                .startCall(call);
        int before = call.requested();
        listener.onMessage("a");
        assertThat(call.requested()).isEqualTo(before + 1);
        listener.onReady();
        listener.onHalfClose();
        assertThat(requests.events).containsExactly("a", "<end>");
        assertThat(ready).containsExactly("ready");
        assertThat(call.sent).containsExactly("hello");
    }

    @Test
    void cancellationDuringAMessageIsDeliveredAfterIt() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.BIDI);
        List<String> events = new ArrayList<>();
        CompletableFuture<ServerCall.Listener<String>> self = new CompletableFuture<>();
        StreamObserver<String> requests = new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                events.add(message);
                self.join().onCancel();
                events.add("left " + message);
            }

            @Override
            public void onError(Throwable failure) {
                events.add(Status.fromThrowable(failure).code().name());
            }

            @Override
            public void onCompleted() {
                events.add("completed");
            }
        };
        ServerCall.Listener<String> listener =
                ServerCalls.<String, String>asyncBidi(responses -> requests).startCall(call);
        self.complete(listener);
        listener.onMessage("a");
        listener.onMessage("b");
        listener.onHalfClose();
        assertThat(events).containsExactly("a", "left a", "CANCELLED");
        assertThat(end(call).code()).isEqualTo(StatusCode.CANCELLED);
    }

    @Test
    void aCancelledStreamEndsEvenIfNobodyAnswers() throws Exception {
        FakeServerCall callback = new FakeServerCall(Methods.SERVER);
        ServerCall.Listener<String> generator = ServerCalls.<String, String>asyncServerStreaming(
                        (request, responses) -> {})
                .startCall(callback);
        generator.onMessage("q");
        generator.onHalfClose();
        assertThat(callback.closed).isNotDone();
        generator.onCancel();
        assertThat(end(callback).code()).isEqualTo(StatusCode.CANCELLED);

        FakeServerCall blocking = new FakeServerCall(Methods.SERVER);
        ServerCall.Listener<String> waiting = ServerCalls.<String, String>serverStreaming((request, responses) -> {})
                .startCall(blocking);
        waiting.onCancel();
        assertThat(end(blocking).code()).isEqualTo(StatusCode.CANCELLED);
        waiting.onHalfClose();
    }

    @Test
    void aFailureWhileStartingAnAsyncStreamEndsTheCall() throws Exception {
        FakeServerCall call = new FakeServerCall(Methods.CLIENT);
        ServerCall.Listener<String> listener = ServerCalls.<String, String>asyncClientStreaming(responses -> {
                    throw ServerCalls.unimplemented(Methods.CLIENT);
                })
                .startCall(call);
        listener.onMessage("ignored");
        listener.onHalfClose();
        assertThat(end(call)).hasToString("UNIMPLEMENTED: the server does not implement test.Strings/Client");
    }
}
