package dev.remora.runtime.stream;

import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;

/** A message on the heap that knows whether it was released. */
final class TestBuffer implements MessageBuffer {
    private final ByteBuffer bytes;
    int releases;

    TestBuffer(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** A segment's messages: of each its length and its text. */
    static TestBuffer of(String... messages) {
        ByteBuffer bytes = ByteBuffer.allocate(1000);
        for (String message : messages) {
            bytes.put((byte) message.length()).put(message.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }
        return new TestBuffer(bytes.flip());
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return bytes.limit();
    }

    @Override
    public void release() {
        releases++;
    }
}
