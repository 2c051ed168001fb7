package dev.remora.testing.fault;

import dev.remora.api.Metadata;
import dev.remora.api.Status;
import dev.remora.runtime.envelope.ResponseEnvelope;
import dev.remora.spi.MessageBuffer;
import java.nio.ByteBuffer;

/** A response that no server gave. */
final class HeapMessage implements MessageBuffer {
    private final ByteBuffer bytes;

    private HeapMessage(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    static HeapMessage of(Status status) {
        ByteBuffer bytes = ByteBuffer.allocate(ResponseEnvelope.size(status, Metadata.EMPTY, Metadata.EMPTY));
        ResponseEnvelope.write(bytes, status, Metadata.EMPTY, Metadata.EMPTY);
        return new HeapMessage(bytes.flip());
    }

    @Override
    public ByteBuffer bytes() {
        return bytes;
    }

    @Override
    public int size() {
        return bytes.capacity();
    }

    /** The heap takes it. */
    @Override
    public void release() {}
}
