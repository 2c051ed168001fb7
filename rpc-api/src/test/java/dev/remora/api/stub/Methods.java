package dev.remora.api.stub;

import dev.remora.api.Marshaller;
import dev.remora.api.MethodDescriptor;
import dev.remora.api.MethodDescriptor.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A method of strings for each shape. */
final class Methods {
    private static final Marshaller<String> STRINGS = new Marshaller<>() {
        @Override
        public int size(String message) {
            return message.getBytes(StandardCharsets.UTF_8).length;
        }

        @Override
        public void write(String message, ByteBuffer target) {
            target.put(message.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String read(ByteBuffer source) {
            return StandardCharsets.UTF_8.decode(source).toString();
        }
    };

    static final MethodDescriptor<String, String> UNARY = of("Unary", Shape.UNARY);
    static final MethodDescriptor<String, String> SERVER = of("Server", Shape.SERVER_STREAMING);
    static final MethodDescriptor<String, String> CLIENT = of("Client", Shape.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> BIDI = of("Bidi", Shape.BIDI_STREAMING);

    private Methods() {}

    private static MethodDescriptor<String, String> of(String name, Shape shape) {
        return MethodDescriptor.of("test.Strings", name, shape, STRINGS, STRINGS);
    }
}
