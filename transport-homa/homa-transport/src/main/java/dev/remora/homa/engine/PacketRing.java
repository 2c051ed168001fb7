package dev.remora.homa.engine;

import dev.remora.homa.protocol.HomaEndpoint;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Homa packets on their way from all engines to one, first in, first out, as copies in a bounded ring of bytes. Many threads add,
 * one takes; nobody waits and nothing is allocated. When it is full a packet is lost, as in the ring of a NIC.
 *
 * <p>A writer takes a place by moving the tail on and says at last, with the length, that the packet is there. What was read is
 * made zero before its place is free: nobody takes old bytes for a length.
 */
final class PacketRing {
    private static final int CAPACITY = 1 << 20;
    private static final int MASK = CAPACITY - 1;
    private static final int ALIGNMENT = 8;
    private static final int LENGTH_AT = 0;
    private static final int HIGH_AT = 8;
    private static final int LOW_AT = 16;
    private static final int HEADER = 24;
    /** Instead of a length: nothing more up to the end of the ring. */
    private static final long UNUSED = -1;

    private static final VarHandle LENGTH = ValueLayout.JAVA_LONG.varHandle();
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

    private final MemorySegment memory = Arena.ofAuto().allocate(CAPACITY, 64);
    private final AtomicLong tail = new AtomicLong();
    private final AtomicLong head = new AtomicLong();

    /**
     * Adds a packet; for any thread.
     *
     * @param length at most 65,535 bytes
     * @return false when there is no room
     */
    boolean add(long sourceHigh, long sourceLow, MemorySegment packet, long offset, int length) {
        // A place that was taken and not filled would be the end of the ring.
        Objects.checkFromIndexSize(offset, length, packet.byteSize());
        long place = claim(length);
        if (place < 0) {
            return false;
        }
        fill(place, sourceHigh, sourceLow, packet, offset, length);
        return true;
    }

    /** Takes a place for a packet, which its writer has to {@link #fill}; negative when there is no room. */
    long claim(int length) {
        int bytes = HEADER + length + ALIGNMENT - 1 & -ALIGNMENT;
        long at;
        int unused;
        do {
            at = tail.get();
            int toEnd = CAPACITY - (int) (at & MASK);
            unused = bytes > toEnd ? toEnd : 0;
            if (bytes + unused > CAPACITY - (at - head.get())) {
                return -1;
            }
        } while (!tail.compareAndSet(at, at + unused + bytes));
        if (unused > 0) {
            LENGTH.setRelease(memory, at & MASK, UNUSED);
        }
        return at + unused & MASK;
    }

    void fill(long place, long sourceHigh, long sourceLow, MemorySegment packet, long offset, int length) {
        memory.set(WORD, place + HIGH_AT, sourceHigh);
        memory.set(WORD, place + LOW_AT, sourceLow);
        MemorySegment.copy(packet, offset, memory, place + HEADER, length);
        LENGTH.setRelease(memory, place + LENGTH_AT, (long) length);
    }

    /**
     * Whether there is nothing to be taken now, though some writer may be about to finish: waiting for one that has lost its CPU
     * would keep it from getting it back. For the thread that takes, and as a hint for others. Who goes to sleep over this answer
     * has to be woken with a full fence between the packet and the look at whether it sleeps.
     */
    boolean isEmpty() {
        return (long) LENGTH.getVolatile(memory, (head.get() & MASK) + LENGTH_AT) == 0;
    }

    /** Gives the endpoint up to so many packets; returns how many. For one thread at a time. */
    int deliver(HomaEndpoint endpoint, int most, long nowNs) {
        int count = 0;
        while (count < most) {
            long at = head.get();
            long place = at & MASK;
            long length = (long) LENGTH.getAcquire(memory, place + LENGTH_AT);
            if (length == 0) {
                break;
            }
            long bytes;
            if (length == UNUSED) {
                bytes = CAPACITY - place;
                memory.set(WORD, place, 0);
            } else {
                count++;
                endpoint.onPacket(
                        memory.get(WORD, place + HIGH_AT),
                        memory.get(WORD, place + LOW_AT),
                        memory,
                        place + HEADER,
                        (int) length,
                        nowNs);
                bytes = HEADER + length + ALIGNMENT - 1 & -ALIGNMENT;
                memory.asSlice(place, bytes).fill((byte) 0);
            }
            head.set(at + bytes);
        }
        return count;
    }
}
