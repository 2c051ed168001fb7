package dev.remora.api.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.CallOptions;
import dev.remora.api.RpcException;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockingStreamsTest {
    private final FakeChannel channel = new FakeChannel();

    private BidiStream<String, String> bidi() {
        return ClientCalls.blockingBidi(channel, Methods.BIDI, CallOptions.DEFAULT);
    }

    @Test
    void readsAllMessagesThenTheEnd() throws Exception {
        StreamReader<String> reader =
                ClientCalls.blockingServerStreaming(channel, Methods.SERVER, CallOptions.DEFAULT, "question");
        FakeChannel.Call call = channel.take();
        assertThat(call.sent).containsExactly("question", "<end>");
        Background<List<String>> reading = new Background<>(() -> {
            List<String> all = new ArrayList<>();
            reader.forEach(all::add);
            return all;
        });
        call.message("a");
        reading.awaitBlocked();
        call.message("b");
        call.close(Status.OK);
        assertThat(reading.join()).containsExactly("a", "b");
        assertThat(reader.read()).isNull();
    }

    @Test
    void failureComesAfterTheMessagesBeforeIt() throws Exception {
        StreamReader<String> reader = bidi();
        FakeChannel.Call call = channel.take();
        call.message("a");
        call.close(Status.of(StatusCode.DATA_LOSS, "disk"));
        assertThat(reader.read()).isEqualTo("a");
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(reader::read)
                    .isInstanceOfSatisfying(
                            RpcException.class, e -> assertThat(e.code()).isEqualTo(StatusCode.DATA_LOSS));
        }
    }

    @Test
    void creditsFollowTheReader() throws Exception {
        StreamReader<String> reader = bidi();
        FakeChannel.Call call = channel.take();
        assertThat(call.requested).isEqualTo(1);
        int given = 0;
        for (int read = 0; read < 100; read++) {
            while (given < call.requested) {
                call.message("m" + given++);
            }
            assertThat(call.requested - read).isBetween(1, MessageQueue.PREFETCH + 1);
            assertThat(reader.read()).isEqualTo("m" + read);
        }
        assertThat(call.requested).isGreaterThan(100);
    }

    @Test
    void aPeerThatIgnoresCreditsIsCutOff() throws Exception {
        StreamReader<String> reader = bidi();
        FakeChannel.Call call = channel.take();
        for (int i = 0; i <= MessageQueue.PREFETCH; i++) {
            call.message("m");
        }
        assertThat(call.cancelled).isTrue();
        assertThatThrownBy(() -> reader.forEach(m -> {})).hasMessageContaining("INTERNAL");
    }

    @Test
    void writeWaitsUntilReady() throws Exception {
        BidiStream<String, String> stream = bidi();
        FakeChannel.Call call = channel.take();
        call.ready = false;
        Background<Boolean> writing = new Background<>(() -> {
            stream.write("late");
            return true;
        });
        writing.awaitBlocked();
        assertThat(call.sent).isEmpty();
        call.ready = true;
        call.listener().onReady();
        writing.join();
        assertThat(call.sent).containsExactly("late");
    }

    @Test
    void theEndOfTheCallReleasesAWriter() throws Exception {
        BidiStream<String, String> stream = bidi();
        FakeChannel.Call call = channel.take();
        call.ready = false;
        Background<Boolean> writing = new Background<>(() -> {
            stream.write("never");
            return true;
        });
        writing.awaitBlocked();
        call.close(Status.of(StatusCode.UNAVAILABLE, "peer died"));
        assertThatThrownBy(writing::join).hasMessageContaining("UNAVAILABLE: peer died");
        assertThat(call.sent).isEmpty();
    }

    @Test
    void aWriterIsReleasedBeforeTheMessagesAheadOfTheEndWereRead() throws Exception {
        BidiStream<String, String> failed = bidi();
        FakeChannel.Call call = channel.take();
        call.ready = false;
        Background<Boolean> writing = new Background<>(() -> {
            failed.write("never");
            return true;
        });
        writing.awaitBlocked();
        call.listener().onSendClosed(Status.of(StatusCode.UNAVAILABLE, "peer died"));
        assertThatThrownBy(writing::join).hasMessageContaining("UNAVAILABLE: peer died");
        call.message("ahead");
        call.close(Status.of(StatusCode.UNAVAILABLE, "peer died"));
        assertThat(failed.read()).isEqualTo("ahead");
        assertThatThrownBy(failed::read).hasMessageContaining("UNAVAILABLE: peer died");

        BidiStream<String, String> done = bidi();
        FakeChannel.Call doneCall = channel.take();
        doneCall.ready = false;
        doneCall.listener().onSendClosed(Status.OK);
        done.write("dropped");
        assertThat(doneCall.sent).isEmpty();
    }

    @Test
    void messagesAfterAnEarlyOkAreDropped() throws Exception {
        ClientStream<String, String> stream =
                ClientCalls.blockingClientStreaming(channel, Methods.CLIENT, CallOptions.DEFAULT);
        FakeChannel.Call call = channel.take();
        call.message("enough");
        call.close(Status.OK);
        stream.write("more");
        assertThat(stream.finish()).isEqualTo("enough");
        assertThat(call.sent).isEmpty();
    }

    @Test
    void closeCancelsAnOpenCallOnly() throws Exception {
        BidiStream<String, String> open = bidi();
        FakeChannel.Call openCall = channel.take();
        open.close();
        assertThat(openCall.cancelled).isTrue();
        assertThatThrownBy(open::read).hasMessageContaining("CANCELLED");
        assertThatThrownBy(() -> open.write("x")).hasMessageContaining("CANCELLED");

        BidiStream<String, String> ended = bidi();
        FakeChannel.Call endedCall = channel.take();
        endedCall.close(Status.OK);
        ended.close();
        assertThat(endedCall.cancelled).isFalse();
    }

    @Test
    void interruptCancelsAReader() throws Exception {
        BidiStream<String, String> stream = bidi();
        FakeChannel.Call call = channel.take();
        Background<Boolean> reading = new Background<>(() -> {
            assertThatThrownBy(stream::read).hasMessageContaining("CANCELLED");
            return Thread.currentThread().isInterrupted();
        });
        reading.awaitBlocked();
        reading.thread.interrupt();
        assertThat(reading.join()).isTrue();
        assertThat(call.cancelled).isTrue();
    }

    @Test
    void clientStreamingReturnsTheOneResponse() throws Exception {
        ClientStream<String, String> stream =
                ClientCalls.blockingClientStreaming(channel, Methods.CLIENT, CallOptions.DEFAULT);
        FakeChannel.Call call = channel.take();
        stream.write("a");
        stream.write("b");
        Background<String> finishing = new Background<>(stream::finish);
        finishing.awaitBlocked();
        assertThat(call.sent).containsExactly("a", "b", "<end>");
        call.message("sum");
        call.close(Status.OK);
        assertThat(finishing.join()).isEqualTo("sum");
        assertThatThrownBy(stream::finish).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stream.write("c")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void clientStreamingRefusesNoResponseAndTwo() throws Exception {
        ClientStream<String, String> none =
                ClientCalls.blockingClientStreaming(channel, Methods.CLIENT, CallOptions.DEFAULT);
        channel.take().close(Status.OK);
        assertThatThrownBy(none::finish).hasMessageContaining("no response");

        ClientStream<String, String> two =
                ClientCalls.blockingClientStreaming(channel, Methods.CLIENT, CallOptions.DEFAULT);
        FakeChannel.Call call = channel.take();
        call.message("a");
        call.message("b");
        assertThatThrownBy(two::finish).hasMessageContaining("more than one");
        assertThat(call.cancelled).isTrue();
    }
}
