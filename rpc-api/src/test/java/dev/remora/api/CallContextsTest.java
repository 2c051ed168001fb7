package dev.remora.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.api.MethodDescriptor.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallContextsTest {
    private static final Marshaller<String> TEXT = new Marshaller<>() {
        @Override
        public int size(String message) {
            return message.length();
        }

        @Override
        public void write(String message, ByteBuffer target) {}

        @Override
        public String read(ByteBuffer source) {
            return "";
        }
    };
    private static final MethodDescriptor<String, String> METHOD =
            MethodDescriptor.of("test.Context", "Call", Shape.BIDI_STREAMING, TEXT, TEXT);

    private final List<String> ran = new ArrayList<>();

    /** A context that says when it is entered. */
    private final class Entered extends ForwardingCallContext {
        Entered(CallContext delegate) {
            super(delegate);
        }

        @Override
        public void run(Runnable action) {
            ran.add("in");
            super.run(action);
            ran.add("out");
        }
    }

    private record PlainContext(MethodDescriptor<?, ?> method) implements CallContext {
        @Override
        public Metadata requestMetadata() {
            return Metadata.EMPTY;
        }

        @Override
        public @Nullable Deadline deadline() {
            return null;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public Registration onCancel(Runnable action) {
            return () -> {};
        }

        @Override
        public String peer() {
            return "peer";
        }

        @Override
        public void addResponseMetadata(Metadata metadata) {}
    }

    private record PlainCall(CallContext context) implements ServerCall<String, String> {
        @Override
        public MethodDescriptor<String, String> method() {
            return METHOD;
        }

        @Override
        public void request(int count) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(String message) {}

        @Override
        public void close(Status status, Metadata trailers) {}
    }

    @Test
    void theHandlerAndAllThatTheClientDoesRunInTheOtherContext() {
        PlainCall call = new PlainCall(new PlainContext(METHOD));
        Entered entered = new Entered(call.context());
        ServerCall.Listener<String> listener = CallContexts.intercept(call, entered, served -> {
            assertThat(served.context()).isSameAs(entered);
            return new ServerCall.Listener<>() {
                private void note(String what) {
                    assertThat(CallContext.current()).containsSame(entered);
                    ran.add(what);
                }

                @Override
                public void onMessage(String message) {
                    note(message);
                }

                @Override
                public void onHalfClose() {
                    note("half-close");
                }

                @Override
                public void onCancel() {
                    note("cancel");
                }

                @Override
                public void onComplete() {
                    note("complete");
                }

                @Override
                public void onReady() {
                    note("ready");
                }
            };
        });
        listener.onMessage("message");
        listener.onHalfClose();
        listener.onReady();
        listener.onCancel();
        listener.onComplete();
        assertThat(String.join(" ", ran))
                .isEqualTo("in out in message out in half-close out in ready out in cancel out in complete out");
        assertThat(CallContext.current()).isEmpty();
    }

    @Test
    void trailersOfACallThatHasNoneAreAnErrorAndCompressionIsAWish() {
        CallContext context = new Entered(new PlainContext(METHOD));
        context.compressResponse(Compression.GZIP);
        assertThatThrownBy(() -> context.addTrailers(Metadata.EMPTY))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("test.Context/Call");
    }
}
