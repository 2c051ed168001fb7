package dev.remora.cli.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams of every shape, over a call made for the test: sends, back-pressure, and ends from either side. */
@Timeout(60)
class CallRunTest {
    private static final MethodDescriptor CHAT =
            FakeSchema.echo().service("remora.samples.echo.Echo").orElseThrow().findMethodByName("Chat");

    private final List<DynamicMessage> received = new ArrayList<>();

    private static DynamicMessage text(String text) {
        return DynamicMessage.newBuilder(CHAT.getInputType())
                .setField(CHAT.getInputType().findFieldByName("text"), text)
                .build();
    }

    private static DynamicMessage answer(String text) {
        return DynamicMessage.newBuilder(CHAT.getOutputType())
                .setField(CHAT.getOutputType().findFieldByName("text"), text)
                .build();
    }

    private CallRun.End run(StreamingCall call, Iterator<DynamicMessage> requests) throws InterruptedException {
        Channel channel = new Channel() {
            @Override
            @SuppressWarnings("unchecked")
            public <Q, R> ClientCall<Q, R> newCall(dev.remora.api.MethodDescriptor<Q, R> method, CallOptions options) {
                return (ClientCall<Q, R>) call;
            }
        };
        return new CallRun(channel, MethodFlags.toRemora(CHAT), CallOptions.DEFAULT, requests)
                .run(headers -> {}, received::add);
    }

    @Test
    void everythingIsSentAndEverythingIsTaken() throws InterruptedException {
        List<String> sent = new ArrayList<>();
        StreamingCall echo = new StreamingCall() {
            @Override
            public void sendMessage(DynamicMessage message) {
                sent.add(String.valueOf(message));
                listener().onMessage(answer("x"));
            }

            @Override
            public void halfClose() {
                listener().onClose(Status.OK, Metadata.EMPTY);
            }
        };
        List<DynamicMessage> requests = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            requests.add(text("n" + i));
        }
        assertThat(run(echo, requests.iterator()).status().isOk()).isTrue();
        assertThat(sent).hasSize(100);
        assertThat(received).hasSize(100);
        assertThat(echo.requested).as("what was taken is asked for again").isEqualTo(100 + 16);
    }

    @Test
    void whoIsNotReadyIsWaitedFor() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        StreamingCall slow = new StreamingCall() {
            private volatile boolean ready;

            @Override
            public boolean isReady() {
                asked.countDown();
                return ready;
            }

            @Override
            public void sendMessage(DynamicMessage message) {
                assertThat(ready).isTrue();
                listener().onClose(Status.OK, Metadata.EMPTY);
            }

            @Override
            public void start(Listener<DynamicMessage> newListener, Metadata headers) {
                super.start(newListener, headers);
                Thread.ofVirtual().start(() -> {
                    try {
                        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    ready = true;
                    newListener.onReady();
                });
            }
        };
        assertThat(run(slow, List.of(text("x")).iterator()).status().isOk()).isTrue();
    }

    @Test
    void anEndFromTheServerEndsARequestThatNeverComes() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        StreamingCall refusing = new StreamingCall() {
            @Override
            public void start(Listener<DynamicMessage> newListener, Metadata headers) {
                newListener.onClose(Status.of(StatusCode.UNIMPLEMENTED, "no streams"), Metadata.EMPTY);
            }
        };
        Iterator<DynamicMessage> typing = new Iterator<>() {
            @Override
            public boolean hasNext() {
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return false;
            }

            @Override
            public DynamicMessage next() {
                throw new UnsupportedOperationException();
            }
        };
        assertThat(run(refusing, typing).status().code()).isEqualTo(StatusCode.UNIMPLEMENTED);
        never.countDown();
    }

    @Test
    void aBadRequestCancelsTheCallAndIsTold() {
        List<String> cancelled = new ArrayList<>();
        StreamingCall call = new StreamingCall() {
            @Override
            public void cancel(String reason, @Nullable Throwable cause) {
                cancelled.add(reason);
            }
        };
        Iterator<DynamicMessage> bad = new Iterator<>() {
            private int taken;

            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public DynamicMessage next() {
                if (taken++ == 1) {
                    throw new CallException("no field 'txet'", "write text");
                }
                return text("good");
            }
        };
        assertThat(catchThrowableOfType(CallException.class, () -> run(call, bad)))
                .hasMessageContaining("txet");
        assertThat(cancelled).hasSize(1);
    }

    /** A call that does nothing by itself. */
    private abstract static class StreamingCall implements ClientCall<DynamicMessage, DynamicMessage> {
        private @Nullable Listener<DynamicMessage> listener;
        int requested;

        Listener<DynamicMessage> listener() {
            return Objects.requireNonNull(listener);
        }

        @Override
        public void start(Listener<DynamicMessage> newListener, Metadata headers) {
            listener = newListener;
        }

        @Override
        public synchronized void request(int count) {
            requested += count;
        }

        @Override
        public void sendMessage(DynamicMessage message) {}

        @Override
        public void halfClose() {}

        @Override
        public void cancel(String reason, @Nullable Throwable cause) {}
    }
}
