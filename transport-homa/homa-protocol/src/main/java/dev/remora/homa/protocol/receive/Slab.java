package dev.remora.homa.protocol.receive;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A piece of memory of a power of two, and the objects for the ranges it has been cut into so far. */
final class Slab {
    final SlabMessageBuffers owner;
    final MemorySegment memory;

    /** Size of the whole: the smallest buffer, doubled so many times. */
    final int order;

    private final @Nullable MessageBuffer[] blocks;

    Slab(SlabMessageBuffers owner, MemorySegment memory, int order) {
        this.owner = owner;
        this.memory = memory;
        this.order = order;
        blocks = new @Nullable MessageBuffer[1 << order];
    }

    /** The range beginning at an index, made when first needed. */
    MessageBuffer block(int index) {
        MessageBuffer block = blocks[index];
        if (block == null) {
            block = new MessageBuffer(this, index);
            blocks[index] = block;
        }
        return block;
    }
}
