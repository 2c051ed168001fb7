package dev.remora.dpdk.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors are those of Microsoft's RSS verification suite. */
class ToeplitzTest {
    private final Toeplitz toeplitz = new Toeplitz(Toeplitz.microsoftKey());

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 323e8fc2, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, d718262a, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, d2d0a5de, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, 82989176, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 5d1809c5, 10e828a2",
    })
    void hashesIpv4AsMicrosoftSays(
            String source, int sourcePort, String destination, int destinationPort, String addresses, String all)
            throws UnknownHostException {
        int from = ByteBuffer.wrap(InetAddress.getByName(source).getAddress()).getInt();
        int to =
                ByteBuffer.wrap(InetAddress.getByName(destination).getAddress()).getInt();
        assertThat(toeplitz.ipv4(from, to)).isEqualTo(Integer.parseUnsignedInt(addresses, 16));
        assertThat(toeplitz.ipv4(from, to, sourcePort, destinationPort)).isEqualTo(Integer.parseUnsignedInt(all, 16));
    }

    @ParameterizedTest
    @CsvSource({
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 2cc18cd5, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, 0f0c461c, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 4b61e985, 02d1feef",
    })
    void hashesIpv6AsMicrosoftSays(
            String source, int sourcePort, String destination, int destinationPort, String addresses, String all)
            throws UnknownHostException {
        ByteBuffer from = ByteBuffer.wrap(InetAddress.getByName(source).getAddress());
        ByteBuffer to = ByteBuffer.wrap(InetAddress.getByName(destination).getAddress());
        assertThat(toeplitz.ipv6(from.getLong(0), from.getLong(8), to.getLong(0), to.getLong(8)))
                .isEqualTo(Integer.parseUnsignedInt(addresses, 16));
        assertThat(toeplitz.ipv6(
                        from.getLong(0), from.getLong(8), to.getLong(0), to.getLong(8), sourcePort, destinationPort))
                .isEqualTo(Integer.parseUnsignedInt(all, 16));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20_261_124})
    void isTheSameAsBitByBitForAnyKey(long seed) {
        Random random = new Random(seed);
        byte[] key = new byte[random.nextBoolean() ? 40 : 52];
        random.nextBytes(key);
        Toeplitz tables = new Toeplitz(key);
        byte[] input = new byte[36];
        for (int i = 0; i < 200; i++) {
            random.nextBytes(input);
            ByteBuffer in = ByteBuffer.wrap(input);
            assertThat(tables.ipv4(in.getInt(0), in.getInt(4), in.getChar(8), in.getChar(10)))
                    .as("seed %d", seed)
                    .isEqualTo(bitByBit(key, input, 12));
            assertThat(tables.ipv6(
                            in.getLong(0),
                            in.getLong(8),
                            in.getLong(16),
                            in.getLong(24),
                            in.getChar(32),
                            in.getChar(34)))
                    .as("seed %d", seed)
                    .isEqualTo(bitByBit(key, input, 36));
        }
    }

    @Test
    void aKeyForIpv4OnlyRefusesIpv6() {
        Toeplitz small = new Toeplitz(Arrays.copyOf(Toeplitz.microsoftKey(), 16));
        assertThat(small.ipv4(1, 2, 3, 4)).isEqualTo(toeplitz.ipv4(1, 2, 3, 4));
        assertThatThrownBy(() -> small.ipv6(1, 2, 3, 4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("40 bytes");
        assertThatThrownBy(() -> new Toeplitz(new byte[15]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16 bytes");
    }

    @Test
    void theQueueIsTheEntryOfTheLowBits() {
        int[] table = {0, 1, 2, 3};
        assertThat(Toeplitz.queueOf(0x51ccc178, table)).isZero();
        assertThat(Toeplitz.queueOf(0xc626b0eb, table)).isEqualTo(3);
        assertThat(Toeplitz.queueOf(0xffff_fffe, new int[] {7, 8, 9})).isEqualTo(9);
        assertThatThrownBy(() -> Toeplitz.queueOf(1, new int[0])).isInstanceOf(IllegalArgumentException.class);
    }

    private static int bitByBit(byte[] key, byte[] input, int bytes) {
        int hash = 0;
        for (int bit = 0; bit < bytes * 8; bit++) {
            if ((input[bit / 8] & 0x80 >> bit % 8) != 0) {
                for (int i = 0; i < 32; i++) {
                    int at = bit + i;
                    if ((key[at / 8] & 0x80 >> at % 8) != 0) {
                        hash ^= 0x8000_0000 >>> i;
                    }
                }
            }
        }
        return hash;
    }
}
