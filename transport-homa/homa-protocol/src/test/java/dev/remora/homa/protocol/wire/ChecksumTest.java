package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksumTest {
    /** Against the definition: 16 bits at a time with end-around carry. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15})
    void sumIsTheOnesComplementSumOf16BitWords(long seed) {
        Random random = new Random(seed);
        byte[] bytes = new byte[4096];
        random.nextBytes(bytes);
        MemorySegment m = MemorySegment.ofArray(bytes);
        for (int round = 0; round < 300; round++) {
            int at = random.nextInt(2048);
            int length = round < 40 ? round : random.nextInt(2048);
            assertThat(Checksum.fold(Checksum.sum(m, at, length)))
                    .as("seed %d at %d length %d", seed, at, length)
                    .isEqualTo(byDefinition(bytes, at, length));
        }
    }

    @Test
    void carriesOfTheLargestPacketAreNotLost() {
        byte[] ones = new byte[65_535];
        Arrays.fill(ones, (byte) 0xFF);
        assertThat(Checksum.fold(Checksum.sum(MemorySegment.ofArray(ones), 0, ones.length)))
                .isEqualTo(byDefinition(ones, 0, ones.length));
        assertThat(Checksum.fold(-1)).isEqualTo(0xFFFF);
        assertThat(Checksum.fold(0xFFFF_FFFFL)).isEqualTo(0xFFFF);
        assertThat(Checksum.fold(0)).isZero();
    }

    @Test
    void pseudoHeaderWithAndWithoutLength() {
        assertThat(Checksum.fold(Checksum.pseudoHeader(0, CLIENT, 0, SERVER, 306)))
                .isEqualTo(0x153b);
        assertThat(Checksum.fold(Checksum.pseudoHeaderWithoutLength(0, CLIENT, 0, SERVER)))
                .isEqualTo(0x1409);
        // fd00::1 and fd00::2: fd00 + 1 + fd00 + 2 + 6 = 1fa09.
        assertThat(Checksum.fold(Checksum.pseudoHeaderWithoutLength(HIGH, 1, HIGH, 2)))
                .isEqualTo(0xfa0a);
    }

    @Test
    void fieldItselfDoesNotCount() {
        MemorySegment m = Golden.segment("T2");
        long pseudoHeader = Checksum.pseudoHeader(0, CLIENT, 0, SERVER, 156);
        assertThat(Checksum.homa(m, 20, 156, pseudoHeader)).isEqualTo(0xcdba);
        assertThat(Checksum.homaIsValid(m, 20, 156, pseudoHeader)).isTrue();
        HomaHeader.setChecksum(m, 20, 0x1111);
        assertThat(Checksum.homa(m, 20, 156, pseudoHeader)).isEqualTo(0xcdba);
        assertThat(Checksum.homaIsValid(m, 20, 156, pseudoHeader)).isFalse();
        assertThat(Checksum.ipv4Header(m, 0, 20)).isEqualTo(0x24a5);
    }

    private static int byDefinition(byte[] bytes, int at, int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            int b = bytes[at + i] & 0xFF;
            sum += i % 2 == 0 ? b << 8 : b;
            sum = (sum & 0xFFFF) + (sum >>> 16);
        }
        return sum;
    }
}
