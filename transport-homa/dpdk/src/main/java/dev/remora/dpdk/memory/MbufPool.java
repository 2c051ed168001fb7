package dev.remora.dpdk.memory;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.ffi.Errno;
import dev.remora.dpdk.ffi.Layout;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A pool of mbufs in DPDK's memory: a ring of those that are free, and a cache per thread in front of it. Receive queues
 * fill their descriptors from it. Made by {@code Eal.createPool}.
 *
 * <p>Thread-safe, but for the {@link MbufCache} each thread gets. Nothing may use the pool while it is closed: ports that
 * receive into it are closed before.
 */
public final class MbufPool implements AutoCloseable {
    private final PoolConfig config;
    private final long address;
    private final Ownership ownership;
    /** Those that have an owner; also the lock for everything that is not of one thread. */
    private final List<MbufCache> caches = new ArrayList<>();

    private final List<ExternalMemory> externals = new ArrayList<>();
    private volatile boolean closed;

    private MbufPool(PoolConfig config, long address, Ownership ownership) {
        this.config = config;
        this.address = address;
        this.ownership = ownership;
    }

    /**
     * Creates a pool; called by {@code Eal.createPool}, which programs use.
     *
     * @throws DpdkException if EAL does not run, memory does not suffice, or there is a pool of that name
     */
    public static MbufPool create(PoolConfig config) {
        if (!MempoolCalls.ealRuns()) {
            throw new DpdkException(
                    "pool " + config.name() + " cannot be made before EAL runs", "call Eal.start first");
        }
        Ownership.register();
        long address;
        int error;
        try (Arena arena = Arena.ofConfined()) {
            long name = arena.allocateFrom(config.name()).address();
            address = MempoolCalls.createPool(name, config.mbufs(), config.cacheSize(), config.dataRoomBytes());
            error = address == 0 ? Errno.last() : 0;
        }
        if (address == 0) {
            throw refused(config, error);
        }
        try {
            return new MbufPool(config, address, ownership(config, address));
        } catch (RuntimeException | Error e) {
            MempoolCalls.freePool(address);
            throw e;
        }
    }

    /** Address of DPDK's {@code struct rte_mempool}. */
    public long address() {
        checkOpen();
        return address;
    }

    public String name() {
        return config.name();
    }

    /** What the pool was made of. */
    public PoolConfig config() {
        return config;
    }

    /** How many mbufs there are in all. */
    public int size() {
        return config.mbufs();
    }

    /** How many are free, in the ring or the cache of any thread. Exact only while nothing changes. */
    public int available() {
        synchronized (caches) {
            checkOpen();
            return countAvailable();
        }
    }

    /** How many are held by the program, by queues or by devices. Exact only while nothing changes. */
    public int inUse() {
        return size() - available();
    }

    /**
     * The calling thread's view of the pool. To be kept rather than asked for each packet. A thread that registers with
     * DPDK ({@code Eal.registerThread}) should do so before: it then has a cache that its drivers share.
     */
    public MbufCache cache() {
        Lcore lcore = Lcore.current();
        return cacheOf(lcore == null ? -1 : lcore.id());
    }

    /**
     * Makes a cache outside DPDK that belongs to the first thread that uses it, until that thread calls
     * {@link MbufCache#release()} or ends. For loops that go from thread to thread, or that are set up on a thread other
     * than the one they run on. Drivers called on a registered thread do not share it.
     */
    public MbufCache newCache() {
        synchronized (caches) {
            checkOpen();
            return MbufCache.ofNobody(this);
        }
    }

    /**
     * Memory for packet data that is not copied into mbufs; belongs to the pool and goes with it.
     *
     * @param bytes its size
     * @throws DpdkException if there is not as much left
     */
    public ExternalMemory externalMemory(long bytes) {
        synchronized (caches) {
            checkOpen();
            ExternalMemory made = new ExternalMemory(this, bytes);
            externals.add(made);
            return made;
        }
    }

    /**
     * Frees the pool with the external memory made from it. Does nothing the second time.
     *
     * @throws DpdkException if mbufs are still out, or attached to its external memory; the pool stays as it is then
     */
    @Override
    public void close() {
        synchronized (caches) {
            if (closed) {
                return;
            }
            retireCachesOfEndedThreads();
            externals.forEach(ExternalMemory::checkFree);
            int out = size() - countAvailable();
            if (out > 0) {
                throw new DpdkException(
                        out + " of " + size() + " mbufs of pool " + name() + " are still out",
                        "free what the program holds, and close the ports that receive into the pool or still send from"
                                + " it, before closing it");
            }
            externals.forEach(ExternalMemory::release);
            externals.clear();
            closed = true;
            caches.forEach(MbufCache::retire);
            caches.clear();
            ownership.forget();
            MempoolCalls.freePool(address);
        }
    }

    /** Whether it was closed. */
    public boolean isClosed() {
        return closed;
    }

    /** The view of the calling thread as a logical core, or as none with -1. */
    MbufCache cacheOf(int lcoreId) {
        synchronized (caches) {
            checkOpen();
            retireCachesOfEndedThreads();
            Thread thread = Thread.currentThread();
            // Without caches there is nothing of DPDK's to share.
            int wanted = config.cacheSize() == 0 ? -1 : lcoreId;
            for (MbufCache known : caches) {
                if (known.isThatOf(thread) && known.lcoreId() == wanted) {
                    return known;
                }
            }
            MbufCache made = wanted < 0 ? MbufCache.ofThread(this) : MbufCache.ofLcore(this, wanted);
            caches.add(made);
            return made;
        }
    }

    /** Makes the calling thread the owner of a cache that has no living one; throws for others. */
    void claim(MbufCache cache) {
        synchronized (caches) {
            cache.claim();
            retireCachesOfEndedThreads();
            if (!caches.contains(cache)) {
                caches.add(cache);
            }
        }
    }

    /** Takes the owner from a cache, which nobody need free then: it is empty. */
    void release(MbufCache cache) {
        synchronized (caches) {
            if (cache.giveUpOwnership()) {
                caches.remove(cache);
            }
        }
    }

    /** Which of its mbufs Java holds. */
    Ownership ownership() {
        return ownership;
    }

    /** DPDK's cache for a logical core. */
    long localCache(int lcoreId) {
        Layout layout = Layout.loaded();
        if (lcoreId < 0 || lcoreId >= layout.constant("RTE_MAX_LCORE")) {
            throw new IllegalArgumentException("no logical core " + lcoreId);
        }
        return Memory.getLong(address + layout.offset("rte_mempool.local_cache"))
                + (long) lcoreId * Offsets.CACHE_BYTES;
    }

    void closeExternal(ExternalMemory external) {
        synchronized (caches) {
            if (external.release()) {
                externals.remove(external);
            }
        }
    }

    private int countAvailable() {
        int count = MempoolCalls.available(address);
        for (MbufCache cache : caches) {
            count += cache.cachedOutsideDpdk();
        }
        return Math.min(count, size());
    }

    private void retireCachesOfEndedThreads() {
        for (Iterator<MbufCache> each = caches.iterator(); each.hasNext(); ) {
            if (each.next().retireIfOwnerEnded()) {
                each.remove();
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("pool " + name() + " is closed");
        }
    }

    /** Takes all mbufs out and puts them back, to see where they lie. */
    private static Ownership ownership(PoolConfig config, long address) {
        Layout layout = Layout.loaded();
        int spacing = Memory.getInt(address + layout.offset("rte_mempool.header_size"))
                + Memory.getInt(address + layout.offset("rte_mempool.elt_size"))
                + Memory.getInt(address + layout.offset("rte_mempool.trailer_size"));
        int count = config.mbufs();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment all = arena.allocate(8L * count, 8);
            if (MempoolCalls.move(MempoolCalls.operation(address, "dequeue"), address, all.address(), count) < 0
                    || MempoolCalls.move(MempoolCalls.operation(address, "enqueue"), address, all.address(), count)
                            < 0) {
                throw new IllegalStateException("the ring of the new pool " + config.name() + " is not full");
            }
            return Ownership.ofPool(address, all, spacing);
        }
    }

    private static DpdkException refused(PoolConfig config, int error) {
        String problem = "pool " + config.name() + " of " + config.mbufs() + " mbufs of " + config.dataRoomBytes()
                + " bytes cannot be made: ";
        long megabytes = (config.memoryBytes() >> 20) + 1;
        return switch (error) {
            case Errno.ENOMEM ->
                new DpdkException(
                        problem + "it needs about " + megabytes + " MiB, more than EAL's memory has left",
                        "give EAL more (memoryMb), or ask for fewer or smaller mbufs");
            case Errno.EEXIST -> new DpdkException(problem + "there is one of that name", "choose another name");
            default -> new DpdkException(problem + Errno.text(error), "see DPDK's log");
        };
    }
}
