package dev.remora.dpdk.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.remora.dpdk.Eal;
import dev.remora.dpdk.ffi.Memory;
import dev.remora.dpdk.ffi.Ownership;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Packets of several segments, and the fields of a packet. */
final class ChainChecks {
    private ChainChecks() {}

    static void addTo(Map<String, MemoryProgram.Check> checks) {
        checks.put("a chain is one packet and freed whole", ChainChecks::chain);
        checks.put("only the head of a chain is the caller's", ChainChecks::headOnly);
        checks.put("a chain appended to a chain becomes part of it", ChainChecks::chainOfChains);
        checks.put("a chain received from a driver is freed whole", ChainChecks::received);
        checks.put("a chain of segments from several pools returns to each", ChainChecks::severalPools);
        checks.put("a retained chain keeps all its segments", ChainChecks::retained);
        checks.put("append refuses what it cannot chain", ChainChecks::refusals);
        checks.put("lengths are kept within the buffer", ChainChecks::lengths);
        checks.put("offload requests reach the fields drivers read", ChainChecks::offloads);
    }

    private static long filled(MbufCache cache, int bytes) {
        long mbuf = cache.allocate();
        Mbuf.length(mbuf, bytes);
        return mbuf;
    }

    private static void chain(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long head = filled(cache, 10);
            long last = head;
            List<Long> segments = new ArrayList<>(List.of(head));
            for (int i = 1; i < 100; i++) {
                long segment = filled(cache, 10 + i);
                segments.add(segment);
                if (i % 2 == 0) {
                    cache.append(head, segment);
                } else {
                    cache.append(head, last, segment);
                }
                last = segment;
            }
            NativeMbufs.verify(head);
            assertThat(Mbuf.segments(head)).isEqualTo(100);
            assertThat(Mbuf.packetLength(head)).isEqualTo(10 * 100 + 99 * 100 / 2);
            assertThat(pool.inUse()).isEqualTo(100);
            cache.free(head);
            assertThat(pool.inUse()).isZero();
            assertThat(segments).allMatch(NativeMbufs::isLikeFree).noneMatch(Mbuf::isHeld);
            MbufArray all = new MbufArray(256);
            assertThat(cache.allocate(all, 256)).isTrue();
            for (int i = 0; i < 256; i++) {
                NativeMbufs.verify(all.get(i));
                assertThat(Mbuf.next(all.get(i))).isZero();
            }
            cache.free(all);
        }
    }

    private static void headOnly(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long head = filled(cache, 10);
            long segment = filled(cache, 20);
            cache.append(head, segment);
            assertThat(Mbuf.isHeld(head)).isTrue();
            assertThat(Mbuf.isHeld(segment)).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> cache.free(segment));
            long other = filled(cache, 1);
            assertThatIllegalStateException().isThrownBy(() -> cache.append(other, segment));
            assertThatIllegalStateException().isThrownBy(() -> cache.append(segment, other));
            cache.free(other);
            Ownership.give(head);
            assertThatIllegalStateException().isThrownBy(() -> cache.free(head));
            NativeMbufs.free(head);
            assertThat(pool.inUse()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> cache.free(segment));
        }
    }

    private static void chainOfChains(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long a = filled(cache, 1);
            cache.append(a, filled(cache, 2));
            long b = filled(cache, 4);
            cache.append(b, filled(cache, 8));
            cache.append(a, b);
            NativeMbufs.verify(a);
            assertThat(Mbuf.segments(a)).isEqualTo(4);
            assertThat(Mbuf.packetLength(a)).isEqualTo(15);
            MbufArray array = new MbufArray(1);
            array.add(a);
            cache.free(array);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void received(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long source = filled(cache, 10);
            for (int i = 0; i < 30; i++) {
                cache.append(source, filled(cache, 100));
            }
            long copy = NativeMbufs.clone(source, pool);
            assertThat(Mbuf.segments(copy)).isEqualTo(31);
            assertThat(pool.inUse()).isEqualTo(62);
            cache.free(source);
            Ownership.take(copy);
            assertThat(pool.inUse()).isEqualTo(62);
            cache.free(copy);
            assertThat(pool.inUse()).isZero();
        }
    }

    private static void severalPools(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32);
                MbufPool other = PoolChecks.pool(eal, 256, 0)) {
            MbufCache cache = pool.cache();
            long head = filled(cache, 10);
            for (int i = 0; i < 20; i++) {
                cache.append(head, filled(i % 3 == 0 ? cache : other.cache(), 100));
            }
            assertThat(pool.inUse() + other.inUse()).isEqualTo(21);
            cache.free(head);
            assertThat(pool.inUse()).isZero();
            assertThat(other.inUse()).isZero();
        }
    }

    private static void retained(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long head = filled(cache, 10);
            cache.append(head, filled(cache, 20));
            cache.append(head, filled(cache, 30));
            Mbuf.retain(head);
            Ownership.give(head);
            NativeMbufs.free(head);
            NativeMbufs.verify(head);
            assertThat(Mbuf.segments(head)).isEqualTo(3);
            assertThat(pool.inUse()).isEqualTo(3);
            Mbuf.retain(head);
            cache.free(head);
            NativeMbufs.verify(head);
            assertThat(pool.inUse()).isEqualTo(3);
            cache.free(head);
            assertThat(pool.inUse()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> cache.free(head));
        }
    }

    private static void refusals(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long head = filled(cache, 10);
            long segment = filled(cache, 20);
            long stranger = filled(cache, 30);
            assertThatIllegalArgumentException().isThrownBy(() -> cache.append(head, head));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.append(head, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.append(0, segment));
            assertThatIllegalArgumentException().isThrownBy(() -> cache.append(head, stranger, segment));
            cache.append(head, segment);
            assertThatIllegalArgumentException().isThrownBy(() -> cache.append(head, head, stranger));
            Mbuf.retain(stranger);
            assertThatIllegalStateException()
                    .isThrownBy(() -> cache.append(head, stranger))
                    .withMessageContaining("several references");
            cache.free(stranger);
            Mbuf.retain(head);
            assertThatIllegalStateException().isThrownBy(() -> cache.append(head, stranger));
            cache.free(head);
            assertThatIllegalStateException().isThrownBy(() -> Mbuf.reset(head));
            cache.append(head, stranger);
            assertThat(Mbuf.segments(head)).isEqualTo(3);
            cache.free(head);
        }
    }

    private static void lengths(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Mbuf.length(mbuf, 2_048);
            assertThat(Mbuf.tailroom(mbuf)).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.length(mbuf, 2_049));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.dataLength(mbuf, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.packetLength(mbuf, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.dataOffset(mbuf, 129));
            long before = Mbuf.dataAddress(mbuf);
            assertThat(Mbuf.prepend(mbuf, 128)).isEqualTo(before - 128);
            assertThat(Mbuf.headroom(mbuf)).isZero();
            assertThat(Mbuf.packetLength(mbuf)).isEqualTo(2_176);
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.prepend(mbuf, 1));
            assertThat(Mbuf.removeFirst(mbuf, 142)).isEqualTo(before + 14);
            assertThat(Mbuf.dataLength(mbuf)).isEqualTo(2_034);
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.removeFirst(mbuf, 2_035));
            Mbuf.length(mbuf, 60);
            Mbuf.dataOffset(mbuf, 2_116);
            assertThat(Mbuf.tailroom(mbuf)).isZero();
            NativeMbufs.verify(mbuf);
            cache.free(mbuf);
        }
    }

    private static void offloads(Eal eal) {
        try (MbufPool pool = PoolChecks.pool(eal, 256, 32)) {
            MbufCache cache = pool.cache();
            long mbuf = cache.allocate();
            Mbuf.requestTso(mbuf, 14, 40, 56, 1_400, false);
            assertThat(Memory.getLong(mbuf + Offsets.TX_OFFLOAD)).isEqualTo(14 | 40L << 7 | 56L << 16 | 1_400L << 24);
            assertThat(Mbuf.flags(mbuf)).isEqualTo(1L << 50 | 1L << 52 | 1L << 56);
            assertThat(Mbuf.tsoSegmentBytes(mbuf)).isEqualTo(1_400);
            Mbuf.requestTso(mbuf, 127, 511, 255, 65_535, true);
            assertThat(Memory.getLong(mbuf + Offsets.TX_OFFLOAD)).isEqualTo(0xff_ffff_ffffL);
            assertThat(Mbuf.flags(mbuf)).isEqualTo(1L << 50 | 1L << 52 | 1L << 55);
            Mbuf.requestIpv4Checksum(mbuf, 14, 20);
            assertThat(Mbuf.tsoSegmentBytes(mbuf)).isEqualTo(65_535);
            assertThat(Mbuf.flags(mbuf)).isEqualTo(1L << 50 | 1L << 52 | 1L << 54 | 1L << 55);
            Mbuf.requestUdpChecksum(mbuf, 14, 20, true);
            assertThat(Mbuf.flags(mbuf)).isEqualTo(3L << 52 | 1L << 55);
            assertThat(Memory.getLong(mbuf + Offsets.TX_OFFLOAD)).isEqualTo(14 | 20L << 7);
            Mbuf.requestTcpChecksum(mbuf, 14, 40, false);
            assertThat(Mbuf.flags(mbuf)).isEqualTo(1L << 52 | 1L << 56);
            Mbuf.requestNothing(mbuf);
            assertThat(Mbuf.flags(mbuf)).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.requestTso(mbuf, 128, 20, 20, 1_400, true));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.requestTso(mbuf, 14, 512, 20, 1_400, true));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.requestTso(mbuf, 14, 20, 256, 1_400, true));
            assertThatIllegalArgumentException().isThrownBy(() -> Mbuf.requestTso(mbuf, 14, 20, 20, 0, true));
            assertReceived(mbuf, 1L << 8, true, false, false);
            assertReceived(mbuf, 1L << 3, false, true, false);
            assertReceived(mbuf, 1L << 3 | 1L << 8, false, false, true);
            assertReceived(mbuf, 0, false, false, false);
            Memory.putLong(mbuf + Offsets.OL_FLAGS, 1L << 16 | 1L << 4);
            assertThat(Mbuf.isLro(mbuf)).isTrue();
            assertThat(Mbuf.isIpv4ChecksumBad(mbuf)).isTrue();
            cache.free(mbuf);
        }
    }

    private static void assertReceived(long mbuf, long flags, boolean good, boolean bad, boolean omitted) {
        Memory.putLong(mbuf + Offsets.OL_FLAGS, flags);
        assertThat(Mbuf.isTcpChecksumGood(mbuf)).isEqualTo(good);
        assertThat(Mbuf.isTcpChecksumBad(mbuf)).isEqualTo(bad);
        assertThat(Mbuf.isTcpChecksumOmitted(mbuf)).isEqualTo(omitted);
        assertThat(Mbuf.isLro(mbuf)).isFalse();
    }
}
