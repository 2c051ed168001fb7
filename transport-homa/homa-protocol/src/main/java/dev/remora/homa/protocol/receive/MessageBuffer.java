package dev.remora.homa.protocol.receive;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Memory for one message: a range of a slab, lent by {@link MessageBuffers}.
 *
 * <p>It names a range instead of being a slice, because slicing a segment for each message would allocate. The object
 * stands for the place where the range begins and is used again for later messages there.
 */
public final class MessageBuffer {
    /** What the pool does with the range at present. */
    enum State {
        /** Part of a larger range that begins before it. */
        ABSORBED,
        /** In the free list of its size. */
        FREE,
        /** Released, kept at its size for the next message of that size. */
        KEPT,
        LENT
    }

    final Slab slab;

    /** Offset in the slab, in units of the smallest size. */
    final int index;

    /** Size: the smallest, doubled so many times. */
    int order;

    State state = State.ABSORBED;

    /** For whoever reads the messages: an object that goes with the place, made once. Never looked at here. */
    public @Nullable Object attachment;

    @Nullable
    MessageBuffer nextFree;

    @Nullable
    MessageBuffer previousFree;

    MessageBuffer(Slab slab, int index) {
        this.slab = slab;
        this.index = index;
    }

    /** The slab that holds the bytes; others' messages are in it too. */
    public MemorySegment memory() {
        return slab.memory;
    }

    /** Where in {@link #memory()} this buffer begins. */
    public long offset() {
        return (long) index << SlabMessageBuffers.MIN_SHIFT;
    }

    /** Bytes from {@link #offset()} on that belong to this buffer; at least the length asked for. */
    public int capacity() {
        return SlabMessageBuffers.MIN_BYTES << order;
    }
}
