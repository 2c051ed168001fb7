package dev.remora.homa.link.socket;

import static dev.remora.homa.link.socket.Frames.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.link.Offload;
import dev.remora.homa.link.socket.Frames.Received;
import dev.remora.homa.protocol.wire.ChecksumSeed;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.homa.protocol.wire.HomaHeader;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.Segmenter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel cuts our frames as our own segmenter does, byte for byte, or carries them whole where the link can. */
class SegmentationTest {
    private static final int SET_TX_CHECKSUM = 0x17;
    private static final int SET_TSO = 0x1f;
    private static final int GOLDEN_SEGMENT = 100;
    private static final long IPV6_HIGH = 0xfd00L << 48;

    private Namespaces namespaces;
    private InterfaceFacts here;
    private InterfaceFacts there;
    private PacketSocketQueue near;
    private PacketSocketQueue far;

    @BeforeEach
    void open() {
        namespaces = Namespaces.create();
        here = namespaces.first().facts();
        there = namespaces.second().facts();
        near = namespaces
                .first()
                .in(() -> PacketSocketQueue.open(PacketSocketConfig.of(here.name())))
                .getFirst();
        far = namespaces
                .second()
                .in(() -> PacketSocketQueue.open(PacketSocketConfig.of(there.name())))
                .getFirst();
    }

    @AfterEach
    void close() {
        if (near != null) {
            near.close();
        }
        if (far != null) {
            far.close();
        }
        if (namespaces != null) {
            namespaces.close();
        }
    }

    private void ethtool(int command, int value) {
        namespaces.first().in(() -> {
            TestCalls.ethtool(here.name(), command, value);
            return value;
        });
    }

    private void send(byte[] packet, Offload offload, int segmentBytes) {
        boolean ipv6 = packet[0] >> 4 == 6;
        byte[] frame = ethernet(here, there, ipv6 ? Frames.IPV6 : Frames.IPV4, packet);
        assertThat(Frames.commit(near, frame, offload, IpHeader.headerBytes(ipv6), segmentBytes))
                .isTrue();
        near.flush();
        assertThat(near.pending()).isZero();
        assertThat(near.counter(PacketSocketCounter.SEND_REFUSED)).isZero();
    }

    @Test
    void knownFrameIsCutIntoTheKnownPackets() throws IOException {
        ethtool(SET_TX_CHECKSUM, 0);
        send(golden("T0"), Offload.SEGMENTATION, GOLDEN_SEGMENT);
        assertThat(Frames.receive(far, 3))
                .extracting(Received::packet)
                .containsExactly(golden("T1"), golden("T2"), golden("T3"));
    }

    @Test
    void knownFrameArrivesWholeWhereTheLinkCutsItself() throws IOException {
        byte[] whole = golden("T0");
        send(whole, Offload.SEGMENTATION, GOLDEN_SEGMENT);
        List<Received> received = Frames.receive(far, 1);
        assertThat(received).extracting(Received::packet).containsExactly(whole);
        assertThat(received.getFirst().checksumKnownGood()).isTrue();
    }

    @Test
    void withoutTsoTheChecksumsMayStillBeLeftToTheLink() throws IOException {
        ethtool(SET_TSO, 0);
        send(golden("T0"), Offload.SEGMENTATION, GOLDEN_SEGMENT);
        List<Received> received = Frames.receive(far, 3);
        for (int i = 0; i < 3; i++) {
            byte[] packet = received.get(i).packet();
            byte[] expected = golden("T" + (i + 1));
            // The seed stands in the field; the frame never leaves the machine, and the kernel says so.
            assertThat(received.get(i).checksumKnownGood()).isTrue();
            HomaHeader.setChecksum(MemorySegment.ofArray(packet), 20, 0);
            HomaHeader.setChecksum(MemorySegment.ofArray(expected), 20, 0);
            assertThat(packet).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void frameOfOneSegmentArrives(boolean ipv6) {
        ethtool(SET_TX_CHECKSUM, 0);
        for (int length : new int[] {1, 2, 3, 10, 100, 600, 999, 1000}) {
            Segmenter segmenter = segmenter(new Random(length), ipv6, length, 1000);
            byte[] packet = new byte[2000];
            int bytes = segmenter.segment(0, MemorySegment.ofArray(packet), 0, ChecksumSeed.COMPLETE);
            send(superPacket(segmenter), Offload.SEGMENTATION, 1000);
            assertThat(Frames.receive(far, 1))
                    .extracting(Received::packet)
                    .containsExactly(Arrays.copyOf(packet, bytes));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyFrameIsCutAsOurOwnSegmenterCutsIt(boolean ipv6) {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        ethtool(SET_TX_CHECKSUM, 0);
        for (int round = 0; round < 30; round++) {
            int segmentBytes = 100 + random.nextInt(1300);
            // Up to the longest frame that may be reserved.
            int length = 1 + random.nextInt(Math.min(40 * segmentBytes, 65_400));
            Segmenter segmenter = segmenter(random, ipv6, length, segmentBytes);
            send(superPacket(segmenter), Offload.SEGMENTATION, segmentBytes);
            List<byte[]> expected = new ArrayList<>();
            for (int i = 0; i < segmenter.segments(); i++) {
                byte[] packet = new byte[2000];
                int bytes = segmenter.segment(i, MemorySegment.ofArray(packet), 0, ChecksumSeed.COMPLETE);
                expected.add(Arrays.copyOf(packet, bytes));
            }
            assertThat(Frames.receive(far, expected.size()))
                    .as("seed %d, round %d", seed, round)
                    .extracting(Received::packet)
                    .containsExactlyElementsOf(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void longFramesArriveWhole(boolean ipv6) {
        Random random = new Random(2);
        byte[] whole = superPacket(segmenter(random, ipv6, 45 * 1404, 1404));
        for (int i = 0; i < 50; i++) {
            send(whole, Offload.SEGMENTATION, 1404);
            assertThat(Frames.receive(far, 1)).extracting(Received::packet).containsExactly(whole);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theChecksumOfOnePacketIsFilledIn(boolean ipv6) {
        Segmenter segmenter = segmenter(new Random(3), ipv6, 1000, 1000);
        byte[] seeded = new byte[2000];
        int bytes = segmenter.segment(0, MemorySegment.ofArray(seeded), 0, ChecksumSeed.PSEUDO_HEADER);
        byte[] complete = new byte[2000];
        segmenter.segment(0, MemorySegment.ofArray(complete), 0, ChecksumSeed.COMPLETE);
        byte[] packet = Arrays.copyOf(seeded, bytes);

        send(packet, Offload.TCP_CHECKSUM, 0);
        Received lazy = Frames.receive(far, 1).getFirst();
        assertThat(lazy.packet()).isEqualTo(packet);
        assertThat(lazy.checksumKnownGood()).isTrue();

        ethtool(SET_TX_CHECKSUM, 0);
        send(packet, Offload.TCP_CHECKSUM, 0);
        Received filled = Frames.receive(far, 1).getFirst();
        assertThat(filled.packet()).isEqualTo(Arrays.copyOf(complete, bytes));
        send(Arrays.copyOf(complete, bytes), Offload.NONE, 0);
        Received untouched = Frames.receive(far, 1).getFirst();
        assertThat(untouched.packet()).isEqualTo(Arrays.copyOf(complete, bytes));
        // Nobody looked at it, so nobody vouches for it.
        assertThat(untouched.checksumKnownGood()).isFalse();
    }

    private static Segmenter segmenter(Random random, boolean ipv6, int length, int segmentBytes) {
        byte[] message = new byte[length];
        random.nextBytes(message);
        byte[] header = new byte[HomaHeader.DATA_BYTES];
        MemorySegment m = MemorySegment.ofArray(header);
        int sequence = random.nextInt(100_000);
        HomaHeader.writeCommon(m, 0, 0x8000, 4000, sequence, HomaHeader.DATA, HomaHeader.DATA_WORDS, 0x1240);
        HomaHeader.writeData(m, 0, 1_000_000, 1_000_000, 0, 0, 1, false, 0, HomaHeader.NO_OFFSET);
        Segmenter segmenter = new Segmenter();
        long high = ipv6 ? IPV6_HIGH : 0;
        long first = ipv6 ? 1 : IpHeader.mapped(0x0a000001);
        segmenter.route(Encapsulation.TCP_HEADER, high, first, high, first + 1);
        segmenter.unit(0xa0, random.nextInt(0x10000), m, 0, MemorySegment.ofArray(message), 0, length, segmentBytes);
        return segmenter;
    }

    private static byte[] superPacket(Segmenter segmenter) {
        byte[] frame = new byte[70_000];
        int bytes = segmenter.tsoFrame(MemorySegment.ofArray(frame), 0, ChecksumSeed.PSEUDO_HEADER);
        return Arrays.copyOf(frame, bytes);
    }

    /** A packet known to be right: T0 is the frame, the others are what it is cut into. */
    private static byte[] golden(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(SegmentationTest.class.getResourceAsStream("super-packet.txt"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            String line = text.lines()
                    .filter(each -> each.startsWith(name + " "))
                    .findFirst()
                    .orElseThrow();
            return HexFormat.of().parseHex(line.substring(name.length() + 1));
        }
    }
}
