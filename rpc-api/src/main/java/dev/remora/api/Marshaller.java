package dev.remora.api;

import java.nio.ByteBuffer;

/** Turns messages of one type into bytes and back. Stateless, for use by any thread. */
public interface Marshaller<T> {
    /** Exact number of bytes {@link #write} will write, 0 to {@link Integer#MAX_VALUE}. */
    int size(T message);

    /** Writes exactly {@link #size} bytes at the buffer's position and moves it. */
    void write(T message, ByteBuffer target);

    /**
     * Reads a message from all remaining bytes, which are valid only during the call.
     *
     * @throws RpcException with INTERNAL if they are not a message of this type
     */
    T read(ByteBuffer source);
}
