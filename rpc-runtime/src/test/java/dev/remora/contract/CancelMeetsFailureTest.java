package dev.remora.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.api.StatusCode;
import dev.remora.runtime.RemoraChannel;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class CancelMeetsFailureTest {
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            "test.Text",
            "Echo",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    private final AtomicReference<ResponseHandler> sent = new AtomicReference<>();
    private final AtomicReference<Runnable> onCancel = new AtomicReference<>();
    private final List<Status> ends = new ArrayList<>();

    /** Calls that end when the test says so. */
    private final class Hanging extends ClientsTransport {
        Hanging(InProcessTransport inner) {
            super(inner);
        }

        @Override
        TransportCall call(ClientTransport client, MessageBuffer request, long timeoutNs, ResponseHandler handler) {
            request.release();
            sent.set(handler);
            return () -> onCancel.get().run();
        }
    }

    /** Between the failure of what was sent and the retry of it. */
    @Test
    void aCallThatItsCallerCancelsWhileItFailsIsCancelled() {
        try (Hanging transport = new Hanging(InProcessTransport.create());
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(new Endpoint("somewhere", 1))
                        .build()) {
            ClientCall<StringValue, StringValue> call = channel.newCall(METHOD, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(StringValue message) {}

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            ends.add(status);
                        }
                    },
                    Metadata.EMPTY);
            call.sendMessage(StringValue.of("x"));
            call.halfClose();
            // The transport is told of an end of this kind before anybody else is.
            onCancel.set(() -> call.cancel("enough", null));

            sent.get().onFailure(new TransportException(Reason.CANCELLED, "by the transport"));

            assertThat(ends).hasSize(1);
            assertThat(ends.get(0).code()).isEqualTo(StatusCode.CANCELLED);
            assertThat(ends.get(0).message()).isEqualTo("enough");
        }
    }
}
