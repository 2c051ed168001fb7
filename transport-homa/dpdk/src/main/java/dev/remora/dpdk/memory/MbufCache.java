package dev.remora.dpdk.memory;

import static dev.remora.dpdk.memory.Offsets.CACHE_FLUSH;
import static dev.remora.dpdk.memory.Offsets.CACHE_LENGTH;
import static dev.remora.dpdk.memory.Offsets.CACHE_MOST;
import static dev.remora.dpdk.memory.Offsets.CACHE_OBJECTS;
import static dev.remora.dpdk.memory.Offsets.CACHE_SIZE;
import static dev.remora.dpdk.memory.Offsets.DATA_LEN;
import static dev.remora.dpdk.memory.Offsets.DATA_OFF;
import static dev.remora.dpdk.memory.Offsets.NB_SEGS;
import static dev.remora.dpdk.memory.Offsets.NEXT;
import static dev.remora.dpdk.memory.Offsets.OL_FLAGS;
import static dev.remora.dpdk.memory.Offsets.PACKET_TYPE;
import static dev.remora.dpdk.memory.Offsets.PKT_LEN;
import static dev.remora.dpdk.memory.Offsets.POOL;
import static dev.remora.dpdk.memory.Offsets.REFCNT;
import static dev.remora.dpdk.memory.Offsets.TX_OFFLOAD;
import static dev.remora.dpdk.memory.Offsets.VLAN_TCI_OUTER;

import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thread's way to a pool: allocates and frees mbufs from a last-in-first-out cache, whose top is warm in the CPU's
 * caches, and moves them from and to the common ring many at a time. Get it from {@link MbufPool#cache} once and keep it.
 *
 * <p>The cache of a thread registered with DPDK is DPDK's own for that logical core, so that drivers called on the thread
 * share it. The rules are those of DPDK's inline functions: an empty cache is refilled to its size, and one that would
 * exceed one and a half times its size is emptied first. Another thread gets a cache of the same form of its own.
 *
 * <p>A cache outside DPDK can go from thread to thread: after {@link #release()}, or when its owner has ended, the first
 * thread that uses it owns it. One from {@link MbufPool#newCache} belongs to nobody at first.
 *
 * <p>Every operation throws {@link IllegalStateException} on a thread other than the owner, and for an mbuf
 * the caller does not hold: freed, sent, or appended to another before. Addresses that are no mbufs cannot be told from
 * mbufs: they crash the process or are refused, by chance.
 */
public final class MbufCache {
    /** Reference count and number of segments of an mbuf that is alone: one each. */
    private static final int ALONE = 0x0001_0001;

    /**
     * Exclusive limit of addresses. An address compared with it once needs no further check when fields at small offsets
     * from it are accessed: the JIT then knows that they are within {@link Memory#ALL}.
     */
    private static final long ADDRESSES = 1L << 62;

    private static final long NO_PORT = 0xffff;
    private static final int MAX_SEGMENTS = 0xffff;
    /** {@code ol_flags} of mbufs whose data is not their own: external buffers and clones. */
    private static final long ELSEWHERE = 1L << 61 | 1L << 62;

    private final MbufPool pool;
    private final long poolAddress;
    private final int lcoreId;
    /** Where the thread's logical core is noted, by DPDK for registered threads. */
    private final long lcoreWord;
    /** A {@code struct rte_mempool_cache}. */
    private final long cache;

    private final long objects;
    private final boolean own;
    private final MemorySegment enqueue;
    private final MemorySegment dequeue;
    private final long rearm;
    private final Ownership ownership;
    /** Keeps a cache of our own and the place of one pointer. */
    private final MemorySegment memory;

    private final long scratch;
    /**
     * Who may use the cache. All changes are made under the pool's lock. The check reads it without: only the owner takes
     * its own name out, so a thread that finds its name there is right.
     */
    private @Nullable Thread owner;
    /** For messages. */
    private @Nullable Thread lastOwner;
    /** Whether it is what the owner gets from {@link MbufPool#cache}, as long as nobody else took it over. */
    private boolean ofThread;

    private MbufCache(MbufPool pool, int lcoreId, long lcoreWord, long dpdkCache) {
        this.pool = pool;
        this.poolAddress = pool.address();
        this.lcoreId = lcoreId;
        own = dpdkCache == 0;
        memory = Arena.ofAuto().allocate(64L + (own ? Offsets.CACHE_BYTES : 0), 64);
        scratch = memory.address();
        if (own) {
            cache = scratch + 64;
            int size = pool.config().cacheSize();
            Memory.putInt(cache + CACHE_SIZE, size);
            Memory.putInt(cache + CACHE_FLUSH, size + size / 2);
        } else {
            cache = dpdkCache;
        }
        objects = cache + CACHE_OBJECTS;
        if (lcoreWord == 0) {
            this.lcoreWord = scratch + 8;
            Memory.putInt(this.lcoreWord, lcoreId);
        } else {
            this.lcoreWord = lcoreWord;
        }
        enqueue = MempoolCalls.operation(poolAddress, "enqueue");
        dequeue = MempoolCalls.operation(poolAddress, "dequeue");
        rearm = rearm(pool.config().dataRoomBytes());
        ownership = pool.ownership();
    }

    /** A cache outside DPDK that belongs to nobody yet. */
    static MbufCache ofNobody(MbufPool pool) {
        return new MbufCache(pool, -1, 0, 0);
    }

    /** A cache outside DPDK, for the calling thread. */
    static MbufCache ofThread(MbufPool pool) {
        MbufCache made = ofNobody(pool);
        made.ownedBy(Thread.currentThread());
        made.ofThread = true;
        return made;
    }

    /** DPDK's cache of the logical core the calling thread is registered as. */
    static MbufCache ofLcore(MbufPool pool, int lcoreId) {
        MbufCache made = new MbufCache(pool, lcoreId, MempoolCalls.lcoreIdAddress(), pool.localCache(lcoreId));
        made.ownedBy(Thread.currentThread());
        made.ofThread = true;
        return made;
    }

    /** The pool. */
    public MbufPool pool() {
        return pool;
    }

    /**
     * Takes one mbuf: one segment, no data, no flags, headroom in front.
     *
     * @return 0 when neither the cache nor the ring has one. The caches of other threads may still have some
     */
    public long allocate() {
        check();
        int length = Memory.getInt(cache + CACHE_LENGTH);
        if (length == 0) {
            length = refill();
            if (length == 0) {
                return 0;
            }
        }
        length--;
        long mbuf = Memory.getLong(objects + 8L * length);
        Memory.putInt(cache + CACHE_LENGTH, length);
        reset(mbuf, rearm);
        ownership.taken(mbuf);
        return mbuf;
    }

    /**
     * Takes several mbufs, or none.
     *
     * @param into where they are appended
     * @param count how many
     * @return false when there are not as many; nothing has changed then
     */
    public boolean allocate(MbufArray into, int count) {
        check();
        int size = into.size();
        if (count < 0 || count > into.capacity() - size) {
            throw new IllegalArgumentException(
                    "count must be 0 to " + (into.capacity() - size) + ", the free places, is " + count);
        }
        long to = into.address() + 8L * size;
        int length = Memory.getInt(cache + CACHE_LENGTH);
        if (length >= count) {
            long top = objects + 8L * length;
            long value = rearm;
            for (int i = 0; i < count; i++) {
                top -= 8;
                long mbuf = Memory.getLong(top);
                Memory.putLong(to + 8L * i, mbuf);
                reset(mbuf, value);
                ownership.taken(mbuf);
            }
            Memory.putInt(cache + CACHE_LENGTH, length - count);
        } else {
            boolean all = fetch(to, length, count);
            Reference.reachabilityFence(into);
            if (!all) {
                return false;
            }
            for (int i = 0; i < count; i++) {
                long mbuf = Memory.getLong(to + 8L * i);
                reset(mbuf, rearm);
                ownership.taken(mbuf);
            }
        }
        into.size(size + count);
        return true;
    }

    /**
     * Gives an mbuf back with all its segments. One that others refer to, too, only loses the caller's reference.
     *
     * @throws IllegalStateException if the caller does not hold it
     */
    public void free(long mbuf) {
        check();
        if (mbuf == 0) {
            throw new IllegalArgumentException("mbuf is null");
        }
        if (isPlain(mbuf)) {
            ownership.given(mbuf);
            put(mbuf);
        } else {
            freeOther(mbuf);
        }
    }

    /**
     * Gives back all mbufs of an array, and clears it.
     *
     * @throws IllegalStateException if the caller does not hold one of them; those before it are freed then and no more
     *     in the array, whose first entry is the one refused
     */
    public void free(MbufArray mbufs) {
        check();
        int count = mbufs.size();
        long from = mbufs.address();
        int done = 0;
        try {
            while (done < count) {
                done += freePlain(from + 8L * done, count - done);
                if (done < count) {
                    long mbuf = Memory.getLong(from + 8L * done);
                    if (mbuf == 0) {
                        throw new IllegalArgumentException("mbuf " + done + " of " + count + " is null");
                    }
                    freeOther(mbuf);
                    done++;
                }
            }
        } finally {
            mbufs.removeFirst(done);
        }
    }

    /**
     * Makes an mbuf (or chain) the last part of another's packet. From then on only the head may be freed or sent. Walks
     * the chain; who builds long ones names the last segment with {@link #append(long, long, long)}.
     */
    public void append(long head, long segment) {
        check();
        checkHeld(head);
        long last = head;
        for (long next = Memory.getLong(last + NEXT); next != 0; next = Memory.getLong(last + NEXT)) {
            last = next;
        }
        append(head, last, segment);
    }

    /**
     * The same, without the walk.
     *
     * @param head first segment of the packet
     * @param last its last segment, the head if it has only one
     * @param segment what becomes the last
     */
    public void append(long head, long last, long segment) {
        check();
        if (segment == 0 || last == 0 || segment == head) {
            throw new IllegalArgumentException(segment == head ? "an mbuf cannot follow itself" : "mbuf is null");
        }
        checkHeld(head);
        boolean inChain = last == head || (Memory.getShort(head + NB_SEGS) > 1 && !Ownership.isHeld(last));
        if (!inChain || Memory.getLong(last + NEXT) != 0) {
            throw new IllegalArgumentException("mbuf 0x" + Long.toHexString(last) + " is not the last of its chain");
        }
        if (Memory.getShort(head + REFCNT) != 1 || Memory.getShort(segment + REFCNT) != 1) {
            throw new IllegalStateException("mbufs with several references cannot be chained");
        }
        int segments = Memory.getShort(head + NB_SEGS) + Memory.getShort(segment + NB_SEGS);
        if (segments > MAX_SEGMENTS) {
            throw new IllegalArgumentException("a packet has at most " + MAX_SEGMENTS + " segments");
        }
        Ownership.give(segment);
        Memory.putLong(last + NEXT, segment);
        Memory.putShort(head + NB_SEGS, segments);
        Memory.putInt(head + PKT_LEN, Memory.getInt(head + PKT_LEN) + Memory.getInt(segment + PKT_LEN));
    }

    /**
     * Gives all cached mbufs back to the common ring, where other threads get at them. A thread that leaves DPDK need not:
     * {@code Lcore.close} does it.
     */
    public void flush() {
        check();
        flushAll();
    }

    /**
     * Lets another thread own the cache, which is empty then: what it held is back in the common ring. Only for the owner;
     * nothing happens if there is none.
     *
     * @throws IllegalStateException if another living thread owns it, or it is DPDK's cache of a logical core, which
     *     cannot be handed over: each registered thread has its own
     */
    public void release() {
        pool.release(this);
    }

    /**
     * Makes the calling thread the owner of what another owned, with the mbufs in it: for callers with a lock of their own, by
     * which the former owner has ceased to use the cache before this call. Costs less than {@link #release()} and a claim.
     * Nothing changes if nobody owned it: the first use claims it.
     *
     * @throws IllegalStateException if it is a logical core's, or the pool is closed
     */
    public void takeOver() {
        Thread me = Thread.currentThread();
        if (owner == me || owner == null) {
            return;
        }
        if (!own || pool.isClosed()) {
            throw misuse();
        }
        ownedBy(me);
        ofThread = false;
    }

    /** How many mbufs the cache holds. */
    public int cached() {
        return Memory.getInt(cache + CACHE_LENGTH);
    }

    /** Logical core whose cache this is; -1 when it is none of DPDK's. */
    int lcoreId() {
        return lcoreId;
    }

    /** Mbufs that DPDK counts as in use, but are cached here. */
    int cachedOutsideDpdk() {
        return own ? cached() : 0;
    }

    /** Whether {@link MbufPool#cache} gives this one to a thread. */
    boolean isThatOf(Thread thread) {
        return ofThread && owner == thread;
    }

    /** Makes the calling thread the owner; under the pool's lock. */
    void claim() {
        Thread now = owner;
        if (!own || pool.isClosed() || (now != null && now.isAlive())) {
            throw misuse();
        }
        ownedBy(Thread.currentThread());
        ofThread = false;
    }

    /** Makes nobody the owner, under the pool's lock; false if nobody was before. */
    boolean giveUpOwnership() {
        if (!own) {
            throw new IllegalStateException("this cache of pool " + pool.name() + " is that of logical core " + lcoreId
                    + " and cannot be handed over; use one of MbufPool.newCache(), or let the other thread register");
        }
        Thread now = owner;
        if (now == null || pool.isClosed()) {
            return false;
        }
        if (now != Thread.currentThread() && now.isAlive()) {
            throw misuse();
        }
        flushAll();
        owner = null;
        return true;
    }

    /** Of a thread that has ended: gives back what it cached. Knows no owner afterwards. */
    boolean retireIfOwnerEnded() {
        Thread thread = owner;
        if (thread != null && thread.isAlive()) {
            return false;
        }
        owner = null;
        if (own) {
            flushAll();
        }
        return true;
    }

    private void ownedBy(Thread thread) {
        owner = thread;
        lastOwner = thread;
    }

    /** Refuses all use from now on; of the pool that is about to go. */
    void retire() {
        owner = null;
    }

    private static void checkHeld(long mbuf) {
        if (mbuf == 0) {
            throw new IllegalArgumentException("mbuf is null");
        }
        if (!Ownership.isHeld(mbuf)) {
            throw Ownership.notHeld(mbuf);
        }
    }

    private void check() {
        if (Thread.currentThread() != owner || Memory.getInt(lcoreWord) != lcoreId) {
            pool.claim(this);
        }
    }

    private IllegalStateException misuse() {
        Thread thread = Thread.currentThread();
        if (pool.isClosed()) {
            return new IllegalStateException("pool " + pool.name() + " is closed");
        }
        if (thread != owner) {
            return new IllegalStateException("this cache of pool " + pool.name() + " belongs to " + lastOwner
                    + ", not to " + thread + "; each thread asks the pool for its own"
                    + (own ? ", or the owner calls release() before" : ""));
        }
        return new IllegalStateException("this cache of pool " + pool.name() + " is that of logical core " + lcoreId
                + ", which " + thread + " is no more registered as; ask the pool for another");
    }

    /** The word of data_off, refcnt, nb_segs and port of an mbuf that is new. */
    static long rearm(int bufferBytes) {
        return Math.min(PoolConfig.HEADROOM, bufferBytes) | 1L << 16 | 1L << 32 | NO_PORT << 48;
    }

    /** Makes all fields those of an mbuf that is new. */
    static void reset(long address, long rearm) {
        long mbuf = Objects.checkIndex(address, ADDRESSES);
        Memory.putLong(mbuf + DATA_OFF, rearm);
        Memory.putLong(mbuf + OL_FLAGS, 0);
        Memory.putLong(mbuf + PACKET_TYPE, 0);
        // With data_len and vlan_tci goes half of the hash, which means nothing without its flag.
        Memory.putLong(mbuf + DATA_LEN, 0);
        Memory.putShort(mbuf + VLAN_TCI_OUTER, 0);
        Memory.putLong(mbuf + NEXT, 0);
        Memory.putLong(mbuf + TX_OFFLOAD, 0);
    }

    /** Held once, alone, with data of its own, and of this pool: such an mbuf goes straight to the cache. */
    private boolean isPlain(long address) {
        long mbuf = Objects.checkIndex(address, ADDRESSES);
        // The counters are read as the word that reset writes, which the CPU then hands over without a detour.
        long word = Memory.getLong(mbuf + DATA_OFF);
        return (int) (word >>> 16) == ALONE
                && Memory.getLong(mbuf + POOL) == poolAddress
                && ownership.holds(mbuf)
                && (Memory.getLong(mbuf + OL_FLAGS) & ELSEWHERE) == 0
                && Memory.getLong(mbuf + NEXT) == 0;
    }

    /** Frees mbufs as long as they are plain ones; returns how many. */
    private int freePlain(long from, int count) {
        int length = Memory.getInt(cache + CACHE_LENGTH);
        int limit = Memory.getInt(cache + CACHE_FLUSH);
        int done = 0;
        while (done < count) {
            long mbuf = Memory.getLong(from + 8L * done);
            if (mbuf == 0 || !isPlain(mbuf)) {
                break;
            }
            ownership.given(mbuf);
            if (length >= limit) {
                Memory.putInt(cache + CACHE_LENGTH, length);
                put(mbuf);
                length = Memory.getInt(cache + CACHE_LENGTH);
            } else {
                Memory.putLong(objects + 8L * length++, mbuf);
            }
            done++;
        }
        Memory.putInt(cache + CACHE_LENGTH, length);
        return done;
    }

    /** Any mbuf: checks that it is held, then frees segment by segment. */
    private void freeOther(long mbuf) {
        Ownership.give(mbuf);
        long segment = mbuf;
        while (segment != 0) {
            long next = Memory.getLong(segment + NEXT);
            freeSegment(segment);
            segment = next;
        }
    }

    private void freeSegment(long segment) {
        if (Memory.getShortAcquire(segment + REFCNT) != 1) {
            if (Memory.addShortAtomically(segment + REFCNT, -1) != 0) {
                return;
            }
            Memory.putShort(segment + REFCNT, 1);
        }
        // Mbufs in a pool have one segment and one reference.
        Memory.putLong(segment + NEXT, 0);
        Memory.putShort(segment + NB_SEGS, 1);
        if (Memory.getLong(segment + POOL) == poolAddress && (Memory.getLong(segment + OL_FLAGS) & ELSEWHERE) == 0) {
            put(segment);
        } else {
            Memory.putLong(scratch, segment);
            MempoolCalls.freeMbufs(scratch, 1);
        }
    }

    private void put(long mbuf) {
        int length = Memory.getInt(cache + CACHE_LENGTH);
        int limit = Memory.getInt(cache + CACHE_FLUSH);
        if (length >= limit) {
            flushAll();
            length = 0;
            if (limit == 0) {
                Memory.putLong(scratch, mbuf);
                enqueue(scratch, 1);
                return;
            }
        }
        Memory.putLong(objects + 8L * length, mbuf);
        Memory.putInt(cache + CACHE_LENGTH, length + 1);
    }

    private void flushAll() {
        int length = Memory.getInt(cache + CACHE_LENGTH);
        if (length > 0) {
            enqueue(objects, length);
            Memory.putInt(cache + CACHE_LENGTH, 0);
        }
    }

    private void enqueue(long array, int count) {
        if (move(enqueue, array, count) < 0) {
            throw new IllegalStateException("the ring of pool " + pool.name() + " is full: mbufs were freed twice, by"
                    + " native code since Java checks it");
        }
    }

    private int move(MemorySegment function, long array, int count) {
        int result = MempoolCalls.move(function, poolAddress, array, count);
        // The cache's memory goes when this object does, and nothing else might refer to it any more.
        Reference.reachabilityFence(this);
        return result;
    }

    /** Fills an empty cache with its size and one more, or with one when the ring has no more. */
    private int refill() {
        int wanted = Memory.getInt(cache + CACHE_SIZE) + 1;
        if (move(dequeue, objects, wanted) < 0) {
            wanted = 1;
            if (move(dequeue, objects, 1) < 0) {
                return 0;
            }
        }
        return wanted;
    }

    /** Takes more mbufs than the cache has: all it has, and the rest by way of the ring. */
    private boolean fetch(long to, int length, int count) {
        // Until all are there the cache counts as it was: what it has stays where it is.
        for (int i = 0; i < length; i++) {
            Memory.putLong(to + 8L * i, Memory.getLong(objects + 8L * (length - 1 - i)));
        }
        int rest = count - length;
        long restTo = to + 8L * length;
        int size = Memory.getInt(cache + CACHE_SIZE);
        if (rest <= CACHE_MOST && move(dequeue, objects, size + rest) >= 0) {
            for (int i = 0; i < rest; i++) {
                Memory.putLong(restTo + 8L * i, Memory.getLong(objects + 8L * (size + rest - 1 - i)));
            }
            Memory.putInt(cache + CACHE_LENGTH, size);
            return true;
        }
        if (move(dequeue, restTo, rest) < 0) {
            return false;
        }
        Memory.putInt(cache + CACHE_LENGTH, 0);
        return true;
    }
}
