package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.api.CallOptions;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbackStreamsTest {
    private final FakeChannel channel = new FakeChannel();
    private final RecordedObserver responses = new RecordedObserver();

    @Test
    void serverStreamingReportsMessagesAndEnd() throws Exception {
        ClientCalls.callbackServerStreaming(channel, Methods.SERVER, CallOptions.DEFAULT, "question", responses);
        FakeChannel.Call call = channel.take();
        int before = call.requested;
        call.message("a");
        call.message("b");
        assertThat(call.requested).isEqualTo(before + 2);
        call.close(Status.OK);
        assertThat(responses.events).containsExactly("a", "b", "<end>");
    }

    @Test
    void bidiSendsCancelsAndReportsReadiness() throws Exception {
        CallStreamObserver<String> requests =
                ClientCalls.callbackBidi(channel, Methods.BIDI, CallOptions.DEFAULT, responses);
        FakeChannel.Call call = channel.take();
        List<String> ready = new ArrayList<>();
        requests.onReady(() -> ready.add("ready"));
        call.ready = false;
        assertThat(requests.isReady()).isFalse();
        call.ready = true;
        call.listener().onReady();
        assertThat(ready).containsExactly("ready");
        requests.onNext("a");
        requests.onCompleted();
        assertThat(call.sent).containsExactly("a", "<end>");
        requests.cancel("enough");
        assertThat(responses.failure).hasMessageContaining("CANCELLED: enough");
        requests.onNext("too late");
        assertThat(call.sent).hasSize(2);
        assertThat(requests.isReady()).isFalse();
    }

    @Test
    void clientStreamingHoldsTheResponseUntilTheEnd() throws Exception {
        CallStreamObserver<String> requests =
                ClientCalls.callbackClientStreaming(channel, Methods.CLIENT, CallOptions.DEFAULT, responses);
        FakeChannel.Call call = channel.take();
        requests.onNext("a");
        call.message("sum");
        call.close(Status.of(StatusCode.ABORTED, "rolled back"));
        assertThat(responses.events).containsExactly("<error>");
        assertThat(responses.failure).hasMessageContaining("ABORTED: rolled back");
    }

    @Test
    void anObserverThatFailsCancelsTheCallAndHearsWhy() throws Exception {
        IllegalStateException bug = new IllegalStateException("bug");
        List<Throwable> heard = new ArrayList<>();
        StreamObserver<String> failing = new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                throw bug;
            }

            @Override
            public void onError(Throwable failure) {
                heard.add(failure);
            }

            @Override
            public void onCompleted() {}
        };
        ClientCalls.callbackServerStreaming(channel, Methods.SERVER, CallOptions.DEFAULT, "question", failing);
        FakeChannel.Call call = channel.take();
        call.message("a");
        assertThat(call.cancelled).isTrue();
        assertThat(heard).singleElement().satisfies(e -> assertThat(e).hasCause(bug));
    }
}
