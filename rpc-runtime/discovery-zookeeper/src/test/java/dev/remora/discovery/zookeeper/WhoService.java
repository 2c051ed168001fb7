package dev.remora.discovery.zookeeper;

import com.google.protobuf.StringValue;
import dev.remora.api.BindableService;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.ServerMethod;
import dev.remora.api.ServiceDescriptor;
import dev.remora.api.stub.ServerCalls;
import java.util.List;

/** Says the name of the process that answers. */
record WhoService(String name) implements BindableService {
    static final MethodDescriptor<StringValue, StringValue> WHO = MethodDescriptor.protobuf(
            "test.Who",
            "Ask",
            MethodDescriptor.Shape.UNARY,
            StringValue.getDefaultInstance(),
            StringValue.getDefaultInstance());

    @Override
    public ServiceDescriptor descriptor() {
        return new ServiceDescriptor("test.Who", List.of(WHO), () -> {
            throw new UnsupportedOperationException("it has no .proto");
        });
    }

    @Override
    public List<ServerMethod<?, ?>> methods() {
        return List.of(new ServerMethod<>(WHO, ServerCalls.unary((StringValue request) -> StringValue.of(name))));
    }
}
