package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.ffi.Memory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Whose a cache is, and several threads with one pool. */
final class ThreadChecks {
    private ThreadChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        checks.put("a cache refuses other threads", ThreadChecks::wrongThread);
        checks.put("a cache of a logical core refuses when the thread left DPDK", ThreadChecks::leftDpdk);
        checks.put("a thread that registers later gets another cache", ThreadChecks::registersLater);
        checks.put("what an ended thread had cached is not lost", ThreadChecks::endedThread);
        checks.put("a released cache belongs to the next thread that uses it", ThreadChecks::handOver);
        checks.put("a new cache belongs to the first thread that uses it", ThreadChecks::newCache);
        checks.put("only the owner releases a cache", ThreadChecks::foreignRelease);
        checks.put("a cache of a logical core is not handed over", ThreadChecks::releaseOfLcore);
        checks.put("a cache whose owner ended can be taken over", ThreadChecks::ownerEnded);
        checks.put("a released cache of a closed pool refuses", ThreadChecks::releasedAndClosed);
        checks.put("threads take turns with one cache", ThreadChecks::turns);
        checks.put("a virtual thread can use a pool", ThreadChecks::virtualThread);
        checks.put("several threads pass mbufs on without losing one", ThreadChecks::severalThreads);
        checks.put("references are given up by several threads at once", ThreadChecks::sharedReferences);
    }

    private static void onThread(Runnable action) {
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        Thread thread = Thread.ofPlatform().name("other").start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                thrown.add(e);
            }
        });
        join(thread);
        assertThat(thrown).isEmpty();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void wrongThread(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            long segment = cache.allocate();
            MbufArray array = new MbufArray(4);
            String mine = Thread.currentThread().toString();
            onThread(() -> {
                assertThatIllegalStateException()
                        .isThrownBy(cache::allocate)
                        .withMessageContaining(mine)
                        .withMessageContaining(Thread.currentThread().toString());
                assertThatIllegalStateException().isThrownBy(() -> cache.allocate(array, 1));
                assertThatIllegalStateException().isThrownBy(() -> cache.free(mbuf));
                assertThatIllegalStateException().isThrownBy(() -> cache.free(array));
                assertThatIllegalStateException().isThrownBy(() -> cache.append(mbuf, segment));
                assertThatIllegalStateException().isThrownBy(cache::flush);
                assertThat(pool.cache()).isNotSameAs(cache);
                // But the mbuf itself may go from thread to thread.
                pool.cache().free(mbuf);
            });
            assertThat(pool.inUse()).isOne();
            cache.free(segment);
        }
    }

    private static void leftDpdk(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            onThread(() -> {
                MbufCache cache;
                try (Lcore lcore = eal.registerThread()) {
                    cache = pool.cache();
                    cache.free(cache.allocate());
                    assertThat(cache.cached()).isEqualTo(17);
                }
                assertThatIllegalStateException()
                        .isThrownBy(cache::allocate)
                        .withMessageContaining("no more registered");
                assertThatIllegalStateException().isThrownBy(cache::flush);
                assertThat(pool.cache()).isNotSameAs(cache);
                // What it had cached is there for others.
                MbufArray all = new MbufArray(128);
                assertThat(pool.cache().allocate(all, 128)).isTrue();
                pool.cache().free(all);
            });
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void registersLater(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            onThread(() -> {
                MbufCache plain = pool.cache();
                long mbuf = plain.allocate();
                try (Lcore lcore = eal.registerThread()) {
                    assertThat(pool.cache()).isNotSameAs(plain);
                    assertThat(pool.cache().lcoreId()).isEqualTo(lcore.id());
                    pool.cache().free(mbuf);
                    plain.free(plain.allocate());
                }
                assertThat(pool.cache()).isSameAs(plain);
            });
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void endedThread(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 64)) {
            onThread(() -> {
                MbufCache cache = pool.cache();
                cache.free(cache.allocate());
                assertThat(cache.cached()).isEqualTo(65);
            });
            assertThat(pool.available()).isEqualTo(128);
            MbufArray all = new MbufArray(128);
            assertThat(pool.cache().allocate(all, 128)).isTrue();
            pool.cache().free(all);
        }
    }

    private static void handOver(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.newCache();
            long mbuf = cache.allocate();
            cache.release();
            assertThat(cache.cached()).isZero();
            assertThat(pool.inUse()).isOne();
            onThread(() -> {
                cache.free(mbuf);
                assertThat(pool.inUse()).isZero();
                cache.release();
            });
            cache.release();
            cache.free(cache.allocate());
            assertThat(pool.cache()).isNotSameAs(cache);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void newCache(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.newCache();
            assertThat(cache).isNotSameAs(pool.cache()).isNotSameAs(pool.newCache());
            String mine = Thread.currentThread().toString();
            onThread(() -> {
                cache.free(cache.allocate());
                String its = Thread.currentThread().toString();
                MbufCache another = pool.newCache();
                another.free(another.allocate());
                assertThat(pool.cache()).isNotSameAs(another).isNotSameAs(cache);
                onThread(() -> assertThatIllegalStateException()
                        .isThrownBy(cache::allocate)
                        .withMessageContaining(its)
                        .withMessageContaining(Thread.currentThread().toString())
                        .withMessageContaining("release()"));
                cache.release();
            });
            cache.free(cache.allocate());
            onThread(() ->
                    assertThatIllegalStateException().isThrownBy(cache::flush).withMessageContaining(mine));
        }
    }

    private static void foreignRelease(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.newCache();
            cache.release();
            cache.free(cache.allocate());
            int cached = cache.cached();
            String mine = Thread.currentThread().toString();
            onThread(() -> assertThatIllegalStateException()
                    .isThrownBy(cache::release)
                    .withMessageContaining(mine)
                    .withMessageContaining(Thread.currentThread().toString()));
            assertThat(cache.cached()).isEqualTo(cached);
            cache.free(cache.allocate());
        }
    }

    private static void releaseOfLcore(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            onThread(() -> {
                MbufCache plain = pool.cache();
                try (Lcore lcore = eal.registerThread()) {
                    MbufCache cache = pool.cache();
                    assertThatIllegalStateException()
                            .isThrownBy(cache::release)
                            .withMessageContaining("logical core " + lcore.id())
                            .withMessageContaining("newCache()");
                    cache.free(cache.allocate());
                }
                // That of the thread itself can be handed over; the thread gets another when it asks again.
                plain.release();
                assertThat(pool.cache()).isNotSameAs(plain);
            });
        }
    }

    private static void ownerEnded(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 64)) {
            MbufCache cache = pool.newCache();
            onThread(() -> cache.free(cache.allocate()));
            assertThat(cache.cached()).isEqualTo(65);
            assertThat(pool.inUse()).isZero();
            MbufArray all = new MbufArray(128);
            assertThat(cache.allocate(all, 128)).isTrue();
            cache.free(all);
            assertThat(pool.inUse()).isZero();

            // Also when the pool has noticed the end already, and given back what was cached.
            onThread(() -> pool.newCache().free(pool.cache().allocate()));
            MbufCache other = pool.newCache();
            onThread(() -> other.free(other.allocate()));
            pool.cache();
            assertThat(other.cached()).isZero();
            other.free(other.allocate());
            assertThat(pool.available()).isEqualTo(128);
        }
    }

    private static void releasedAndClosed(Eal eal) {
        MbufPool pool = PoolChecks.pool(eal, 128, 16);
        MbufCache never = pool.newCache();
        MbufCache released = pool.newCache();
        released.free(released.allocate());
        released.release();
        MbufCache owned = pool.newCache();
        owned.free(owned.allocate());
        pool.close();
        for (MbufCache each : List.of(never, released, owned)) {
            assertThatIllegalStateException().isThrownBy(each::allocate).withMessageContaining("closed");
            each.release();
        }
        assertThatIllegalStateException().isThrownBy(pool::newCache).withMessageContaining("closed");
    }

    /** Whoever finds the cache free uses it; the others are refused, and nobody sees half of what another did. */
    private static void turns(Eal eal) {
        int threads = 3;
        int turns = 2_000;
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.newCache();
            AtomicInteger inside = new AtomicInteger();
            Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
            List<Thread> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int done = 0; done < turns && thrown.isEmpty(); ) {
                            long mbuf;
                            try {
                                mbuf = cache.allocate();
                            } catch (IllegalStateException taken) {
                                Thread.onSpinWait();
                                continue;
                            }
                            assertThat(inside.incrementAndGet()).isOne();
                            cache.free(mbuf);
                            inside.decrementAndGet();
                            cache.release();
                            done++;
                        }
                    } catch (Throwable e) {
                        thrown.add(e);
                    }
                }));
            }
            all.forEach(ThreadChecks::join);
            assertThat(thrown).isEmpty();
            assertThat(pool.available()).isEqualTo(128);
        }
    }

    private static void virtualThread(Eal eal) throws InterruptedException {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            AtomicInteger done = new AtomicInteger();
            Thread thread = Thread.ofVirtual().start(() -> {
                MbufCache cache = pool.cache();
                for (int i = 0; i < 100; i++) {
                    long mbuf = cache.allocate();
                    LockSupport.parkNanos(1_000);
                    cache.free(mbuf);
                    done.incrementAndGet();
                }
            });
            thread.join();
            assertThat(done.get()).isEqualTo(100);
            assertThat(pool.inUse()).isZero();
        }
    }

    /** Each thread allocates, passes on, and frees what it gets; half of the threads are registered with DPDK. */
    private static void severalThreads(Eal eal) {
        int threads = 4;
        int perThread = 30_000;
        try (MbufPool pool = PoolChecks.pool(eal, 2_000, 64)) {
            List<ArrayBlockingQueue<Long>> queues = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                queues.add(new ArrayBlockingQueue<>(256));
            }
            Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
            List<Thread> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int number = i;
                all.add(Thread.ofPlatform().start(() -> {
                    try {
                        if (number % 2 == 0) {
                            try (Lcore lcore = eal.registerThread()) {
                                pass(pool, queues, number, perThread);
                            }
                        } else {
                            pass(pool, queues, number, perThread);
                        }
                    } catch (Throwable e) {
                        thrown.add(e);
                    }
                }));
            }
            all.forEach(ThreadChecks::join);
            assertThat(thrown).isEmpty();
            assertThat(pool.inUse()).isZero();
            assertThat(pool.available()).isEqualTo(2_000);
        }
    }

    private static void pass(MbufPool pool, List<ArrayBlockingQueue<Long>> queues, int number, int count)
            throws InterruptedException {
        MbufCache cache = pool.cache();
        ArrayBlockingQueue<Long> in = queues.get(number);
        ArrayBlockingQueue<Long> out = queues.get((number + 1) % queues.size());
        int sent = 0;
        int received = 0;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (sent < count || received < count) {
            if (sent < count) {
                long mbuf = cache.allocate();
                if (mbuf != 0) {
                    Mbuf.length(mbuf, 16);
                    Memory.putLong(Mbuf.dataAddress(mbuf), mbuf);
                    if (out.offer(mbuf)) {
                        sent++;
                    } else {
                        cache.free(mbuf);
                    }
                }
            }
            Long got = in.poll();
            if (got != null) {
                if (Memory.getLong(Mbuf.dataAddress(got)) != got) {
                    throw new AssertionError("someone else wrote into the mbuf");
                }
                cache.free(got);
                received++;
            } else if (sent == count) {
                LockSupport.parkNanos(1_000);
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(sent + " sent, " + received + " received of " + count);
            }
        }
    }

    /** Two threads meet before each mbuf and free it at once, so that both see the other's reference now and then. */
    private static void sharedReferences(Eal eal) {
        int count = 10_000;
        try (MbufPool pool = PoolChecks.pool(eal, 512, 32)) {
            AtomicLong shared = new AtomicLong();
            AtomicInteger freed = new AtomicInteger();
            Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
            Thread other = Thread.ofPlatform().start(() -> {
                try {
                    MbufCache cache = pool.cache();
                    long last = 0;
                    int spin = 0;
                    while (last != -1) {
                        long mbuf = shared.get();
                        if (mbuf == 0 || mbuf == last) {
                            pause(spin++);
                        } else {
                            last = mbuf;
                            spin = 0;
                            if (mbuf != -1) {
                                cache.free(mbuf);
                                freed.incrementAndGet();
                            }
                        }
                    }
                } catch (Throwable e) {
                    thrown.add(e);
                }
            });
            MbufCache cache = pool.cache();
            long before = 0;
            try {
                for (int i = 0; i < count && thrown.isEmpty(); i++) {
                    long mbuf = cache.allocate();
                    if (mbuf == before) {
                        // The other thread tells mbufs apart by their address.
                        long next = cache.allocate();
                        cache.free(mbuf);
                        mbuf = next;
                    }
                    before = mbuf;
                    Mbuf.retain(mbuf);
                    shared.set(mbuf);
                    // Different delays, to meet the other thread in different places.
                    for (int spin = i % 64; spin > 0; spin--) {
                        Thread.onSpinWait();
                    }
                    cache.free(mbuf);
                    for (int spin = 0; freed.get() <= i && thrown.isEmpty(); spin++) {
                        pause(spin);
                    }
                    if (Mbuf.isHeld(mbuf) || !NativeMbufs.isLikeFree(mbuf)) {
                        throw new AssertionError("round " + i + ": " + Mbuf.references(mbuf) + " references left");
                    }
                }
            } finally {
                shared.set(-1);
                join(other);
            }
            assertThat(thrown).isEmpty();
            assertThat(pool.inUse()).isZero();
        }
    }

    /** Spins at first; gives the CPU away when the other thread seems not to have one. */
    private static void pause(int spin) {
        if (spin < 2_000) {
            Thread.onSpinWait();
        } else {
            LockSupport.parkNanos(10_000);
        }
    }
}
