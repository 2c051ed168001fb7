package dev.remora.homa.protocol.receive;

import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Message memory in size classes of powers of two, 256 bytes to 1 MiB, cut from slabs of 1 MiB as the need shows.
 *
 * <p>Powers of two waste at most half of a buffer and need no search: the class is a count of leading zeros, the free
 * list a stack. A slab, once cut, stays with its class; but before an allocation fails the free buffers of the next
 * larger classes are tried, so that memory which an earlier mix of sizes has claimed is of use to the present one.
 *
 * <p>The memory asked of the allocator never exceeds the bound given. Of a heap allocator it is an array
 * ({@link #heap}), which protobuf reads in place; a driver with registered memory gives native slabs.
 */
public final class SlabMessageBuffers implements MessageBuffers {
    /** The largest buffer; above the greatest message of the protocol, 1 000 000 bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** The smallest buffer. */
    public static final int MIN_BYTES = 1 << 8;

    private static final int MIN_SHIFT = 8;
    private static final int CLASSES = 13;

    private final LongFunction<MemorySegment> allocator;
    private final long maxBytes;
    private final int slabBytes;

    private final @Nullable MessageBuffer[] free = new @Nullable MessageBuffer[CLASSES];

    /** What is left to cut of the slab last opened for each class. */
    private final @Nullable MemorySegment[] slab = new @Nullable MemorySegment[CLASSES];

    private final int[] cut = new int[CLASSES];

    private long slabBytesHeld;
    private int inUse;
    private int highWater;
    private long bytesInUse;
    private long failures;

    /**
     * @param allocator gives a slab of the size asked for; what it throws reaches the caller of {@link #allocate}
     * @param maxBytes bound of all slabs together; at least one of the smallest buffers
     */
    public SlabMessageBuffers(LongFunction<MemorySegment> allocator, long maxBytes) {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException("message memory of " + maxBytes + " bytes is less than " + MIN_BYTES);
        }
        this.allocator = allocator;
        this.maxBytes = maxBytes;
        // A small pool in small slabs: else the first class to ask would own it all.
        this.slabBytes = (int) Math.min(MAX_BYTES, Math.max(MIN_BYTES, Long.highestOneBit(maxBytes / 16)));
    }

    /** A pool of byte arrays. */
    public static SlabMessageBuffers heap(long maxBytes) {
        return new SlabMessageBuffers(size -> MemorySegment.ofArray(new byte[Math.toIntExact(size)]), maxBytes);
    }

    @Override
    public @Nullable MessageBuffer allocate(int length) {
        if (length < 0 || length > MAX_BYTES) {
            failures++;
            return null;
        }
        int wanted = sizeClass(length);
        MessageBuffer b = take(wanted);
        if (b == null) {
            b = cut(wanted);
        }
        for (int larger = wanted + 1; b == null && larger < CLASSES; larger++) {
            b = take(larger);
            if (b == null) {
                b = cutOpened(larger);
            }
        }
        if (b == null) {
            failures++;
            return null;
        }
        b.lent = true;
        bytesInUse += b.capacity();
        if (++inUse > highWater) {
            highWater = inUse;
        }
        return b;
    }

    @Override
    public void release(MessageBuffer b) {
        if (b.owner != this) {
            throw new IllegalArgumentException("a message buffer of another pool");
        }
        if (!b.lent) {
            throw new IllegalStateException("a message buffer of " + b.capacity() + " bytes released twice");
        }
        b.lent = false;
        b.nextFree = free[b.sizeClass];
        free[b.sizeClass] = b;
        bytesInUse -= b.capacity();
        inUse--;
    }

    /** Buffers lent at present. */
    public int inUse() {
        return inUse;
    }

    /** Bytes of the buffers lent at present, by capacity. */
    public long bytesInUse() {
        return bytesInUse;
    }

    /** The most buffers lent at one time. */
    public int highWater() {
        return highWater;
    }

    /** Allocations refused. */
    public long failures() {
        return failures;
    }

    /** Bytes asked of the allocator so far; never more than the bound. */
    public long slabBytesHeld() {
        return slabBytesHeld;
    }

    private static int sizeClass(int length) {
        if (length <= MIN_BYTES) {
            return 0;
        }
        return Integer.SIZE - Integer.numberOfLeadingZeros(length - 1) - MIN_SHIFT;
    }

    private @Nullable MessageBuffer take(int sizeClass) {
        MessageBuffer b = free[sizeClass];
        if (b != null) {
            free[sizeClass] = b.nextFree;
            b.nextFree = null;
        }
        return b;
    }

    private @Nullable MessageBuffer cut(int sizeClass) {
        MessageBuffer b = cutOpened(sizeClass);
        if (b != null || !open(sizeClass)) {
            return b;
        }
        return cutOpened(sizeClass);
    }

    private @Nullable MessageBuffer cutOpened(int sizeClass) {
        MemorySegment memory = slab[sizeClass];
        if (memory == null) {
            return null;
        }
        int size = MIN_BYTES << sizeClass;
        int at = cut[sizeClass];
        MessageBuffer b = new MessageBuffer(this, sizeClass, memory, at, size);
        cut[sizeClass] = at + size;
        if (at + 2L * size > memory.byteSize()) {
            slab[sizeClass] = null;
        }
        return b;
    }

    private boolean open(int sizeClass) {
        int size = MIN_BYTES << sizeClass;
        // The last slab may be smaller than the others, but not smaller than one buffer.
        long room = (maxBytes - slabBytesHeld) / size * size;
        if (room == 0) {
            return false;
        }
        long bytes = Math.min(room, Math.max(size, slabBytes));
        MemorySegment memory = allocator.apply(bytes);
        if (memory.byteSize() < bytes) {
            throw new IllegalStateException("a slab of " + memory.byteSize() + " bytes instead of " + bytes);
        }
        slabBytesHeld += bytes;
        slab[sizeClass] = memory.byteSize() == bytes ? memory : memory.asSlice(0, bytes);
        cut[sizeClass] = 0;
        return true;
    }
}
