package dev.remora.homa.protocol.receive;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for one message: a range of a slab, lent by {@link MessageBuffers}.
 *
 * <p>It names a range instead of being a slice, because slicing a segment for each message would allocate.
 */
public final class MessageBuffer {
    /** The pool that lends it; a buffer of another pool is refused there. */
    final MessageBuffers owner;

    final int sizeClass;

    /** True while somebody holds it; a second release is refused. */
    boolean lent;

    /** Next in the pool's free list of its size class. */
    @Nullable
    MessageBuffer nextFree;

    private final MemorySegment memory;
    private final long offset;
    private final int capacity;

    MessageBuffer(MessageBuffers owner, int sizeClass, MemorySegment memory, long offset, int capacity) {
        this.owner = owner;
        this.sizeClass = sizeClass;
        this.memory = memory;
        this.offset = offset;
        this.capacity = capacity;
    }

    /** The slab that holds the bytes; others' messages are in it too. */
    public MemorySegment memory() {
        return memory;
    }

    /** Where in {@link #memory()} this buffer begins. */
    public long offset() {
        return offset;
    }

    /** Bytes from {@link #offset()} on that belong to this buffer; at least the length asked for. */
    public int capacity() {
        return capacity;
    }
}
