package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.DpdkException;
import dev.remora.dpdk.Eal;
import dev.remora.dpdk.ffi.Ownership;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.SplittableRandom;

/** Data that is sent from where it lies. */
final class ExternalChecks {
    private ExternalChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        checks.put("an attached mbuf has the range as its data", ExternalChecks::attach);
        checks.put("native code reads attached data and frees it", ExternalChecks::nativeCode);
        checks.put("a freed mbuf has its own buffer again", ExternalChecks::ownBufferAgain);
        checks.put("a message is sent as headers and attached payloads", ExternalChecks::chains);
        checks.put("attach refuses what cannot be", ExternalChecks::refusals);
        checks.put("external memory is not closed while attached", ExternalChecks::close);
        checks.put("a pool takes its external memory with it", ExternalChecks::poolClose);
        checks.put("as many mbufs as are counted can be attached", ExternalChecks::many);
    }

    private static ExternalMemory random(MbufPool pool, int bytes) {
        ExternalMemory external = pool.externalMemory(bytes);
        SplittableRandom random = new SplittableRandom(bytes);
        for (int i = 0; i < bytes; i++) {
            external.memory().set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
        }
        return external;
    }

    private static MemorySegment data(long mbuf) {
        return Mbuf.memory().asSlice(Mbuf.dataAddress(mbuf), Mbuf.dataLength(mbuf));
    }

    private static void attach(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16);
                ExternalMemory external = random(pool, 200_000)) {
            assertThat(external.memory().byteSize()).isEqualTo(200_000);
            assertThat(external.isFree()).isTrue();
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            external.attach(mbuf, 1_001, 65_535);
            NativeMbufs.verify(mbuf);
            assertThat(Mbuf.dataAddress(mbuf)).isEqualTo(external.memory().address() + 1_001);
            assertThat(Mbuf.dataLength(mbuf)).isEqualTo(65_535);
            assertThat(Mbuf.packetLength(mbuf)).isEqualTo(65_535);
            assertThat(Mbuf.headroom(mbuf)).isZero();
            assertThat(Mbuf.tailroom(mbuf)).isZero();
            assertThat(data(mbuf).mismatch(external.memory().asSlice(1_001, 65_535)))
                    .isEqualTo(-1);
            assertThat(external.isFree()).isFalse();
            assertThat(external.attached()).isOne();
            long same = cache.allocate();
            external.attach(same, 1_001, 65_535);
            assertThat(external.attached()).isEqualTo(2);
            cache.free(mbuf);
            assertThat(external.isFree()).isFalse();
            cache.free(same);
            assertThat(external.isFree()).isTrue();
        }
    }

    private static void nativeCode(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16);
                ExternalMemory external = random(pool, 5_000)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            external.attach(mbuf, 3_000, 2_000);
            long copy = NativeMbufs.copy(mbuf, pool);
            long clone = NativeMbufs.clone(mbuf, pool);
            Ownership.take(copy);
            assertThat(data(copy).mismatch(external.memory().asSlice(3_000, 2_000)))
                    .isEqualTo(-1);
            assertThat(external.attached()).as("the mbuf and its clone").isEqualTo(2);
            Ownership.give(mbuf);
            NativeMbufs.free(mbuf);
            assertThat(external.attached()).isOne();
            NativeMbufs.free(clone);
            assertThat(external.isFree()).isTrue();
            cache.free(copy);
        }
    }

    private static void ownBufferAgain(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16);
                ExternalMemory external = random(pool, 5_000)) {
            MbufCache cache = pool.cache();
            MbufArray all = new MbufArray(128);
            for (int round = 0; round < 3; round++) {
                assertThat(cache.allocate(all, 128)).isTrue();
                for (int i = 0; i < 128; i++) {
                    NativeMbufs.verify(all.get(i));
                    assertThat(Mbuf.dataAddress(all.get(i))).isEqualTo(all.get(i) + 256);
                    assertThat(Mbuf.tailroom(all.get(i))).isEqualTo(2_048);
                    external.attach(all.get(i), i, 100 + i);
                }
                if (round == 1) {
                    for (int i = 0; i < 128; i++) {
                        Ownership.give(all.get(i));
                        NativeMbufs.free(all.get(i));
                    }
                    all.clear();
                } else {
                    cache.free(all);
                }
                assertThat(external.isFree()).isTrue();
                assertThat(pool.inUse()).isZero();
            }
        }
    }

    private static void chains(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 512, 64);
                ExternalMemory external = random(pool, 1_000_000)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(100);
            for (int i = 0; i < 100; i++) {
                long head = cache.allocate();
                Mbuf.length(head, 54);
                long payload = cache.allocate();
                external.attach(payload, i * 10_000L, 10_000);
                cache.append(head, payload);
                assertThat(Mbuf.packetLength(head)).isEqualTo(10_054);
                array.add(head);
            }
            assertThat(external.attached()).isEqualTo(100);
            for (int i = 0; i < 100; i++) {
                MemorySegment sent = data(Mbuf.next(array.get(i)));
                assertThat(sent.mismatch(external.memory().asSlice(i * 10_000L, 10_000)))
                        .isEqualTo(-1);
            }
            cache.free(array);
            assertThat(external.isFree()).isTrue();
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void refusals(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16);
                ExternalMemory external = pool.externalMemory(70_000)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Class<IndexOutOfBoundsException> range = IndexOutOfBoundsException.class;
            assertThatExceptionOfType(range).isThrownBy(() -> external.attach(mbuf, -1, 10));
            assertThatExceptionOfType(range).isThrownBy(() -> external.attach(mbuf, 0, 0));
            assertThatExceptionOfType(range).isThrownBy(() -> external.attach(mbuf, 0, 65_536));
            assertThatExceptionOfType(range).isThrownBy(() -> external.attach(mbuf, 69_991, 10));
            assertThatExceptionOfType(range).isThrownBy(() -> external.attach(mbuf, Long.MAX_VALUE, 10));
            assertThatIllegalArgumentException().isThrownBy(() -> external.attach(0, 0, 10));
            external.attach(mbuf, 69_990, 10);
            assertThatIllegalStateException().isThrownBy(() -> external.attach(mbuf, 0, 10));
            assertThatIllegalStateException().isThrownBy(() -> Mbuf.reset(mbuf));
            cache.free(mbuf);
            assertThatIllegalStateException().isThrownBy(() -> external.attach(mbuf, 0, 10));
            long shared = cache.allocate();
            Mbuf.retain(shared);
            assertThatIllegalStateException().isThrownBy(() -> external.attach(shared, 0, 10));
            cache.free(shared);
            cache.append(shared, cache.allocate());
            assertThatIllegalStateException().isThrownBy(() -> external.attach(shared, 0, 10));
            cache.free(shared);
            assertThat(external.isFree()).isTrue();
            assertThatIllegalArgumentException().isThrownBy(() -> pool.externalMemory(0));
            assertThatThrownBy(() -> pool.externalMemory(1L << 40))
                    .isInstanceOf(DpdkException.class)
                    .hasMessageContaining("memory");
        }
    }

    private static void close(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 128, 16)) {
            ExternalMemory external = pool.externalMemory(1_000);
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            external.attach(mbuf, 0, 10);
            assertThatThrownBy(external::close)
                    .isInstanceOf(DpdkException.class)
                    .hasMessageContaining("1 mbufs are still attached");
            external.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            cache.free(mbuf);
            external.close();
            external.close();
            assertThat(external.isFree()).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> external.memory().get(ValueLayout.JAVA_BYTE, 0));
            long other = cache.allocate();
            assertThatIllegalStateException().isThrownBy(() -> external.attach(other, 0, 10));
            cache.free(other);
        }
    }

    private static void poolClose(Eal eal) {
        MbufPool pool = PoolChecks.pool(eal, 128, 16);
        MbufPool other = PoolChecks.pool(eal, 128, 16);
        ExternalMemory external = pool.externalMemory(1_000);
        long mbuf = other.cache().allocate();
        external.attach(mbuf, 0, 10);
        assertThatThrownBy(pool::close).isInstanceOf(DpdkException.class).hasMessageContaining("still attached");
        assertThat(pool.available()).isEqualTo(128);
        other.cache().free(mbuf);
        other.close();
        pool.close();
        assertThatIllegalStateException().isThrownBy(() -> external.memory().get(ValueLayout.JAVA_BYTE, 0));
    }

    private static void many(Eal eal) {
        PoolConfig config = PoolConfig.of("many", 65_535).withDataRoomBytes(192);
        try (MbufPool pool = eal.createPool(config);
                ExternalMemory external = pool.externalMemory(100)) {
            MbufCache cache = pool.cache();
            MbufArray array = new MbufArray(32_767);
            MbufArray more = new MbufArray(32_767);
            assertThat(cache.allocate(array, 32_767)).isTrue();
            assertThat(cache.allocate(more, 32_767)).isTrue();
            int attached = 0;
            for (int i = 0; i < 32_767; i++) {
                external.attach(array.get(i), 0, 100);
                attached++;
            }
            int at = 0;
            while (attached < 0xff00 - 1) {
                external.attach(more.get(at++), 0, 100);
                attached++;
            }
            long next = more.get(at);
            assertThatIllegalStateException().isThrownBy(() -> external.attach(next, 0, 100));
            assertThat(external.attached()).isEqualTo(attached);
            cache.free(array);
            cache.free(more);
            assertThat(external.isFree()).isTrue();
        }
    }
}
