package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A mark in each mbuf that says whether Java holds it. Without it a second free would put the same mbuf into a pool twice,
 * and the process would die much later, elsewhere. The mark is a dynamic field of the mbuf, registered with DPDK so that
 * no driver uses the place.
 *
 * <p>The low half of the mark counts the references Java holds: one after an allocation or reception, more after
 * {@link #retain}. References of drivers and clones are only in the mbuf's own counter. A chain is marked at its head.
 *
 * <p>Whoever holds the only reference changes the mark plainly, all others atomically; the mbuf's counter tells which.
 */
public final class Ownership {
    private static final String NAME = "remora_dpdk_owner";
    private static final int NAME_BYTES = 64;
    private static final int MARK = 0x5245_0000;
    private static final int MARK_MASK = 0xffff_0000;
    private static final int ONE = MARK | 1;
    private static final int MOST = 0xffff;
    private static final VarHandle ATOMIC = ValueLayout.JAVA_INT.varHandle();

    private static int registered;

    private Ownership() {}

    /** The place of the mark, known before anything asks for it, and so a constant to the JIT. */
    private static final class Place {
        static final int FIELD = registeredPlace();
        static final int REFCNT = Layout.loaded().offset("rte_mbuf.refcnt");

        private Place() {}
    }

    /**
     * Takes the place in the mbuf; called before the first pool is made, when EAL runs.
     *
     * @throws DpdkException if no place is left
     */
    public static synchronized void register() {
        if (registered != 0) {
            return;
        }
        int wanted = Layout.loaded().offset("rte_mbuf.dynfield1") + 4 * 8;
        int got;
        try (Arena arena = Arena.ofConfined()) {
            // struct rte_mbuf_dynfield: name[64], size, align, flags
            MemorySegment field = arena.allocate(NAME_BYTES + 8 + 8 + 8, 8);
            field.setString(0, NAME);
            field.set(ValueLayout.JAVA_LONG, NAME_BYTES, 4);
            field.set(ValueLayout.JAVA_LONG, NAME_BYTES + 8, 4);
            var type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
            var register = Natives.function("rte_mbuf_dynfield_register_offset", type);
            got = (int) register.invokeExact(field.address(), (long) wanted);
            if (got < 0) {
                // Taken by a driver: any other place is as good.
                got = (int) register.invokeExact(field.address(), -1L);
            }
        } catch (Throwable e) {
            throw Natives.unexpected(e);
        }
        if (got <= 0) {
            throw new DpdkException(
                    "no room in DPDK's mbuf for the mark that protects against double frees: its dynamic fields are all"
                            + " taken by drivers or other code in this process",
                    "create the first pool before other code registers mbuf fields, or register fewer of them");
        }
        registered = got;
    }

    private static synchronized int registeredPlace() {
        if (registered == 0) {
            throw new IllegalStateException("no pool of mbufs was created yet");
        }
        return registered;
    }

    /** Offset of the mark in an mbuf, in bytes. */
    public static int offset() {
        return Place.FIELD;
    }

    /** Java holds a fresh mbuf from now on, or holds it again after {@link #give} when a device did not accept it. */
    public static void take(long mbuf) {
        if (Memory.getShort(mbuf + Place.REFCNT) == 1) {
            Memory.putInt(mbuf + Place.FIELD, ONE);
        } else {
            takeShared(mbuf);
        }
    }

    /**
     * Java gives up the mbuf, or one of its references. To be called before the mbuf is handed over: afterwards it may
     * belong to someone else already.
     *
     * @throws IllegalStateException if it did not hold it
     */
    public static void give(long mbuf) {
        if (Memory.getInt(mbuf + Place.FIELD) == ONE && Memory.getShort(mbuf + Place.REFCNT) == 1) {
            Memory.putInt(mbuf + Place.FIELD, 0);
        } else {
            giveShared(mbuf);
        }
    }

    /**
     * Java holds one reference more; the caller has counted it in the mbuf before.
     *
     * @throws IllegalStateException if it held none
     */
    public static void retain(long mbuf) {
        if (!isHeld(mbuf)) {
            throw notHeld(mbuf);
        }
        takeShared(mbuf);
    }

    /** Whether Java holds the mbuf. */
    public static boolean isHeld(long mbuf) {
        return (Memory.getInt(mbuf + Place.FIELD) & MARK_MASK) == MARK;
    }

    /** Value of the mark for an mbuf with one reference. */
    public static int single() {
        return ONE;
    }

    private static void takeShared(long mbuf) {
        long at = mbuf + Place.FIELD;
        while (true) {
            int old = (int) ATOMIC.getVolatile(Memory.ALL, at);
            if ((old & ~MARK_MASK) == MOST && (old & MARK_MASK) == MARK) {
                throw new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf) + " has too many references");
            }
            int next = (old & MARK_MASK) == MARK ? old + 1 : ONE;
            if (ATOMIC.compareAndSet(Memory.ALL, at, old, next)) {
                return;
            }
        }
    }

    private static void giveShared(long mbuf) {
        if (mbuf == 0) {
            throw new IllegalArgumentException("mbuf is null");
        }
        long at = mbuf + Place.FIELD;
        while (true) {
            int old = (int) ATOMIC.getVolatile(Memory.ALL, at);
            if ((old & MARK_MASK) != MARK) {
                throw notHeld(mbuf);
            }
            int next = old <= ONE ? 0 : old - 1;
            if (ATOMIC.compareAndSet(Memory.ALL, at, old, next)) {
                return;
            }
        }
    }

    /** What to throw when Java does not hold an mbuf. */
    public static IllegalStateException notHeld(long mbuf) {
        return new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf)
                + " is not the caller's: it was freed, sent or appended to another before, or never came from a pool"
                + " or queue");
    }
}
