package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.util.Map;

/** Who may free what: double frees, sent mbufs, several references, clones, other pools. */
final class FreeChecks {
    private FreeChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        checks.put("a second free is refused", FreeChecks::doubleFree);
        checks.put("no mbuf at all is refused", FreeChecks::nullMbuf);
        checks.put("an array with one mbuf twice is freed up to it", FreeChecks::doubleInArray);
        checks.put("a sent mbuf is no more the caller's", FreeChecks::sent);
        checks.put("an mbuf a device did not take is the caller's again", FreeChecks::notAccepted);
        checks.put("a retained mbuf is freed by the last free", FreeChecks::retained);
        checks.put("an mbuf can be sent and kept", FreeChecks::sentAndKept);
        checks.put("a reference of native code keeps an mbuf", FreeChecks::nativeReference);
        checks.put("a clone keeps the data of its original", FreeChecks::clones);
        checks.put("an mbuf that native code allocated is not the caller's", FreeChecks::nativeAllocation);
        checks.put("an mbuf of another pool returns there", FreeChecks::foreign);
        checks.put("mixed arrays are freed as each mbuf needs", FreeChecks::mixed);
    }

    private static void assertRefused(MbufCache cache, long mbuf) {
        MbufPool pool = cache.pool();
        int before = pool.inUse();
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.free(mbuf))
                .withMessageContaining(Long.toHexString(mbuf))
                .withMessageContaining("not the caller's");
        MbufArray array = new MbufArray(1);
        array.add(mbuf);
        assertThatIllegalStateException()
                .isThrownBy(() -> cache.free(array))
                .withMessageContaining(Long.toHexString(mbuf));
        assertThat(array.size()).isOne();
        assertThat(pool.inUse()).isEqualTo(before);
    }

    private static void doubleFree(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            cache.free(mbuf);
            assertRefused(cache, mbuf);
            cache.flush();
            assertRefused(cache, mbuf);
            // It was put into the pool once: it comes out once.
            MbufArray all = new MbufArray(128);
            assertThat(cache.allocate(all, 128)).isTrue();
            assertThat(cache.allocate()).isZero();
            cache.free(all);
        }
    }

    private static void nullMbuf(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            assertThatIllegalArgumentException().isThrownBy(() -> cache.free(0)).withMessageContaining("null");
            MbufArray array = new MbufArray(3);
            array.add(cache.allocate());
            array.add(0);
            long last = cache.allocate();
            array.add(last);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> cache.free(array))
                    .withMessageContaining("mbuf 1 of 3");
            assertThat(array.size()).isEqualTo(2);
            assertThat(array.get(0)).isZero();
            array.removeFirst(1);
            cache.free(array);
        }
    }

    private static void doubleInArray(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(8);
            cache.allocate(array, 4);
            long first = array.get(0);
            array.add(first);
            long last = cache.allocate();
            array.add(last);
            assertThatIllegalStateException()
                    .isThrownBy(() -> cache.free(array))
                    .withMessageContaining(Long.toHexString(first));
            assertThat(array.size()).isEqualTo(2);
            assertThat(array.get(0)).isEqualTo(first);
            assertThat(array.get(1)).isEqualTo(last);
            assertThat(pool.inUse()).isOne();
            cache.free(last);
        }
    }

    private static void sent(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Ownership.give(mbuf);
            assertThat(Mbuf.isHeld(mbuf)).isFalse();
            assertRefused(cache, mbuf);
            assertThatIllegalStateException().isThrownBy(() -> Ownership.give(mbuf));
            assertThatIllegalStateException().isThrownBy(() -> Mbuf.retain(mbuf));
            NativeMbufs.free(mbuf);
            assertRefused(cache, mbuf);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void nativeAllocation(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long source = cache.allocate();
            Mbuf.length(source, 60);
            long freed = cache.allocate();
            cache.free(freed);
            // On a registered thread this is the one just freed: a stale pointer to it must not free it again.
            long copy = NativeMbufs.copy(source, pool);
            assertRefused(cache, copy);
            assertRefused(cache, freed);
            NativeMbufs.free(copy);
            cache.free(source);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void notAccepted(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Ownership.give(mbuf);
            Ownership.take(mbuf);
            cache.free(mbuf);
            assertRefused(cache, mbuf);
            long kept = cache.allocate();
            Mbuf.retain(kept);
            Ownership.give(kept);
            Ownership.take(kept);
            cache.free(kept);
            cache.free(kept);
            assertRefused(cache, kept);
        }
    }

    private static void retained(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            for (int i = 0; i < 1_000; i++) {
                Mbuf.retain(mbuf);
            }
            assertThat(Mbuf.references(mbuf)).isEqualTo(1_001);
            MbufArray array = new MbufArray(500);
            for (int i = 0; i < 500; i++) {
                array.add(mbuf);
            }
            cache.free(array);
            for (int i = 0; i < 500; i++) {
                cache.free(mbuf);
            }
            assertThat(Mbuf.isHeld(mbuf)).isTrue();
            assertThat(pool.inUse()).isOne();
            cache.free(mbuf);
            assertThat(pool.inUse()).isZero();
            assertRefused(cache, mbuf);
            assertThat(cache.allocate()).isEqualTo(mbuf);
            NativeMbufs.verify(mbuf);
            cache.free(mbuf);
        }
    }

    private static void sentAndKept(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            for (int transmission = 0; transmission < 3; transmission++) {
                Mbuf.retain(mbuf);
                Ownership.give(mbuf);
                assertThat(Mbuf.isHeld(mbuf)).isTrue();
            }
            NativeMbufs.free(mbuf);
            NativeMbufs.free(mbuf);
            assertThat(Mbuf.references(mbuf)).isEqualTo(2);
            // The device is slower than the caller: it frees last, and the caller has nothing left.
            cache.free(mbuf);
            assertRefused(cache, mbuf);
            assertThat(pool.inUse()).isOne();
            NativeMbufs.free(mbuf);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void nativeReference(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Memory.addShortAtomically(mbuf + Offsets.REFCNT, 1);
            cache.free(mbuf);
            assertThat(pool.inUse()).isOne();
            assertThat(Mbuf.references(mbuf)).isOne();
            assertRefused(cache, mbuf);
            NativeMbufs.free(mbuf);
            assertThat(pool.inUse()).isZero();
            // The other order: native code first.
            long other = cache.allocate();
            Memory.addShortAtomically(other + Offsets.REFCNT, 1);
            NativeMbufs.free(other);
            cache.free(other);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void clones(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            MbufCache cache = pool.cache();
            for (boolean originalFirst : new boolean[] {true, false}) {
                long original = cache.allocate();
                Mbuf.length(original, 100);
                Memory.putLong(Mbuf.dataAddress(original), 0x1122334455667788L);
                long clone = NativeMbufs.clone(original, pool);
                Ownership.take(clone);
                assertThat(Mbuf.dataAddress(clone)).isEqualTo(Mbuf.dataAddress(original));
                assertThat(Mbuf.references(original)).isEqualTo(2);
                assertThatIllegalStateException().isThrownBy(() -> Mbuf.reset(clone));
                long first = originalFirst ? original : clone;
                long second = originalFirst ? clone : original;
                cache.free(first);
                assertRefused(cache, first);
                assertThat(pool.inUse()).isEqualTo(originalFirst ? 2 : 1);
                assertThat(Memory.getLong(Mbuf.dataAddress(second))).isEqualTo(0x1122334455667788L);
                cache.free(second);
                assertRefused(cache, second);
                assertThat(pool.inUse()).isZero();
                MbufArray all = new MbufArray(128);
                assertThat(cache.allocate(all, 128)).isTrue();
                for (int i = 0; i < 128; i++) {
                    NativeMbufs.verify(all.get(i));
                    assertThat(Mbuf.dataAddress(all.get(i))).isEqualTo(all.get(i) + 256);
                    assertThat(Mbuf.tailroom(all.get(i))).isEqualTo(2_048);
                }
                cache.free(all);
            }
        }
    }

    private static void foreign(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16);
                MbufPool other = PoolChecks.pool(eal, 100, 8)) {
            MbufArray array = new MbufArray(100);
            assertThat(other.cache().allocate(array, 100)).isTrue();
            long mbuf = array.get(99);
            array.size(99);
            pool.cache().free(mbuf);
            assertThat(other.inUse()).isEqualTo(99);
            assertRefused(pool.cache(), mbuf);
            assertRefused(other.cache(), mbuf);
            pool.cache().free(array);
            assertThat(other.inUse()).isZero();
            assertThat(pool.inUse()).isZero();
            assertThat(other.cache().allocate(array, 100)).isTrue();
            other.cache().free(array);
        }
    }

    private static void mixed(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 16);
                MbufPool other = PoolChecks.pool(eal, 100, 8)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(200);
            for (int i = 0; i < 40; i++) {
                array.add(cache.allocate());
                long shared = cache.allocate();
                Mbuf.retain(shared);
                array.add(shared);
                array.add(shared);
                array.add(other.cache().allocate());
                long head = cache.allocate();
                cache.append(head, cache.allocate());
                array.add(head);
            }
            assertThat(pool.inUse()).isEqualTo(160);
            cache.free(array);
            assertThat(array.size()).isZero();
            assertThat(pool.inUse()).isZero();
            assertThat(other.inUse()).isZero();
        }
    }
}
