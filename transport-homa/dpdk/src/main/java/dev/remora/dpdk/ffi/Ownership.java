package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Whether Java holds an mbuf. Without knowing, a second free would put the same mbuf into a pool twice, and the process
 * would die much later, elsewhere.
 *
 * <p>An mbuf that Java gave up (freed, sent, appended to another) has a port that no device has. DPDK sets the port anew
 * when it allocates or fills an mbuf, so nothing need be written on reception, and the check reads a word that is read
 * anyway: a mark in a place of its own cost a quarter of the packets per second. Of a chain only the head is held.
 *
 * <p>References that Java holds beyond its first are counted in a dynamic field of the mbuf, which rests at zero and is
 * only looked at while the mbuf's own counter says that it is shared.
 */
public final class Ownership {
    /** Port of an mbuf that Java does not hold. Devices have small numbers; 0xffff is DPDK's for none. */
    public static final int GONE = 0xfffe;

    private static final int NO_PORT = 0xffff;
    private static final int MOST = 0xffff;
    private static final String NAME = "remora_dpdk_references";
    private static final int NAME_BYTES = 64;
    /** References are shared between threads rarely, so one lock serves all mbufs. */
    private static final Object SHARED = new Object();

    private static int registered;

    private Ownership() {}

    /** The places, known before anything asks for them, and so constants to the JIT. */
    private static final class Place {
        static final int EXTRA = registeredPlace();
        static final int REFCNT = Layout.loaded().offset("rte_mbuf.refcnt");
        static final int PORT = Layout.loaded().offset("rte_mbuf.port");

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
                    "no room in DPDK's mbuf for the count of references: its dynamic fields are all taken by drivers or"
                            + " other code in this process",
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

    /** Java holds the mbuf again after {@link #give}, when a device did not accept it; or one that native code handed out. */
    public static void take(long mbuf) {
        if (Memory.getShort(mbuf + Place.REFCNT) == 1) {
            Memory.putShort(mbuf + Place.PORT, NO_PORT);
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
        if (mbuf == 0) {
            throw new IllegalArgumentException("mbuf is null");
        }
        if (Memory.getShort(mbuf + Place.REFCNT) != 1) {
            giveShared(mbuf);
        } else if (isHeld(mbuf)) {
            Memory.putShort(mbuf + Place.PORT, GONE);
        } else {
            throw notHeld(mbuf);
        }
    }

    /**
     * Java holds one reference more; the caller has counted it in the mbuf before.
     *
     * @throws IllegalStateException if it held none
     */
    public static void retain(long mbuf) {
        synchronized (SHARED) {
            if (!isHeld(mbuf)) {
                throw notHeld(mbuf);
            }
            addReference(mbuf);
        }
    }

    /** Whether Java holds the mbuf. */
    public static boolean isHeld(long mbuf) {
        return Memory.getShort(mbuf + Place.PORT) != GONE;
    }

    /** The mbuf is part of a chain, whose head is held instead. Writes only what is not so already: others may read it. */
    public static void drop(long mbuf) {
        if (isHeld(mbuf)) {
            Memory.putShort(mbuf + Place.PORT, GONE);
        }
    }

    private static void takeShared(long mbuf) {
        synchronized (SHARED) {
            if (isHeld(mbuf)) {
                addReference(mbuf);
            } else {
                Memory.putShort(mbuf + Place.PORT, NO_PORT);
            }
        }
    }

    private static void addReference(long mbuf) {
        int extra = Memory.getInt(mbuf + Place.EXTRA);
        if (extra == MOST) {
            throw new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf) + " has too many references");
        }
        Memory.putInt(mbuf + Place.EXTRA, extra + 1);
    }

    private static void giveShared(long mbuf) {
        synchronized (SHARED) {
            if (!isHeld(mbuf)) {
                throw notHeld(mbuf);
            }
            int extra = Memory.getInt(mbuf + Place.EXTRA);
            if (extra > 0) {
                Memory.putInt(mbuf + Place.EXTRA, extra - 1);
            } else {
                Memory.putShort(mbuf + Place.PORT, GONE);
            }
        }
    }

    /** What to throw when Java does not hold an mbuf. */
    public static IllegalStateException notHeld(long mbuf) {
        return new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf)
                + " is not the caller's: it was freed, sent or appended to another before");
    }
}
