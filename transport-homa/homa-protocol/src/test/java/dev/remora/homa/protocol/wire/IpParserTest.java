package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Packets a receiver has to survive. Each is a good packet with something wrong. */
class IpParserTest {
    private final ParsedPacket packet = new ParsedPacket();

    /** What is wrong, the good packet, bytes replaced (at=hex), the length cut to (or 0), what becomes of it. */
    static Stream<Arguments> malformed() {
        return Stream.of(
                // Shorter than 28 bytes, or than the header of the type.
                arguments("native, 27 bytes", "G1", "2=002f", 47, Verdict.SHORT),
                arguments("hijacked, 27 bytes", "G9", "2=002f", 47, Verdict.SHORT),
                arguments("no transport bytes at all", "G1", "2=0014", 20, Verdict.SHORT),
                arguments("DATA of 55 bytes", "G2", "2=004b", 75, Verdict.SHORT),
                arguments("GRANT of 32 bytes", "G6", "2=0034", 52, Verdict.SHORT),
                arguments("RESEND of 36 bytes", "G7", "2=0038", 56, Verdict.SHORT),
                arguments("CUTOFFS of 61 bytes", "G11", "2=0051", 81, Verdict.SHORT),
                arguments("ACK of 79 bytes", "G14", "2=0063", 99, Verdict.SHORT),
                arguments("IPv6 GRANT of 32 bytes", "G16", "4=0020", 72, Verdict.SHORT),
                // Types that do not exist.
                arguments("type 0x0f", "G9", "31=0f", 0, Verdict.BAD_TYPE),
                arguments("type 0x19", "G9", "31=19", 0, Verdict.BAD_TYPE),
                arguments("type 0", "G1", "31=00", 0, Verdict.BAD_TYPE),
                arguments("type 0xff", "G16", "51=ff", 0, Verdict.BAD_TYPE),
                // Lengths.
                arguments("total length below the header", "G1", "2=0013", 0, Verdict.BAD_LENGTH),
                arguments("total length 0", "G1", "2=0000", 0, Verdict.BAD_LENGTH),
                arguments("total length beyond the frame", "G1", "2=0059", 0, Verdict.BAD_LENGTH),
                arguments("header length of 16", "G1", "0=44", 0, Verdict.BAD_LENGTH),
                arguments("header longer than the packet", "G9", "0=4f,2=0030", 0, Verdict.BAD_LENGTH),
                arguments("frame cut off in the data", "G1", "", 87, Verdict.BAD_LENGTH),
                arguments("frame cut off in the IPv4 header", "G1", "", 19, Verdict.BAD_LENGTH),
                arguments("frame of one byte", "G1", "", 1, Verdict.BAD_LENGTH),
                arguments("frame cut off in the IPv6 header", "G15", "", 39, Verdict.BAD_LENGTH),
                arguments("IPv6 payload beyond the frame", "G15", "4=0045", 0, Verdict.BAD_LENGTH),
                // Fragments and what lies between headers.
                arguments("first fragment", "G1", "6=2000", 0, Verdict.FRAGMENT),
                arguments("middle fragment", "G1", "6=2001", 0, Verdict.FRAGMENT),
                arguments("last fragment", "G2", "6=1fff", 0, Verdict.FRAGMENT),
                arguments("IPv6 fragment header", "G15", "6=2c", 0, Verdict.FRAGMENT),
                arguments("IPv4 options", "G1", "0=46", 0, Verdict.OPTIONS),
                arguments("IPv6 hop-by-hop options", "G15", "6=00", 0, Verdict.OPTIONS),
                arguments("IPv6 routing header", "G15", "6=2b", 0, Verdict.OPTIONS),
                arguments("IPv6 destination options", "G15", "6=3c", 0, Verdict.OPTIONS),
                // Real TCP, and marks that are not quite right.
                arguments("flags right, urgent wrong", "G2", "38=b97c", 0, Verdict.NOT_HOMA),
                arguments("flags right, urgent 0", "G2", "38=0000", 0, Verdict.NOT_HOMA),
                arguments("flags SYN RST URG", "G2", "33=26", 0, Verdict.NOT_HOMA),
                arguments("flags SYN RST ACK", "G2", "33=16", 0, Verdict.NOT_HOMA),
                arguments("flags SYN RST PSH", "G2", "33=0e", 0, Verdict.NOT_HOMA),
                arguments("flags SYN", "G2", "33=02", 0, Verdict.NOT_HOMA),
                arguments("flags RST", "G2", "33=04", 0, Verdict.NOT_HOMA),
                arguments("real TCP SYN", "G2", "33=02,38=0000", 0, Verdict.NOT_HOMA),
                arguments("real TCP RST", "G2", "33=04,38=0000", 0, Verdict.NOT_HOMA),
                arguments("19 bytes of TCP", "G2", "2=0027", 39, Verdict.NOT_HOMA),
                arguments("UDP", "G2", "9=11", 0, Verdict.NOT_HOMA),
                arguments("IPv6 UDP", "G15", "6=11", 0, Verdict.NOT_HOMA),
                arguments("ARP", "G2", "0=0001", 0, Verdict.NOT_IP),
                // Addresses.
                arguments("from multicast", "G1", "12=e0000001", 0, Verdict.BAD_ADDRESS),
                arguments("from broadcast", "G2", "12=ffffffff", 0, Verdict.BAD_ADDRESS),
                arguments("from nowhere", "G2", "12=00000000", 0, Verdict.BAD_ADDRESS),
                arguments("to multicast", "G1", "16=effffffa", 0, Verdict.BAD_ADDRESS),
                arguments("to broadcast", "G1", "16=ffffffff", 0, Verdict.BAD_ADDRESS),
                arguments("from IPv6 multicast", "G16", "8=ff02", 0, Verdict.BAD_ADDRESS),
                arguments("to IPv6 multicast", "G16", "24=ff02", 0, Verdict.BAD_ADDRESS),
                arguments(
                        "IPv6 in the name of an IPv4 peer",
                        "G16",
                        "8=00000000000000000000ffff0a000001",
                        0,
                        Verdict.BAD_ADDRESS),
                // Merged packets.
                arguments("data beyond the end", "G1", "48=0000000b", 0, Verdict.BEYOND_MESSAGE),
                arguments("sequence at the end", "G1", "24=0000000c", 0, Verdict.BEYOND_MESSAGE),
                arguments("sequence negative", "G1", "24=80000000", 0, Verdict.BEYOND_MESSAGE),
                arguments("segment offset overflowing", "G1", "72=7fffffff", 0, Verdict.BEYOND_MESSAGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void isDroppedForItsReason(String what, String golden, String patch, int length, Verdict verdict) {
        byte[] bytes = patched(golden, patch);
        int available = length == 0 ? bytes.length : length;
        mendChecksums(bytes);
        assertThat(parse(Arrays.copyOf(bytes, available))).as(what).isEqualTo(verdict);
        assertThat(packet.verdict()).isEqualTo(verdict);
    }

    /** Trust in the NIC's verdict on checksums must not open a door. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void isDroppedForItsReasonWithoutChecksumsToo(
            String what, String golden, String patch, int length, Verdict verdict) {
        byte[] bytes = patched(golden, patch);
        int available = length == 0 ? bytes.length : length;
        IpParser parser = new IpParser(false, false, IpHeader.defaultPriorityMap());
        assertThat(parser.parse(MemorySegment.ofArray(Arrays.copyOf(bytes, available)), 0, available, packet))
                .as(what)
                .isEqualTo(verdict);
    }

    static Stream<Arguments> acceptable() {
        return Stream.of(
                arguments("native with other flags", "G1", "33=00"),
                arguments("native with other urgent", "G1", "38=0000"),
                arguments("native with real TCP's flags", "G1", "33=10,38=1234"),
                arguments("native with a wrong checksum", "G1", "36=0000"),
                arguments("DATA with data offset 5", "G1", "32=50"),
                arguments("window and upper ack bytes used", "G1", "28=010203,34=ffff"),
                arguments("congestion experienced", "G1", "1=c3"),
                arguments("DSCP bleached", "G1", "1=00"),
                arguments("other TTL, id and no DF", "G1", "4=123400001f"),
                arguments("flow label", "G16", "0=6e0fffff"),
                arguments("message length 0: for the RPC to fail", "G1", "48=00000000"),
                arguments("message length negative", "G1", "48=ffffffff"),
                arguments("message length too long", "G1", "48=000f4241"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acceptable")
    void isTaken(String what, String golden, String patch) {
        byte[] bytes = patched(golden, patch);
        if (bytes[0] >>> 4 == 4) {
            mendIpChecksum(bytes);
        }
        assertThat(parse(bytes)).as(what).isEqualTo(Verdict.HOMA);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G1", "G6", "G9", "G15", "G16"})
    void paddingOfTheFrameIsNotPartOfThePacket(String golden) {
        byte[] bytes = Golden.bytes(golden);
        assertThat(parse(Arrays.copyOf(bytes, bytes.length + 31))).isEqualTo(Verdict.HOMA);
        assertThat(packet.homaOffset() + packet.homaLength()).isEqualTo(bytes.length);
    }

    @Test
    void announcementWithoutDataIsTakenIfItsOffsetIsWithinTheMessage() {
        byte[] last = Arrays.copyOf(patched("G1", "2=004c,24=0000000b"), 76);
        mendChecksums(last);
        assertThat(parse(last)).isEqualTo(Verdict.HOMA);
        assertThat(packet.homaLength()).isEqualTo(HomaHeader.DATA_BYTES);
        byte[] beyond = Arrays.copyOf(patched("G1", "2=004c,24=0000000c"), 76);
        mendChecksums(beyond);
        assertThat(parse(beyond)).isEqualTo(Verdict.BEYOND_MESSAGE);
    }

    @Test
    void controlPacketMayBeLongerThanItsHeader() {
        byte[] grant = Arrays.copyOf(Golden.bytes("G6"), 54);
        grant[3]++;
        mendChecksums(grant);
        assertThat(parse(grant)).isEqualTo(Verdict.HOMA);
        assertThat(packet.homaLength()).isEqualTo(34);
    }

    @Test
    void packetMayStartAnywhereInTheSegment() {
        byte[] golden = Golden.bytes("G2");
        byte[] frame = new byte[golden.length + 50];
        System.arraycopy(golden, 0, frame, 18, golden.length);
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        assertThat(parser.parse(MemorySegment.ofArray(frame), 18, golden.length, packet))
                .isEqualTo(Verdict.HOMA);
        assertThat(packet.homaOffset()).isEqualTo(38);
    }

    @Test
    void placeOutsideTheSegmentIsABadLength() {
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        MemorySegment m = Golden.segment("G2");
        assertThat(parser.parse(m, 1, 88, packet)).isEqualTo(Verdict.BAD_LENGTH);
        assertThat(parser.parse(m, -1, 88, packet)).isEqualTo(Verdict.BAD_LENGTH);
        assertThat(parser.parse(m, Long.MAX_VALUE, Integer.MAX_VALUE, packet)).isEqualTo(Verdict.BAD_LENGTH);
        assertThat(parser.parse(m, 0, 0, packet)).isEqualTo(Verdict.BAD_LENGTH);
        assertThat(parser.parse(m, 0, -5, packet)).isEqualTo(Verdict.BAD_LENGTH);
    }

    @ParameterizedTest
    @CsvSource({"G1, false", "G2, true", "G6, true"})
    void badIpv4Checksum(String golden, boolean hijacked) {
        byte[] bytes = patched(golden, "8=3f");
        assertThat(parse(bytes)).isEqualTo(Verdict.BAD_HEADER_CHECKSUM);
        IpParser trusting = new IpParser(false, true, IpHeader.defaultPriorityMap());
        assertThat(trusting.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet))
                .isEqualTo(Verdict.HOMA);
        assertThat(packet.hijacked()).isEqualTo(hijacked);
    }

    @ParameterizedTest
    @ValueSource(strings = {"G2=87", "G2=48", "G6=52", "G15=107", "T1=120"})
    void badHomaChecksumCountsOnlyIfVerified(String where) {
        String[] parts = where.split("=", 2);
        byte[] bytes = Golden.bytes(parts[0]);
        bytes[Integer.parseInt(parts[1])] ^= 0x40;
        assertThat(parse(bytes)).isEqualTo(Verdict.BAD_HOMA_CHECKSUM);
        IpParser trusting = new IpParser(true, false, IpHeader.defaultPriorityMap());
        assertThat(trusting.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet))
                .isNotEqualTo(Verdict.BAD_HOMA_CHECKSUM);
    }

    @Test
    void ownAddressesDecideWhoseThePacketIs() {
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        MemorySegment request = Golden.segment("G2");
        MemorySegment response = Golden.segment("G3");
        parser.addOwnAddress(HIGH, 2);
        assertThat(parser.parse(request, 0, 88, packet)).isEqualTo(Verdict.NOT_OURS);
        parser.addOwnAddress(0, SERVER);
        assertThat(parser.parse(request, 0, 88, packet)).isEqualTo(Verdict.HOMA);
        assertThat(parser.parse(response, 0, 81, packet))
                .as("own address as source")
                .isEqualTo(Verdict.BAD_ADDRESS);
        assertThat(parser.parse(Golden.segment("G15"), 0, 108, packet)).isEqualTo(Verdict.HOMA);
        assertThat(parser.parse(Golden.segment("G16"), 0, 73, packet)).isEqualTo(Verdict.BAD_ADDRESS);
    }

    @Test
    void ownAddressesAreBounded() {
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        for (int i = 0; i < IpParser.MAX_OWN_ADDRESSES; i++) {
            parser.addOwnAddress(0, CLIENT + i);
        }
        assertThatThrownBy(() -> parser.addOwnAddress(HIGH, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void levelIsReadThroughThePriorityMap() {
        byte[] reversed = {7, 6, 5, 4, 3, 2, 1, 0};
        IpParser parser = new IpParser(true, true, reversed);
        parser.parse(Golden.segment("G2"), 0, 88, packet);
        assertThat(packet.level()).isEqualTo(1);
        assertThat(IpHeader.trafficClass(reversed, 1)).isEqualTo(0xC0);
        assertThat(IpHeader.trafficClass(reversed, 99)).isZero();
        assertThat(IpHeader.trafficClass(reversed, -1)).isEqualTo(0xE0);
    }

    /** Whatever a packet is changed to: a verdict, and after HOMA every field of its type can be read. */
    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24})
    void anyBytesGetAVerdict(long seed) {
        Random random = new Random(seed);
        IpParser parser = new IpParser(false, false, IpHeader.defaultPriorityMap());
        UnreachablePacket unreachable = new UnreachablePacket();
        int taken = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Golden.bytes("G" + (1 + random.nextInt(16)));
            bytes = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 9) : bytes.length);
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment m = MemorySegment.ofArray(bytes);
            Verdict verdict = parser.parse(m, 0, bytes.length, packet);
            if (verdict == Verdict.HOMA) {
                taken++;
                long at = packet.homaOffset();
                assertThat(at + packet.homaLength()).as("seed " + seed).isLessThanOrEqualTo(bytes.length);
                int type = HomaHeader.type(m, at);
                assertThat(packet.homaLength())
                        .as("seed " + seed)
                        .isGreaterThanOrEqualTo(HomaHeader.minimumBytes(type));
            } else if (verdict == Verdict.ICMP) {
                assertThat(unreachable.parse(m, packet)).as("seed " + seed).isFalse();
            }
        }
        assertThat(taken).as("seed " + seed).isPositive();
    }

    private Verdict parse(byte[] bytes) {
        IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
        return parser.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet);
    }

    private static byte[] patched(String golden, String patch) {
        byte[] bytes = Golden.bytes(golden);
        for (String one : patch.isEmpty() ? new String[0] : patch.split(",")) {
            String[] parts = one.split("=", 2);
            byte[] value = HexFormat.of().parseHex(parts[1]);
            System.arraycopy(value, 0, bytes, Integer.parseInt(parts[0]), value.length);
        }
        return bytes;
    }

    /** So that only what is meant to be wrong is wrong. */
    private static void mendChecksums(byte[] bytes) {
        MemorySegment m = MemorySegment.ofArray(bytes);
        boolean ipv4 = IpHeader.version(m, 0) == 4;
        if (ipv4) {
            mendIpChecksum(bytes);
        }
        int ip = ipv4 ? 20 : 40;
        int length = bytes.length - ip;
        long pseudoHeader = ipv4
                ? Checksum.pseudoHeader(
                        0,
                        IpHeader.mapped(IpHeader.ipv4Source(m, 0)),
                        0,
                        IpHeader.mapped(IpHeader.ipv4Destination(m, 0)),
                        length)
                : Checksum.pseudoHeader(
                        IpHeader.ipv6SourceHigh(m, 0),
                        IpHeader.ipv6SourceLow(m, 0),
                        IpHeader.ipv6DestinationHigh(m, 0),
                        IpHeader.ipv6DestinationLow(m, 0),
                        length);
        HomaHeader.setChecksum(m, ip, Checksum.homa(m, ip, length, pseudoHeader));
    }

    private static void mendIpChecksum(byte[] bytes) {
        MemorySegment m = MemorySegment.ofArray(bytes);
        int headerBytes = Math.clamp(IpHeader.ipv4HeaderBytes(m, 0), 20, bytes.length);
        int checksum = Checksum.ipv4Header(m, 0, headerBytes);
        bytes[10] = (byte) (checksum >>> 8);
        bytes[11] = (byte) checksum;
    }
}
