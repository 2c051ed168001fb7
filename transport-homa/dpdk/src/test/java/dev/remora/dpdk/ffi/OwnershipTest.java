package dev.remora.dpdk.ffi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.dpdk.DpdkException;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The table of a pool; its mbufs are mere addresses here, nothing is read from them. */
class OwnershipTest {
    private static final long POOL = 0x7000_0000_0000L;

    private static Ownership of(long[] mbufs, int spacing) {
        return Ownership.ofPool(POOL, MemorySegment.ofArray(mbufs), spacing);
    }

    /** Each is taken and given alone, whatever the state of the others. */
    private static void assertIndependent(long[] mbufs, int spacing, long seed) {
        Ownership owned = of(mbufs, spacing);
        try {
            boolean[] held = new boolean[mbufs.length];
            Random random = new Random(seed);
            for (int step = 0; step < 4 * mbufs.length; step++) {
                int which = random.nextInt(mbufs.length);
                held[which] = !held[which];
                if (held[which]) {
                    owned.taken(mbufs[which]);
                } else {
                    owned.given(mbufs[which]);
                }
            }
            for (int i = 0; i < mbufs.length; i++) {
                assertThat(owned.holds(mbufs[i]))
                        .as("mbuf %d, seed %d", i, seed)
                        .isEqualTo(held[i]);
            }
        } finally {
            owned.forget();
        }
    }

    @Test
    void everyMbufHasAPlaceOfItsOwn() {
        for (int spacing : new int[] {192, 256, 320, 2_368, 4_096, 65_728}) {
            long[] mbufs = LongStream.range(0, 1_000)
                    .map(i -> 0x1_0000_0040L + i * spacing)
                    .toArray();
            assertIndependent(mbufs, spacing, spacing);
        }
    }

    @Test
    void mbufsOfChunksFarApartHaveAPlaceOfTheirOwn() {
        int spacing = 2_368;
        long[] mbufs = LongStream.range(0, 1_000)
                .map(i -> 0x1_0000_0040L + i * spacing + (i >= 500 ? 32L << 30 : 0))
                .toArray();
        assertIndependent(mbufs, spacing, 1);
    }

    @Test
    void mbufsStrewnOverAllMemoryAreRefused() {
        assertThatThrownBy(() -> of(new long[] {0x1000, 0x7f00_0000_0000L}, 2_368))
                .isInstanceOf(DpdkException.class)
                .hasMessageContaining("GiB apart");
    }

    @Test
    void anAddressOutsideThePoolIsNoneOfItsMbufs() {
        Ownership owned = of(new long[] {0x10_0000, 0x10_1000}, 4_096);
        try {
            for (long outside : new long[] {0x10_0000 - 4_096, 0x10_2000, 0, -1}) {
                assertThatIllegalStateException().isThrownBy(() -> owned.taken(outside));
                assertThat(owned.holds(outside)).isFalse();
            }
        } finally {
            owned.forget();
        }
    }

    @Test
    void aForgottenPoolIsNotFound() {
        Ownership owned = of(new long[] {0x10_0000}, 4_096);
        assertThat(Ownership.ofPool(POOL)).isSameAs(owned);
        owned.forget();
        assertThatIllegalStateException().isThrownBy(() -> Ownership.ofPool(POOL));
    }
}
