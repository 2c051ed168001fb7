package dev.remora.runtime.metrics;

import dev.remora.api.Marshaller;
import dev.remora.api.MethodDescriptor;
import java.nio.ByteBuffer;

/** Methods that are never called, only measured. */
final class Methods {
    private Methods() {}

    static MethodDescriptor<String, String> of(String service, String name) {
        return MethodDescriptor.of(service, name, MethodDescriptor.Shape.UNARY, new Unused(), new Unused());
    }

    private static final class Unused implements Marshaller<String> {
        @Override
        public int size(String message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(String message, ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String read(ByteBuffer source) {
            throw new UnsupportedOperationException();
        }
    }
}
