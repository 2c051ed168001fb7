package dev.remora.dpdk.ffi;

import dev.remora.dpdk.DpdkException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which mbufs of a pool Java holds. Without knowing, a second free would put the same mbuf into a pool twice, and the
 * process would die much later, elsewhere.
 *
 * <p>A byte per mbuf, beside the pool: 1 from allocation or reception until it is freed, sent or appended to another. Of
 * a chain only the head is held. The bytes of two mbufs share no cache line, as their holders may be two threads.
 * A mark in the mbuf itself cost a tenth of the packets per second: without hugepages every mbuf begins a page, so that
 * few of them fit into the CPU's first cache.
 *
 * <p>References that Java holds beyond its first are counted in a dynamic field of the mbuf, which rests at zero and is
 * only looked at while the mbuf's own counter says that it is shared.
 */
public final class Ownership {
    /** An mbuf has at least so many bytes of the table to itself, as a power of two: a cache line, of which it uses one. */
    private static final int LINE_SHIFT = 6;
    /** Where mbufs lie so far apart that the table would be larger than this per mbuf, they share lines. */
    private static final long MOST_PER_MBUF = 256;

    private static final long MOST_TABLE = 64L << 20;
    private static final byte HELD = 1;
    private static final byte GONE = 0;
    private static final int MOST = 0xffff;
    private static final String NAME = "remora_dpdk_references";
    private static final int NAME_BYTES = 64;
    /** References are shared between threads rarely, so one lock serves all mbufs. */
    private static final Object SHARED = new Object();

    private static int registered;
    /** Those of all open pools: few, so that looking through them is the quickest. */
    private static volatile Ownership[] known = {};

    private final long pool;
    private final int shift;
    private final long first;
    private final long size;
    /** Keeps the table as long as a cache or queue refers to this. */
    private final MemorySegment memory;

    private final long table;

    private Ownership(long pool, int shift, long first, long size) {
        this.pool = pool;
        this.shift = shift;
        this.first = first;
        this.size = size;
        memory = Arena.ofAuto().allocate(size, 1 << LINE_SHIFT);
        table = memory.address();
    }

    /** The places, known before anything asks for them, and so constants to the JIT. */
    private static final class Place {
        static final int EXTRA = registeredPlace();
        static final int REFCNT = Layout.loaded().offset("rte_mbuf.refcnt");
        static final int POOL = Layout.loaded().offset("rte_mbuf.pool");

        private Place() {}
    }

    /**
     * Notes a new pool; Java holds none of its mbufs.
     *
     * @param pool its address
     * @param mbufs addresses of all its mbufs
     * @param spacing bytes from the begin of one mbuf to that of the next, at least 64
     * @throws DpdkException if they are strewn over too much memory
     */
    public static Ownership ofPool(long pool, MemorySegment mbufs, int spacing) {
        long least = Long.MAX_VALUE;
        long most = 0;
        long count = mbufs.byteSize() / Long.BYTES;
        for (long i = 0; i < count; i++) {
            long mbuf = mbufs.getAtIndex(ValueLayout.JAVA_LONG, i);
            least = Math.min(least, mbuf);
            most = Math.max(most, mbuf);
        }
        // No two mbufs begin in one piece of 2^shift bytes, wherever their chunks of memory lie.
        int coarse = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(spacing);
        int fine = coarse - LINE_SHIFT;
        int shift = (most - least) >>> fine < MOST_PER_MBUF * count ? fine : coarse;
        long first = least >>> shift;
        long size = (most >>> shift) - first + 1;
        if (size > Math.max(MOST_TABLE, MOST_PER_MBUF * count)) {
            throw new DpdkException(
                    "the mbufs of a pool lie up to " + (most - least >>> 30) + " GiB apart",
                    "give EAL enough memory on one NUMA node");
        }
        Ownership made = new Ownership(pool, shift, first, size);
        synchronized (SHARED) {
            Ownership[] more = Arrays.copyOf(known, known.length + 1);
            more[known.length] = made;
            known = more;
        }
        return made;
    }

    /**
     * That of a pool by the pool's address.
     *
     * @throws IllegalStateException if the pool was closed, or is none of Java's
     */
    public static Ownership ofPool(long pool) {
        for (Ownership each : known) {
            if (each.pool == pool) {
                return each;
            }
        }
        throw new IllegalStateException("there is no open pool at 0x" + Long.toHexString(pool));
    }

    /** Forgets the pool, which is about to go. */
    public void forget() {
        synchronized (SHARED) {
            known = Arrays.stream(known).filter(each -> each != this).toArray(Ownership[]::new);
        }
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

    /** Whether the address is that of an mbuf of this pool which Java holds. */
    public boolean holds(long mbuf) {
        long index = (mbuf >>> shift) - first;
        return index >= 0 && index < size && Memory.getByte(table + index) != GONE;
    }

    /** Java holds an mbuf of this pool that has one reference: it was allocated. */
    public void taken(long mbuf) {
        Memory.putByte(place(mbuf), HELD);
    }

    /** Java no longer holds an mbuf of this pool that it held, and that has one reference. */
    public void given(long mbuf) {
        Memory.putByte(place(mbuf), GONE);
    }

    /** Java holds the mbufs of an array, which a driver took from this pool. */
    public void received(long entries, int count) {
        for (int i = 0; i < count; i++) {
            taken(Memory.getLong(entries + 8L * i));
        }
    }

    /** Java holds the mbuf again after {@link #give}, when a device did not accept it; or one that native code handed out. */
    public static void take(long mbuf) {
        Ownership owned = of(mbuf);
        if (owned == null) {
            throw notHeld(mbuf);
        }
        if (Memory.getShort(mbuf + Place.REFCNT) == 1) {
            owned.taken(mbuf);
        } else {
            owned.takeShared(mbuf);
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
        if (!tryGive(mbuf)) {
            throw notHeld(mbuf);
        }
    }

    /** The same; false if it did not hold it. */
    public static boolean tryGive(long mbuf) {
        Ownership owned = of(mbuf);
        if (owned == null) {
            return false;
        }
        if (Memory.getShort(mbuf + Place.REFCNT) != 1) {
            return owned.giveShared(mbuf);
        }
        if (!owned.holds(mbuf)) {
            return false;
        }
        owned.given(mbuf);
        return true;
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
        Ownership owned = of(mbuf);
        return owned != null && owned.holds(mbuf);
    }

    /** That of the mbuf's pool; null if Java did not make the pool. */
    private static @Nullable Ownership of(long mbuf) {
        long pool = Memory.getLong(mbuf + Place.POOL);
        for (Ownership each : known) {
            if (each.pool == pool) {
                return each;
            }
        }
        return null;
    }

    private long place(long mbuf) {
        long index = (mbuf >>> shift) - first;
        if (index < 0 || index >= size) {
            throw notHeld(mbuf);
        }
        return table + index;
    }

    private void takeShared(long mbuf) {
        synchronized (SHARED) {
            if (holds(mbuf)) {
                addReference(mbuf);
            } else {
                taken(mbuf);
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

    private boolean giveShared(long mbuf) {
        synchronized (SHARED) {
            if (!holds(mbuf)) {
                return false;
            }
            int extra = Memory.getInt(mbuf + Place.EXTRA);
            if (extra > 0) {
                Memory.putInt(mbuf + Place.EXTRA, extra - 1);
            } else {
                given(mbuf);
            }
            return true;
        }
    }

    /** What to throw when Java does not hold an mbuf. */
    public static IllegalStateException notHeld(long mbuf) {
        return new IllegalStateException("mbuf 0x" + Long.toHexString(mbuf)
                + " is not the caller's: it was freed, sent or appended to another before");
    }
}
