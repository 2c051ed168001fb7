package dev.remora.homa.protocol.receive;

import org.jspecify.annotations.Nullable;

/** Where the memory of arriving messages comes from. */
public interface MessageBuffers {
    /**
     * Lends memory for a message.
     *
     * @return null when there is no room at present, or never for this length
     */
    @Nullable
    MessageBuffer allocate(int length);

    /**
     * Takes a buffer back.
     *
     * @throws IllegalArgumentException if the buffer is not from here
     * @throws IllegalStateException if it has been released already
     */
    void release(MessageBuffer b);
}
