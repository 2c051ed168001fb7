package dev.remora.testing;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.CallOptions;
import dev.remora.api.Channel;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.stub.AbstractStub;
import dev.remora.api.stub.ClientCalls;
import dev.remora.api.stub.ServerCalls;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A service of one method with the shape of generated code. */
public final class Echo {
    public static final MethodDescriptor<StringValue, StringValue> SAY = MethodDescriptor.protobuf(
            "test.Echo",
            "Say",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    private Echo() {}

    public static BlockingStub blockingStub(Channel channel) {
        return new BlockingStub(channel, CallOptions.DEFAULT.withTimeout(Duration.ofSeconds(20)));
    }

    public static BindableService service(ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        return new BindableService() {
            @Override
            public ServiceDescriptor descriptor() {
                return new ServiceDescriptor("test.Echo", List.of(SAY), () -> {
                    throw new IllegalStateException("made by hand");
                });
            }

            @Override
            public List<ServerMethod<?, ?>> methods() {
                return List.of(new ServerMethod<>(SAY, ServerCalls.unary(handler)));
            }
        };
    }

    public static final class BlockingStub extends AbstractStub<BlockingStub> {
        private BlockingStub(Channel channel, CallOptions options) {
            super(channel, options);
        }

        @Override
        protected BlockingStub build(Channel newChannel, CallOptions newOptions) {
            return new BlockingStub(newChannel, newOptions);
        }

        public String say(String text) {
            return ClientCalls.blockingUnary(channel(), SAY, options(), StringValue.of(text))
                    .getValue();
        }

        public CompletableFuture<StringValue> saySoon(String text) {
            return ClientCalls.futureUnary(channel(), SAY, options(), StringValue.of(text));
        }
    }
}
