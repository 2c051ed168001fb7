package dev.remora.runtime.compression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipTest {
    private static final byte[] TEXT = "to be or not to be, ".repeat(200).getBytes(StandardCharsets.UTF_8);

    private static byte[] compress(byte[] message, int level) {
        ByteBuffer target = ByteBuffer.allocate(message.length + 200);
        assertThat(Gzip.compress(message, level, target)).isTrue();
        target.flip();
        byte[] bytes = new byte[target.remaining()];
        target.get(bytes);
        return bytes;
    }

    @Test
    void theJdkReadsWhatWasWrittenHere() throws IOException {
        for (int level = 1; level <= 9; level++) {
            byte[] compressed = compress(TEXT, level);
            assertThat(compressed.length).isLessThan(TEXT.length / 10);
            assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes())
                    .isEqualTo(TEXT);
        }
    }

    @Test
    void whatTheJdkWritesIsReadHere() throws Exception {
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(written)) {
            out.write(TEXT);
        }
        assertThat(Gzip.decompress(ByteBuffer.wrap(written.toByteArray()), TEXT.length))
                .isEqualTo(TEXT);
    }

    @Test
    void anyMessageComesBackFromAnyKindOfBuffer() throws Exception {
        long seed = Long.getLong("remora.seed", System.nanoTime());
        System.out.println("remora.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            byte[] message = new byte[random.nextInt(20_000)];
            random.nextBytes(message);
            Arrays.fill(message, 0, message.length / 2, (byte) 7);
            byte[] compressed = compress(message, 1 + random.nextInt(9));
            ByteBuffer in = (random.nextBoolean()
                            ? ByteBuffer.allocateDirect(compressed.length + 9)
                            : ByteBuffer.allocate(compressed.length + 9))
                    .position(9)
                    .put(compressed)
                    .flip()
                    .position(9);
            assertThat(Gzip.decompress(in, message.length)).isEqualTo(message);
            assertThat(in.position()).isEqualTo(9);
        }
    }

    @Test
    void whatDoesNotGetSmallerDoesNotFit() {
        byte[] noise = new byte[5_000];
        new Random(1).nextBytes(noise);
        assertThat(Gzip.compress(noise, 6, ByteBuffer.allocate(noise.length))).isFalse();
        assertThat(Gzip.compress(new byte[3], 6, ByteBuffer.allocate(3))).isFalse();
        assertThat(Gzip.compress(TEXT, 6, ByteBuffer.allocate(TEXT.length))).isTrue();
    }

    @Test
    void anotherSizeThanAnnouncedIsRefused() {
        byte[] compressed = compress(TEXT, 6);
        for (int size : new int[] {0, 1, TEXT.length - 1, TEXT.length + 1}) {
            assertThatThrownBy(() -> Gzip.decompress(ByteBuffer.wrap(compressed), size))
                    .as("announced %d", size)
                    .isInstanceOf(CorruptMessageException.class);
        }
    }

    @Test
    void anAnnouncementThatCannotBeTrueTakesNoMemory() {
        byte[] compressed = compress(TEXT, 6);
        assertThatThrownBy(() -> Gzip.decompress(ByteBuffer.wrap(compressed), Integer.MAX_VALUE))
                .isInstanceOf(CorruptMessageException.class)
                .hasMessageContaining("cannot hold");
    }

    @Test
    void everyCutAndEveryByteBehindIsRefused() {
        byte[] compressed = compress(TEXT, 6);
        for (int length = 0; length < compressed.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(compressed, 0, length);
            assertThatThrownBy(() -> Gzip.decompress(cut, TEXT.length))
                    .as("cut to %d bytes", length)
                    .isInstanceOf(CorruptMessageException.class);
        }
        byte[] longer = Arrays.copyOf(compressed, compressed.length + 1);
        assertThatThrownBy(() -> Gzip.decompress(ByteBuffer.wrap(longer), TEXT.length))
                .isInstanceOf(CorruptMessageException.class);
    }

    /** Whatever is wrong, it is either the message or refused; the decompressors stay usable. */
    @Test
    void noByteCanBeChangedUnnoticed() throws CorruptMessageException {
        byte[] compressed = compress(TEXT, 6);
        int accepted = 0;
        for (int i = 0; i < compressed.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] changed = compressed.clone();
                changed[i] ^= (byte) (1 << bit);
                try {
                    assertThat(Gzip.decompress(ByteBuffer.wrap(changed), TEXT.length))
                            .isEqualTo(TEXT);
                    accepted++;
                } catch (CorruptMessageException e) {
                    assertThat(e).hasMessageMatching("(?s).*\\S.*");
                }
            }
        }
        // Time, extra flags and operating system of the head say nothing and are not looked at; nor do the bits that
        // fill
        // the last byte of deflate.
        assertThat(accepted).isBetween(6 * 8, 6 * 8 + 7);
        assertThat(Gzip.decompress(ByteBuffer.wrap(compressed), TEXT.length)).isEqualTo(TEXT);
    }
}
