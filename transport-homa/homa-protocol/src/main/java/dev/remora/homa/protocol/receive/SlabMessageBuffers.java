package dev.remora.homa.protocol.receive;

import dev.remora.homa.protocol.receive.MessageBuffer.State;
import java.lang.foreign.MemorySegment;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Message memory in sizes of powers of two, 256 bytes to 1 MiB, cut from slabs that are asked for as the need shows.
 *
 * <p>A buddy allocator: ranges are halved until they fit and joined again when both halves are free. Fixed size classes
 * would be simpler, but memory once cut small would stay so, and a burst of short messages could starve the long ones
 * for ever. Halving and joining take at most a dozen steps; mostly none, because a few released buffers of each size
 * are kept as they are. Those are joined only before an allocation would fail.
 *
 * <p>The memory asked of the allocator never exceeds the bound given. Of a heap allocator it is an array
 * ({@link #heap}), which protobuf reads in place; a driver with registered memory gives native slabs. Slabs are not given
 * back. Nothing is allocated once each place in use has been used once.
 */
public final class SlabMessageBuffers implements MessageBuffers {
    /** The largest buffer; above the greatest message of the protocol, 1 000 000 bytes. */
    public static final int MAX_BYTES = 1 << 20;

    /** The smallest buffer. */
    public static final int MIN_BYTES = 1 << 8;

    static final int MIN_SHIFT = 8;

    private static final int MAX_ORDER = 12;

    /** Released buffers kept of each size: so many, but not more than so many bytes. */
    private static final int KEPT = 32;

    private static final int KEPT_BYTES = 1 << 18;

    private final LongFunction<MemorySegment> allocator;
    private final long maxBytes;

    private final @Nullable MessageBuffer[] free = new @Nullable MessageBuffer[MAX_ORDER + 1];
    private final @Nullable MessageBuffer[] kept = new @Nullable MessageBuffer[MAX_ORDER + 1];
    private final int[] keptCount = new int[MAX_ORDER + 1];

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
        int order = order(length);
        MessageBuffer b = takeKept(order);
        if (b == null) {
            b = takeFree(order);
        }
        if (b == null && open(order)) {
            b = takeFree(order);
        }
        if (b == null && joinKept()) {
            b = takeFree(order);
        }
        if (b == null) {
            failures++;
            return null;
        }
        b.state = State.LENT;
        bytesInUse += b.capacity();
        if (++inUse > highWater) {
            highWater = inUse;
        }
        return b;
    }

    @Override
    public void release(MessageBuffer b) {
        if (b.slab.owner != this) {
            throw new IllegalArgumentException("a message buffer of another pool");
        }
        if (b.state != State.LENT) {
            throw new IllegalStateException("a message buffer of " + b.capacity() + " bytes released twice");
        }
        bytesInUse -= b.capacity();
        inUse--;
        int order = b.order;
        int count = keptCount[order];
        if (count == 0 || (count < KEPT && (count + 1L) * b.capacity() <= KEPT_BYTES)) {
            b.state = State.KEPT;
            b.nextFree = kept[order];
            kept[order] = b;
            keptCount[order] = count + 1;
        } else {
            join(b);
        }
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

    private static int order(int length) {
        if (length <= MIN_BYTES) {
            return 0;
        }
        return Integer.SIZE - Integer.numberOfLeadingZeros(length - 1) - MIN_SHIFT;
    }

    private @Nullable MessageBuffer takeKept(int order) {
        MessageBuffer b = kept[order];
        if (b != null) {
            kept[order] = b.nextFree;
            b.nextFree = null;
            keptCount[order]--;
        }
        return b;
    }

    private @Nullable MessageBuffer takeFree(int order) {
        for (int larger = order; larger <= MAX_ORDER; larger++) {
            MessageBuffer b = free[larger];
            if (b != null) {
                unlink(b);
                halve(b, order);
                return b;
            }
        }
        return null;
    }

    private void halve(MessageBuffer b, int order) {
        while (b.order > order) {
            b.order--;
            MessageBuffer upper = b.slab.block(b.index + (1 << b.order));
            upper.order = b.order;
            link(upper);
        }
    }

    /** Puts a range into the free lists, joined with its free neighbours. */
    private void join(MessageBuffer released) {
        MessageBuffer b = released;
        Slab slab = b.slab;
        while (b.order < slab.order) {
            MessageBuffer buddy = slab.block(b.index ^ 1 << b.order);
            if (buddy.state != State.FREE || buddy.order != b.order) {
                break;
            }
            unlink(buddy);
            MessageBuffer lower = b.index < buddy.index ? b : buddy;
            MessageBuffer upper = lower == b ? buddy : b;
            upper.state = State.ABSORBED;
            lower.order++;
            b = lower;
        }
        link(b);
    }

    private boolean joinKept() {
        boolean any = false;
        for (int order = 0; order <= MAX_ORDER; order++) {
            for (MessageBuffer b = takeKept(order); b != null; b = takeKept(order)) {
                join(b);
                any = true;
            }
        }
        return any;
    }

    private void link(MessageBuffer b) {
        MessageBuffer first = free[b.order];
        b.state = State.FREE;
        b.nextFree = first;
        b.previousFree = null;
        if (first != null) {
            first.previousFree = b;
        }
        free[b.order] = b;
    }

    private void unlink(MessageBuffer b) {
        MessageBuffer next = b.nextFree;
        MessageBuffer previous = b.previousFree;
        if (next != null) {
            next.previousFree = previous;
        }
        if (previous == null) {
            free[b.order] = next;
        } else {
            previous.nextFree = next;
        }
        b.nextFree = null;
        b.previousFree = null;
    }

    private boolean open(int order) {
        // The last slab may be smaller than the others, but is a power of two as well.
        long bytes = Math.min(MAX_BYTES, Long.highestOneBit(maxBytes - slabBytesHeld));
        if (bytes < MIN_BYTES << order) {
            return false;
        }
        MemorySegment memory = allocator.apply(bytes);
        if (memory.byteSize() < bytes) {
            throw new IllegalStateException("a slab of " + memory.byteSize() + " bytes instead of " + bytes);
        }
        slabBytesHeld += bytes;
        Slab slab = new Slab(this, memory, Long.numberOfTrailingZeros(bytes) - MIN_SHIFT);
        MessageBuffer whole = slab.block(0);
        whole.order = slab.order;
        link(whole);
        return true;
    }
}
