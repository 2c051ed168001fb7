package dev.remora.homa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.remora.homa.protocol.wire.HomaHeader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs that a search by coverage has found, and random ones, without the search's agent. */
class HostilePacketsTest {
    private static final String CORPUS = "OnPacketFuzzTestInputs/anyPacketsLeaveTheEndpointSound";

    static List<Path> corpus() throws IOException, URISyntaxException {
        Path folder = Path.of(Objects.requireNonNull(HostilePacketsTest.class.getResource(CORPUS))
                .toURI());
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    @Test
    void thereIsACorpus() throws IOException, URISyntaxException {
        assertThat(corpus()).hasSizeBetween(20, 200);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void theCorpusLeavesTheEndpointSound(Path file) throws IOException {
        HostilePackets.run(Files.readAllBytes(file));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void randomPacketsLeaveTheEndpointSound(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 50; i++) {
            byte[] input = random(random);
            assertThatCode(() -> HostilePackets.run(input)).as("seed %d", seed).doesNotThrowAnyException();
        }
    }

    private static byte[] random(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int steps = 1 + random.nextInt(HostilePackets.MAX_STEPS);
        for (int i = 0; i < steps; i++) {
            byte[] packet = new byte[28 + random.nextInt(200)];
            random.nextBytes(packet);
            packet[11] = (byte) (HomaHeader.DATA + random.nextInt(9));
            MemorySegment m = MemorySegment.ofArray(packet);
            if (packet.length >= HomaHeader.DATA_BYTES && random.nextInt(4) > 0) {
                HomaHeader.writeData(
                        m,
                        0,
                        60_000,
                        random.nextInt(61_000),
                        0x1000,
                        4_000,
                        0,
                        random.nextBoolean(),
                        0,
                        offset(random));
            }
            out.write(random.nextInt(22));
            out.write(random.nextInt(256));
            out.write(random.nextInt(8));
            out.write(packet.length >> 8);
            out.write(packet.length);
            try {
                out.write(packet);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return out.toByteArray();
    }

    private static int offset(Random random) {
        return random.nextInt(60) * 1_000;
    }
}
