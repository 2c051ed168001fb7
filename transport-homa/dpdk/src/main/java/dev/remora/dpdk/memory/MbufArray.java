package dev.remora.dpdk.memory;

import dev.remora.dpdk.ffi.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A fixed-size array of mbuf pointers outside the heap, as DPDK's burst functions take it, with a count of those in use.
 * An mbuf is named by its address, a {@code long}. Holds no reference of its own: copying an entry does not copy the mbuf.
 * Not thread-safe. Lives as long as it is reachable.
 */
public final class MbufArray {
    private final MemorySegment memory;
    private final long address;
    private final int capacity;
    private int size;

    /**
     * Creates an empty one.
     *
     * @param capacity entries, 1 to 32,767
     */
    public MbufArray(int capacity) {
        if (capacity < 1 || capacity > Short.MAX_VALUE) {
            throw new IllegalArgumentException("capacity must be 1 to 32767, is " + capacity);
        }
        this.capacity = capacity;
        memory = Arena.ofAuto().allocate(8L * capacity, 64);
        address = memory.address();
    }

    public int capacity() {
        return capacity;
    }

    /** Entries in use. */
    public int size() {
        return size;
    }

    /** Sets how many entries are in use; those added keep whatever was there. */
    public void size(int newSize) {
        if (newSize < 0 || newSize > capacity) {
            throw new IllegalArgumentException("size must be 0 to " + capacity + ", is " + newSize);
        }
        size = newSize;
    }

    /** The mbuf at an index below {@link #size()}. */
    public long get(int index) {
        check(index);
        return Memory.getLong(address + 8L * index);
    }

    public void set(int index, long mbuf) {
        check(index);
        Memory.putLong(address + 8L * index, mbuf);
    }

    /** Appends an mbuf; false when full. */
    public boolean add(long mbuf) {
        if (size == capacity) {
            return false;
        }
        Memory.putLong(address + 8L * size++, mbuf);
        return true;
    }

    /** Drops the first entries and moves the others down, as after a burst that sent only these. */
    public void removeFirst(int count) {
        if (count < 0 || count > size) {
            throw new IllegalArgumentException("count must be 0 to " + size + ", is " + count);
        }
        if (count > 0 && count < size) {
            Memory.copy(address + 8L * count, address, 8L * (size - count));
        }
        size -= count;
    }

    public void clear() {
        size = 0;
    }

    /** Address of the first entry. The array must stay reachable while native code uses it. */
    public long address() {
        return address;
    }

    private void check(int index) {
        if (index < 0 || index >= size) {
            throw new IndexOutOfBoundsException("index " + index + " of " + size);
        }
    }
}
