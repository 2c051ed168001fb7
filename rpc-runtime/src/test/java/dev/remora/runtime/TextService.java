package dev.remora.runtime;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.stub.ServerCalls;
import java.util.List;

/** A service made by hand, without a protobuf descriptor: one method that does what the test wants. */
public final class TextService implements BindableService {
    public static final String NAME = "test.Text";
    public static final MethodDescriptor<StringValue, StringValue> METHOD = MethodDescriptor.protobuf(
            NAME,
            "Say",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    /** The same, served on the transport's thread. */
    public static final MethodDescriptor<StringValue, StringValue> METHOD_INLINE = METHOD.withInline(true);

    private final ServerCalls.UnaryMethod<StringValue, StringValue> handler;
    private final MethodDescriptor<StringValue, StringValue> method;

    public TextService(ServerCalls.UnaryMethod<StringValue, StringValue> handler) {
        this(handler, false);
    }

    public TextService(ServerCalls.UnaryMethod<StringValue, StringValue> handler, boolean inline) {
        this.handler = handler;
        this.method = inline ? METHOD_INLINE : METHOD;
    }

    public static StringValue text(String text) {
        return StringValue.of(text);
    }

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor(NAME, List.of(method), () -> {
            throw new IllegalStateException("made by hand");
        });
    }

    @Override
    public List<ServerMethod<?, ?>> methods() {
        return List.of(new ServerMethod<>(method, ServerCalls.unary(handler)));
    }
}
