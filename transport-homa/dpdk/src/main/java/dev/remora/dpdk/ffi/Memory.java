package dev.remora.dpdk.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The process's memory by address. One segment of global scope over everything, so that neither arena nor slice is made
 * per access; nothing checks the addresses, which is the callers' business. Little-endian as all machines DPDK runs on
 * here; wire formats are read elsewhere.
 */
public final class Memory {
    /** Everything: offset = address. */
    public static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final VarHandle ATOMIC_SHORT = ValueLayout.JAVA_SHORT.varHandle();
    private static final VarHandle ATOMIC_INT = ValueLayout.JAVA_INT.varHandle();

    private Memory() {}

    public static byte getByte(long address) {
        return ALL.get(ValueLayout.JAVA_BYTE, address);
    }

    /** The unsigned 16-bit value. */
    public static int getShort(long address) {
        return ALL.get(SHORT, address) & 0xffff;
    }

    public static int getInt(long address) {
        return ALL.get(INT, address);
    }

    public static long getLong(long address) {
        return ALL.get(LONG, address);
    }

    public static void putByte(long address, byte value) {
        ALL.set(ValueLayout.JAVA_BYTE, address, value);
    }

    /** Stores the low 16 bits. */
    public static void putShort(long address, int value) {
        ALL.set(SHORT, address, (short) value);
    }

    public static void putInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    public static void putLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    /**
     * Adds to an aligned 16-bit value that other threads may change, too; returns the new unsigned value. Java has atomic
     * arithmetic for no less than 32 bits, so the other half of the word is exchanged for itself.
     */
    public static int addShortAtomically(long address, int delta) {
        long word = address & ~3L;
        int shift = (int) (address & 2) << 3;
        while (true) {
            int old = (int) ATOMIC_INT.getVolatile(ALL, word);
            int sum = (old >>> shift) + delta & 0xffff;
            if (ATOMIC_INT.compareAndSet(ALL, word, old, (old & ~(0xffff << shift)) | sum << shift)) {
                return sum;
            }
        }
    }

    /** Reads an aligned 16-bit value that another thread or driver may change. */
    public static int getShortAcquire(long address) {
        return (short) ATOMIC_SHORT.getAcquire(ALL, address) & 0xffff;
    }

    /** Copies between addresses. */
    public static void copy(long from, long to, long bytes) {
        MemorySegment.copy(ALL, from, ALL, to, bytes);
    }

    /** The zero-terminated string at an address; empty for address 0. */
    public static String string(long address) {
        return address == 0 ? "" : ALL.getString(address);
    }
}
