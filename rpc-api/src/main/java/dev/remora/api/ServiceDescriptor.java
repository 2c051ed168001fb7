package dev.remora.api;

import com.google.protobuf.Descriptors;
import java.util.List;
import java.util.function.Supplier;

/**
 * A service: its full protobuf name, its methods in the order of the .proto, and its protobuf descriptor (resolved on
 * first use).
 */
public record ServiceDescriptor(
        String name, List<MethodDescriptor<?, ?>> methods, Supplier<Descriptors.ServiceDescriptor> protobuf) {
    public ServiceDescriptor {
        methods = List.copyOf(methods);
        for (MethodDescriptor<?, ?> m : methods) {
            if (!m.serviceName().equals(name)) {
                throw new IllegalArgumentException("method " + m + " does not belong to service " + name);
            }
        }
    }
}
