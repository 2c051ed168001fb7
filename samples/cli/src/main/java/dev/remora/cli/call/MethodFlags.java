package dev.remora.cli.call;

import com.google.protobuf.DescriptorProtos;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.ExtensionRegistry;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.remora.options.Execution;
import dev.remora.options.MethodOptions;
import dev.remora.options.Options;

/** What the options of a method say to Remora. */
record MethodFlags(boolean idempotent, boolean inline) {
    private static final ExtensionRegistry OURS = ExtensionRegistry.newInstance();

    static {
        OURS.add(Options.method);
    }

    static MethodFlags of(MethodDescriptor method) {
        MethodOptions ours = MethodOptions.getDefaultInstance();
        try {
            // Descriptors that came from elsewhere know our option as a field without a name.
            ours = DescriptorProtos.MethodOptions.parseFrom(method.getOptions().toByteString(), OURS)
                    .getExtension(Options.method);
        } catch (InvalidProtocolBufferException e) {
            // A number that means something else there: then it says nothing to us.
        }
        boolean standard = method.getOptions().getIdempotencyLevel() != IdempotencyLevel.IDEMPOTENCY_UNKNOWN;
        return new MethodFlags(standard || ours.getIdempotent(), ours.getExecution() == Execution.INLINE);
    }

    /** The method for calls with dynamic messages. */
    static dev.remora.api.MethodDescriptor<DynamicMessage, DynamicMessage> toRemora(MethodDescriptor method) {
        return dev.remora.api.MethodDescriptor.protobuf(
                        method.getService().getFullName(),
                        method.getName(),
                        shape(method),
                        DynamicMessage.getDefaultInstance(method.getInputType()),
                        DynamicMessage.getDefaultInstance(method.getOutputType()))
                .withIdempotent(of(method).idempotent());
    }

    private static dev.remora.api.MethodDescriptor.Shape shape(MethodDescriptor method) {
        if (method.isClientStreaming()) {
            return method.isServerStreaming()
                    ? dev.remora.api.MethodDescriptor.Shape.BIDI_STREAMING
                    : dev.remora.api.MethodDescriptor.Shape.CLIENT_STREAMING;
        }
        return method.isServerStreaming()
                ? dev.remora.api.MethodDescriptor.Shape.SERVER_STREAMING
                : dev.remora.api.MethodDescriptor.Shape.UNARY;
    }
}
