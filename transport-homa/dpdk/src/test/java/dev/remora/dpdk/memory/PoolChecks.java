package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.Lcore;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Allocation, exhaustion, the cache's rules, what a new mbuf looks like, and closing. */
final class PoolChecks {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static int names;

    private PoolChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        checks.put("a pool says what it is", PoolChecks::attributes);
        checks.put("a new mbuf is empty, sound to DPDK, and has a headroom", PoolChecks::newMbuf);
        checks.put("allocation after use leaves nothing of the former packet", PoolChecks::resetCompletely);
        checks.put("every mbuf can be allocated once, then none", PoolChecks::exhaustion);
        checks.put("several are allocated all or not at all", PoolChecks::allOrNothing);
        checks.put("more than a cache holds are allocated at once", PoolChecks::large);
        checks.put("what was freed last is allocated first", PoolChecks::lastInFirstOut);
        checks.put("an empty cache is refilled, a full one flushed", PoolChecks::thresholds);
        checks.put("a pool without caches works", PoolChecks::withoutCaches);
        checks.put("the smallest pool works", PoolChecks::smallest);
        checks.put("the cache is shared with native code on a registered thread", PoolChecks::sharedWithNative);
        checks.put("close names the mbufs still out", PoolChecks::leak);
        checks.put("a closed pool and its caches refuse", PoolChecks::closed);
        checks.put("creation fails with the reason", PoolChecks::refusals);
        checks.put("nothing is allocated on the heap per packet", PoolChecks::noGarbage);
    }

    /** A pool of a name not used before. */
    static MbufPool pool(Eal eal, int mbufs, int cacheSize) {
        return eal.createPool(PoolConfig.of("p" + names++, mbufs).withCacheSize(cacheSize));
    }

    private static void attributes(Eal eal) {
        PoolConfig config = PoolConfig.of("attributes-" + names++, 1_000).withDataRoomBytes(4_224);
        try (MbufPool pool = eal.createPool(config)) {
            assertThat(pool.name()).isEqualTo(config.name());
            assertThat(pool.config()).isEqualTo(config);
            assertThat(pool.size()).isEqualTo(1_000);
            assertThat(pool.available()).isEqualTo(1_000);
            assertThat(pool.inUse()).isZero();
            assertThat(pool.address()).isNotZero();
            assertThat(pool.cache()).isSameAs(pool.cache());
            long mbuf = pool.cache().allocate();
            assertThat(Mbuf.tailroom(mbuf)).isEqualTo(4_096);
            assertThat(pool.available()).isEqualTo(999);
            assertThat(pool.inUse()).isEqualTo(1);
            pool.cache().free(mbuf);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void newMbuf(Eal eal) {
        try (MbufPool pool = pool(eal, 512, 32)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            NativeMbufs.verify(mbuf);
            assertNew(mbuf);
            Mbuf.memory().asSlice(Mbuf.dataAddress(mbuf), Mbuf.tailroom(mbuf)).fill((byte) 0x5a);
            cache.free(mbuf);
        }
    }

    private static void assertNew(long mbuf) {
        assertThat(Mbuf.dataLength(mbuf)).isZero();
        assertThat(Mbuf.packetLength(mbuf)).isZero();
        assertThat(Mbuf.segments(mbuf)).isOne();
        assertThat(Mbuf.next(mbuf)).isZero();
        assertThat(Mbuf.references(mbuf)).isOne();
        assertThat(Mbuf.port(mbuf)).isEqualTo(0xffff);
        assertThat(Mbuf.flags(mbuf)).isZero();
        assertThat(Mbuf.packetType(mbuf)).isZero();
        assertThat(Mbuf.tsoSegmentBytes(mbuf)).isZero();
        assertThat(Memory.getLong(mbuf + Offsets.TX_OFFLOAD)).isZero();
        assertThat(Memory.getShort(mbuf + Offsets.VLAN_TCI)).isZero();
        assertThat(Memory.getShort(mbuf + Offsets.VLAN_TCI_OUTER)).isZero();
        assertThat(Mbuf.headroom(mbuf)).isEqualTo(PoolConfig.HEADROOM);
        assertThat(Mbuf.tailroom(mbuf)).isEqualTo(PoolConfig.DEFAULT_DATA_ROOM - PoolConfig.HEADROOM);
        assertThat(Mbuf.dataAddress(mbuf)).isEqualTo(mbuf + 128 + PoolConfig.HEADROOM);
        assertThat(Mbuf.isHeld(mbuf)).isTrue();
    }

    private static void resetCompletely(Eal eal) {
        try (MbufPool pool = pool(eal, 512, 32)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(4);
            for (int way = 0; way < 3; way++) {
                long mbuf = cache.allocate();
                Mbuf.length(mbuf, 60);
                Mbuf.prepend(mbuf, 14);
                Mbuf.requestTso(mbuf, 14, 20, 20, 1_400, true);
                Mbuf.requestIpv4Checksum(mbuf, 14, 20);
                Memory.putInt(mbuf + Offsets.PACKET_TYPE, -1);
                Memory.putShort(mbuf + Offsets.VLAN_TCI, -1);
                Memory.putShort(mbuf + Offsets.VLAN_TCI_OUTER, -1);
                Memory.putShort(mbuf + Offsets.PORT, 3);
                long same = mbuf;
                switch (way) {
                    case 0 -> {
                        cache.free(mbuf);
                        same = cache.allocate();
                    }
                    case 1 -> {
                        cache.free(mbuf);
                        assertThat(cache.allocate(array, 1)).isTrue();
                        same = array.get(0);
                        array.clear();
                    }
                    default -> Mbuf.reset(mbuf);
                }
                assertThat(same).isEqualTo(mbuf);
                assertNew(same);
                cache.free(same);
            }
        }
    }

    private static void exhaustion(Eal eal) {
        for (int size : new int[] {100, 511, 1_000}) {
            try (MbufPool pool = pool(eal, size, 60)) {
                MbufCache cache = pool.cache();
                MbufArray all = new MbufArray(size);
                Set<Long> different = new HashSet<>();
                for (int i = 0; i < size; i++) {
                    long mbuf = cache.allocate();
                    assertThat(mbuf).as("mbuf %d of %d", i, size).isNotZero();
                    NativeMbufs.verify(mbuf);
                    assertThat(different.add(mbuf)).isTrue();
                    all.add(mbuf);
                    assertThat(pool.inUse()).isEqualTo(i + 1);
                }
                assertThat(cache.allocate()).isZero();
                assertThat(cache.allocate()).isZero();
                assertThat(pool.available()).isZero();
                cache.free(all);
                assertThat(all.size()).isZero();
                assertThat(pool.available()).isEqualTo(size);
                assertThat(cache.allocate(all, size)).isTrue();
                cache.free(all);
            }
        }
    }

    private static void allOrNothing(Eal eal) {
        try (MbufPool pool = pool(eal, 100, 16)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(200);
            assertThat(cache.allocate(array, 0)).isTrue();
            assertThat(array.size()).isZero();
            assertThat(cache.allocate(array, 30)).isTrue();
            int cached = cache.cached();
            assertThat(cached).isPositive();
            assertThat(cache.allocate(array, 71)).isFalse();
            assertThat(array.size()).isEqualTo(30);
            assertThat(cache.cached()).isEqualTo(cached);
            assertThat(pool.available()).isEqualTo(70);
            assertThat(cache.allocate(array, 70)).isTrue();
            assertThat(array.size()).isEqualTo(100);
            Set<Long> different = new HashSet<>();
            for (int i = 0; i < 100; i++) {
                assertNew(array.get(i));
                assertThat(different.add(array.get(i))).isTrue();
            }
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.allocate(array, 101))
                    .withMessageContaining("0 to 100");
            assertThatIllegalArgumentException().isThrownBy(() -> cache.allocate(array, -1));
            cache.free(array);
        }
    }

    private static void large(Eal eal) {
        try (MbufPool pool = pool(eal, 4_000, 512)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(4_000);
            for (int count : new int[] {512, 513, 1_024, 1_025, 3_999, 4_000}) {
                assertThat(cache.allocate(array, count)).as("%d", count).isTrue();
                assertThat(pool.inUse()).isEqualTo(count);
                Set<Long> different = new HashSet<>();
                for (int i = 0; i < count; i++) {
                    assertThat(different.add(array.get(i))).isTrue();
                    assertThat(Mbuf.isHeld(array.get(i))).isTrue();
                }
                cache.free(array);
                assertThat(pool.available()).isEqualTo(4_000);
                assertThat(cache.cached()).isLessThanOrEqualTo(768);
            }
        }
    }

    private static void lastInFirstOut(Eal eal) {
        try (MbufPool pool = pool(eal, 512, 64)) {
            MbufCache cache = pool.cache();
            long a = cache.allocate();
            long b = cache.allocate();
            long c = cache.allocate();
            cache.free(a);
            cache.free(c);
            cache.free(b);
            assertThat(cache.allocate()).isEqualTo(b);
            assertThat(cache.allocate()).isEqualTo(c);
            assertThat(cache.allocate()).isEqualTo(a);
            MbufArray array = new MbufArray(3);
            array.add(a);
            array.add(b);
            array.add(c);
            cache.free(array);
            assertThat(cache.allocate(array, 3)).isTrue();
            assertThat(array.get(0)).isEqualTo(c);
            assertThat(array.get(1)).isEqualTo(b);
            assertThat(array.get(2)).isEqualTo(a);
            cache.free(array);
        }
    }

    private static void thresholds(Eal eal) {
        try (MbufPool pool = pool(eal, 512, 64)) {
            MbufCache cache = pool.cache();
            assertThat(cache.cached()).isZero();
            MbufArray array = new MbufArray(512);
            array.add(cache.allocate());
            assertThat(cache.cached()).isEqualTo(64);
            for (int left = 63; left >= 0; left--) {
                array.add(cache.allocate());
                assertThat(cache.cached()).isEqualTo(left);
            }
            array.add(cache.allocate());
            assertThat(cache.cached()).isEqualTo(64);
            // 32 more fit, which makes 96, the threshold; the next one flushes.
            for (int count = 65; count <= 96; count++) {
                cache.free(array.get(array.size() - 1));
                array.size(array.size() - 1);
                assertThat(cache.cached()).isEqualTo(count);
            }
            cache.free(array.get(array.size() - 1));
            array.size(array.size() - 1);
            assertThat(cache.cached()).isOne();
            cache.flush();
            assertThat(cache.cached()).isZero();
            assertThat(pool.inUse()).isEqualTo(array.size());
            // Ten of the ring: fewer than a refill takes, and still all are had.
            cache.free(array);
            cache.flush();
            assertThat(cache.allocate(array, 502)).isTrue();
            cache.flush();
            for (int i = 0; i < 10; i++) {
                array.add(cache.allocate());
                assertThat(array.get(502 + i)).isNotZero();
            }
            assertThat(cache.allocate()).isZero();
            cache.free(array);
        }
    }

    private static void withoutCaches(Eal eal) {
        try (MbufPool pool = pool(eal, 64, 0)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(64);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 64; i++) {
                    array.add(cache.allocate());
                    assertNew(array.get(i));
                }
                assertThat(cache.allocate()).isZero();
                assertThat(cache.cached()).isZero();
                cache.free(array);
                assertThat(cache.cached()).isZero();
                assertThat(cache.allocate(array, 64)).isTrue();
                assertThat(pool.inUse()).isEqualTo(64);
                cache.free(array);
                assertThat(pool.available()).isEqualTo(64);
            }
        }
    }

    private static void smallest(Eal eal) {
        try (MbufPool pool = eal.createPool(PoolConfig.of("s" + names++, 1).withDataRoomBytes(129))) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            assertThat(Mbuf.tailroom(mbuf)).isOne();
            assertThat(cache.allocate()).isZero();
            cache.free(mbuf);
            assertThat(cache.allocate()).isEqualTo(mbuf);
            cache.free(mbuf);
        }
        try (MbufPool pool = eal.createPool(PoolConfig.of("l" + names++, 3).withDataRoomBytes(65_535))) {
            long mbuf = pool.cache().allocate();
            assertThat(Mbuf.tailroom(mbuf)).isEqualTo(65_535 - 128);
            Mbuf.length(mbuf, 65_535 - 128);
            NativeMbufs.verify(mbuf);
            pool.cache().free(mbuf);
        }
    }

    private static void sharedWithNative(Eal eal) {
        try (MbufPool pool = pool(eal, 512, 64)) {
            MbufCache cache = pool.cache();
            long source = cache.allocate();
            Mbuf.length(source, 100);
            int cached = cache.cached();
            long next = cache.allocate();
            cache.free(next);
            long copy = NativeMbufs.copy(source, pool);
            if (Lcore.current() != null) {
                assertThat(copy).isEqualTo(next);
                assertThat(cache.cached()).isEqualTo(cached - 1);
            } else {
                assertThat(copy).isNotEqualTo(next);
                assertThat(cache.cached()).isEqualTo(cached);
            }
            Ownership.give(source);
            NativeMbufs.free(source);
            if (Lcore.current() != null) {
                assertThat(cache.allocate()).isEqualTo(source);
                cache.free(source);
            }
            Ownership.take(copy);
            cache.free(copy);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void leak(Eal eal) {
        MbufPool pool = pool(eal, 128, 16);
        MbufCache cache = pool.cache();
        MbufArray array = new MbufArray(5);
        cache.allocate(array, 5);
        assertThatThrownBy(pool::close)
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("5 of 128 mbufs of pool " + pool.name() + " are still out");
        assertThat(cache.allocate()).as("still works").isNotZero().satisfies(cache::free);
        cache.free(array);
        pool.close();
        pool.close();
    }

    private static void closed(Eal eal) {
        MbufPool pool = pool(eal, 128, 16);
        MbufCache cache = pool.cache();
        long mbuf = cache.allocate();
        cache.free(mbuf);
        pool.close();
        assertThatIllegalStateException().isThrownBy(cache::allocate).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(() -> cache.free(mbuf)).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(cache::flush).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(pool::cache).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(pool::available).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(pool::address).withMessageContaining("is closed");
        assertThatIllegalStateException()
                .isThrownBy(() -> pool.externalMemory(1))
                .withMessageContaining("is closed");
        // The name is free again.
        eal.createPool(pool.config()).close();
    }

    private static void refusals(Eal eal) {
        assertThatThrownBy(() -> pool(eal, 1_000_000, 64))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("memory");
        try (MbufPool pool = pool(eal, 128, 16)) {
            assertThatThrownBy(() -> eal.createPool(pool.config()))
                    .isInstanceOf(DpdkException.class)
                    .hasMessageContaining("there is one of that name");
        }
    }

    private static void noGarbage(Eal eal) {
        try (MbufPool pool = pool(eal, 2_000, 128)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(700);
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 30 && best != 0; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                packets(cache, array);
                best = Math.min(best, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            // Room for what the virtual machine itself may do once, not for an object per hundred packets.
            assertThat(best).as("bytes allocated for 140,000 packets").isLessThan(2_048);
        }
    }

    private static void packets(MbufCache cache, MbufArray array) {
        for (int i = 0; i < 100; i++) {
            for (int count = 1; count <= 700; count += 699) {
                cache.allocate(array, count);
                for (int at = 0; at < count; at++) {
                    Mbuf.length(array.get(at), 60);
                    Mbuf.requestTso(array.get(at), 14, 20, 20, 1_400, true);
                }
                cache.free(array);
            }
            for (int at = 0; at < 700; at++) {
                long head = cache.allocate();
                cache.append(head, cache.allocate());
                Mbuf.retain(head);
                cache.free(head);
                cache.free(head);
            }
        }
    }
}
