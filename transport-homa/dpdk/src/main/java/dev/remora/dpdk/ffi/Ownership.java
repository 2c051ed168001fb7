package dev.remora.dpdk.ffi;

/**
 * A mark in each mbuf that says whether Java holds it. Without it a second free would put the same mbuf into a pool twice,
 * and the process would die much later, elsewhere. The mark is a dynamic field of the mbuf, registered with DPDK so that
 * no driver uses the place.
 */
public final class Ownership {
    private static final int MARK = 0x52_45_4d_4f;
    private static final int FIELD = Layout.loaded().offset("rte_mbuf.dynfield1") + 4 * 8;

    private Ownership() {}

    /** Offset of the mark in an mbuf, in bytes. */
    public static int offset() {
        return FIELD;
    }

    /** Java holds the mbuf from now on. */
    public static void take(long mbuf) {
        Memory.putInt(mbuf + FIELD, MARK);
    }

    /**
     * Java gives the mbuf up.
     *
     * @throws IllegalStateException if it did not hold it
     */
    public static void give(long mbuf) {
        if (Memory.getInt(mbuf + FIELD) != MARK) {
            throw notHeld(mbuf);
        }
        Memory.putInt(mbuf + FIELD, 0);
    }

    /** Whether Java holds the mbuf. */
    public static boolean isHeld(long mbuf) {
        return Memory.getInt(mbuf + FIELD) == MARK;
    }

    private static IllegalStateException notHeld(long mbuf) {
        return new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf)
                + " is not the caller's: it was freed or sent before, or never came from a pool or queue");
    }
}
