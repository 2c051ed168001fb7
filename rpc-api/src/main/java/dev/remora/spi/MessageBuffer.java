package dev.remora.spi;

import java.nio.ByteBuffer;

/**
 * One message in memory that the transport owns. Whoever holds it either hands it on (which passes the duty on) or calls
 * {@link #release} exactly once, from any thread; afterwards {@link #bytes} must not be touched.
 */
public interface MessageBuffer {
    /**
     * All bytes of the message, big-endian: position 0, limit {@link #size}. The same view at every call, so its position
     * is shared by whoever uses this buffer; one thread at a time.
     */
    ByteBuffer bytes();

    /** Bytes of the message, 0 or more. */
    int size();

    /**
     * Gives the memory back.
     *
     * @throws IllegalStateException at the second release, where that can be told
     */
    void release();
}
