package dev.remora.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.remora.api.CallOptions;
import dev.remora.api.ClientCall;
import dev.remora.api.Metadata;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.Status;
import dev.remora.runtime.inprocess.InProcessTransport;
import dev.remora.spi.ClientTransport;
import dev.remora.spi.Endpoint;
import dev.remora.spi.MessageBuffer;
import dev.remora.spi.RequestHandler;
import dev.remora.spi.ResponseHandler;
import dev.remora.spi.ServerTransport;
import dev.remora.spi.Transport;
import dev.remora.spi.TransportCall;
import dev.remora.spi.TransportCapabilities;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnaryClientCallDriveTest {
    private static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            "test.Text",
            "Echo",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    private final AtomicInteger driven = new AtomicInteger();
    private final AtomicBoolean promised = new AtomicBoolean();

    /** Calls that never end and can be driven twice. */
    private record Drivable(InProcessTransport buffers, AtomicInteger driven, AtomicBoolean promised)
            implements Transport {
        @Override
        public String name() {
            return "drivable";
        }

        @Override
        public TransportCapabilities capabilities() {
            return buffers.capabilities();
        }

        @Override
        public ClientTransport connect(Endpoint peer) {
            ClientTransport real = buffers.connect(peer);
            return new ClientTransport() {
                @Override
                public Endpoint peer() {
                    return peer;
                }

                @Override
                public MessageBuffer allocate(int size) {
                    return real.allocate(size);
                }

                @Override
                public TransportCall call(MessageBuffer request, long timeoutNs, ResponseHandler handler) {
                    request.release();
                    promised.set(handler.willDrive());
                    return new TransportCall() {
                        @Override
                        public void cancel() {}

                        @Override
                        public boolean drive() {
                            return driven.incrementAndGet() <= 2;
                        }
                    };
                }

                @Override
                public int outstanding() {
                    return 0;
                }

                @Override
                public void close() {
                    real.close();
                }
            };
        }

        @Override
        public ServerTransport listen(Endpoint local, RequestHandler handler) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            buffers.close();
        }
    }

    @Test
    void drivesItsTransportCallOnceThereIsOne() {
        try (Drivable transport = new Drivable(InProcessTransport.create(), driven, promised);
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(new Endpoint("nobody", 1))
                        .build()) {
            ClientCall<StringValue, StringValue> call = channel.newCall(METHOD, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(StringValue message) {}

                        @Override
                        public void onClose(Status status, Metadata trailers) {}
                    },
                    Metadata.EMPTY);
            assertThat(call.drive()).as("not sent yet").isFalse();
            assertThat(driven).hasValue(0);
            call.sendMessage(StringValue.of("x"));
            call.halfClose();
            assertThat(call.drive()).isTrue();
            assertThat(call.drive()).isTrue();
            assertThat(call.drive()).isFalse();
            call.cancel("over", null);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tellsTheTransportWhatItsListenerIsGoingToDo(boolean drives) {
        promised.set(!drives);
        try (Drivable transport = new Drivable(InProcessTransport.create(), driven, promised);
                RemoraChannel channel = RemoraChannel.builder(transport)
                        .target(new Endpoint("nobody", 1))
                        .build()) {
            ClientCall<StringValue, StringValue> call = channel.newCall(METHOD, CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(StringValue message) {}

                        @Override
                        public void onClose(Status status, Metadata trailers) {}

                        @Override
                        public boolean drives() {
                            return drives;
                        }
                    },
                    Metadata.EMPTY);
            call.sendMessage(StringValue.of("x"));
            call.halfClose();
            assertThat(promised.get()).isEqualTo(drives);
            call.cancel("over", null);
        }
    }
}
