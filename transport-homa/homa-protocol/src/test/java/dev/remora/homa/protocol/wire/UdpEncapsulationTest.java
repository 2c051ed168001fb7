package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.CLIENT_PORT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static dev.remora.homa.protocol.wire.Addresses.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import dev.remora.homa.protocol.wire.UnreachablePacket.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Homa behind UDP headers. The packets U1 to U4 were not made by this code. */
class UdpEncapsulationTest {
    private static final int PORT = UdpHeader.DEFAULT_PORT;
    private static final int UDP = 17;

    private final ParsedPacket packet = new ParsedPacket();
    private final IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
    private final UnreachablePacket unreachable = new UnreachablePacket();
    private final MemorySegment target = MemorySegment.ofArray(new byte[70_000]);

    @BeforeEach
    void acceptUdp() {
        parser.acceptUdp(PORT);
        unreachable.acceptUdp(PORT);
    }

    private Verdict parse(byte[] bytes) {
        return parser.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet);
    }

    private Segmenter segmenter(boolean ipv6, boolean fromClient) {
        long high = ipv6 ? HIGH : 0;
        long client = ipv6 ? 1 : CLIENT;
        long server = ipv6 ? 2 : SERVER;
        Segmenter segmenter = new Segmenter(PORT);
        segmenter.route(Encapsulation.UDP, high, fromClient ? client : server, high, fromClient ? server : client);
        return segmenter;
    }

    private byte[] written(int length) {
        return target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    // --- sending -----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"U1, G2, false", "U3, G15, true"})
    void dataIsWritten(String expected, String sameAsTcp, boolean ipv6) {
        int ip = IpHeader.headerBytes(ipv6);
        MemorySegment tcp = Golden.segment(sameAsTcp);
        Segmenter segmenter = segmenter(ipv6, true);
        segmenter.unit(0xC0, 0, tcp, ip, tcp, ip + HomaHeader.DATA_BYTES, 12, 1_000);
        assertThat(written(segmenter.segment(0, target, 0, ChecksumSeed.COMPLETE)))
                .isEqualTo(Golden.bytes(expected));
    }

    @ParameterizedTest
    @CsvSource({"U2, G6, false", "U4, G16, true"})
    void controlPacketIsWritten(String expected, String sameAsTcp, boolean ipv6) {
        int ip = IpHeader.headerBytes(ipv6);
        MemorySegment grant = Golden.segment(sameAsTcp).asSlice(ip);
        int length = segmenter(ipv6, false)
                .control(0xE0, 0, grant, HomaHeader.GRANT_BYTES, target, 0, ChecksumSeed.COMPLETE);
        assertThat(written(length)).isEqualTo(Golden.bytes(expected));
    }

    @Test
    void segmentsAreWholePacketsWithTheirOffsets() {
        Random random = new Random(7);
        MemorySegment header = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
        MemorySegment message = MemorySegment.ofArray(Golden.message());
        for (int round = 0; round < 200; round++) {
            boolean ipv6 = random.nextBoolean();
            int length = 1 + random.nextInt(4_999);
            int first = random.nextInt(5_000 - length + 1);
            int segmentBytes = 100 + random.nextInt(1_400);
            HomaHeader.writeCommon(header, 0, CLIENT_PORT, SERVER_PORT, first, HomaHeader.DATA, 14, 0x1240);
            int offset = length > segmentBytes ? HomaHeader.NO_OFFSET : first;
            HomaHeader.writeData(header, 0, 5_000, 5_000, 0, 0, 0, false, 0, offset);
            Segmenter segmenter = segmenter(ipv6, true);
            segmenter.unit(0xA0, 9, header, 0, message, first, length, segmentBytes);
            for (int i = 0; i < segmenter.segments(); i++) {
                byte[] bytes = written(segmenter.segment(i, target, 0, ChecksumSeed.COMPLETE));
                assertThat(parse(bytes)).isEqualTo(Verdict.HOMA);
                long homa = packet.homaOffset();
                int data = packet.homaLength() - HomaHeader.DATA_BYTES;
                int at = first + i * segmentBytes;
                assertThat(HomaHeader.dataOffset(MemorySegment.ofArray(bytes), homa))
                        .isEqualTo(at);
                assertThat(Arrays.copyOfRange(bytes, (int) homa + HomaHeader.DATA_BYTES, bytes.length))
                        .isEqualTo(Arrays.copyOfRange(Golden.message(), at, at + data));
            }
        }
    }

    /** What a device is told is completed to what software writes. */
    @Test
    void deviceCompletesTheChecksum() {
        MemorySegment tcp = Golden.segment("G2");
        Segmenter segmenter = segmenter(false, true);
        segmenter.unit(0xC0, 0, tcp, 20, tcp, 20 + HomaHeader.DATA_BYTES, 12, 1_000);
        int length = segmenter.segment(0, target, 0, ChecksumSeed.PSEUDO_HEADER);
        int sum = Checksum.finish(Checksum.sum(target, 20, length - 20));
        target.set(ValueLayout.JAVA_BYTE, 26, (byte) (sum >>> 8));
        target.set(ValueLayout.JAVA_BYTE, 27, (byte) sum);
        assertThat(written(length)).isEqualTo(Golden.bytes("U1"));
    }

    /** A checksum of zero would say that there is none: it is sent as its other form. */
    @Test
    void checksumIsNeverZero() {
        MemorySegment header = MemorySegment.ofArray(new byte[HomaHeader.DATA_BYTES]);
        MemorySegment data = MemorySegment.ofArray(new byte[2]);
        int seen = 0;
        for (int value = 0; value < 0x10000; value++) {
            data.set(ValueLayout.JAVA_BYTE, 0, (byte) (value >>> 8));
            data.set(ValueLayout.JAVA_BYTE, 1, (byte) value);
            HomaHeader.writeCommon(header, 0, CLIENT_PORT, SERVER_PORT, 0, HomaHeader.DATA, 14, 2);
            HomaHeader.writeData(header, 0, 2, 2, 0, 0, 0, false, 0, 0);
            Segmenter segmenter = segmenter(false, true);
            segmenter.unit(0, 0, header, 0, data, 0, 2, 1_000);
            byte[] bytes = written(segmenter.segment(0, target, 0, ChecksumSeed.COMPLETE));
            int checksum = UdpHeader.checksum(target, 20);
            assertThat(checksum).isNotZero();
            if (checksum == 0xFFFF) {
                seen++;
                assertThat(parse(bytes)).isEqualTo(Verdict.HOMA);
            }
        }
        assertThat(seen).as("sums that are zero").isPositive();
    }

    @Test
    void nothingCutsIt() {
        Segmenter segmenter = segmenter(false, true);
        MemorySegment tcp = Golden.segment("G2");
        segmenter.unit(0, 0, tcp, 20, tcp, 76, 12, 4);
        assertThatThrownBy(() -> segmenter.tsoFrame(target, 0, ChecksumSeed.PSEUDO_HEADER))
                .isInstanceOf(IllegalStateException.class);
        assertThat(FrameSize.segmentsPerFrame(Encapsulation.UDP, 1_500, false, 65_535, 65_535))
                .isOne();
    }

    @Test
    void portsSpreadAndAreTheSameInBothDirections() {
        assertThat(UdpHeader.sourcePortFor(CLIENT_PORT, SERVER_PORT))
                .isEqualTo(UdpHeader.sourcePortFor(SERVER_PORT, CLIENT_PORT))
                .isBetween(49_152, 65_535);
        assertThat(java.util.stream.IntStream.range(32_768, 32_768 + 16_384)
                        .map(client -> UdpHeader.sourcePortFor(client, SERVER_PORT))
                        .distinct()
                        .count())
                .isEqualTo(16_384);
    }

    // --- receiving ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"U1, 28, 68", "U2, 28, 33", "U3, 48, 68", "U4, 48, 33"})
    void isTaken(String golden, int homaAt, int homaLength) {
        byte[] padded = Arrays.copyOf(Golden.bytes(golden), Golden.bytes(golden).length + 9);
        assertThat(parse(padded)).isEqualTo(Verdict.HOMA);
        assertThat(packet.encapsulation()).isEqualTo(Encapsulation.UDP);
        assertThat(packet.hijacked()).isFalse();
        assertThat(packet.homaOffset()).isEqualTo(homaAt);
        assertThat(packet.homaLength()).isEqualTo(homaLength);
        assertThat(packet.payloadOffset()).isEqualTo(homaAt - 8L);
        assertThat(packet.payloadLength()).isEqualTo(homaLength + 8);
    }

    @Test
    void isSomebodyElsesUnlessItsPortIsTold() {
        for (String golden : new String[] {"U1", "U3"}) {
            byte[] bytes = Golden.bytes(golden);
            parser.acceptUdp(0);
            assertThat(parse(bytes)).isEqualTo(Verdict.NOT_HOMA);
            parser.acceptUdp(PORT + 1);
            assertThat(parse(bytes)).isEqualTo(Verdict.NOT_HOMA);
            parser.acceptUdp(PORT);
            assertThat(parse(bytes)).isEqualTo(Verdict.HOMA);
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                arguments("another port", "U1", "22=3743", Verdict.NOT_HOMA),
                arguments("ports swapped", "U1", "20=3742cfa0", Verdict.NOT_HOMA),
                arguments("flags of real TCP", "U1", "41=10", Verdict.NOT_HOMA),
                arguments("no urgent pointer", "U1", "46=0000", Verdict.NOT_HOMA),
                arguments("27 bytes of UDP", "U1", "2=002f", Verdict.NOT_HOMA),
                arguments("UDP length too short", "U1", "24=004b", Verdict.BAD_LENGTH),
                arguments("UDP length too long", "U1", "24=004d", Verdict.BAD_LENGTH),
                arguments("UDP length 0", "U3", "44=0000", Verdict.BAD_LENGTH),
                arguments("another length in the Homa header", "U1", "44=0045", Verdict.BAD_LENGTH),
                arguments("fragment", "U1", "6=2000", Verdict.FRAGMENT),
                arguments("options", "U1", "0=46", Verdict.OPTIONS),
                arguments("type 0x19", "U1", "39=19", Verdict.BAD_TYPE),
                arguments("from broadcast", "U1", "12=ffffffff", Verdict.BAD_ADDRESS),
                arguments("data beyond the end", "U1", "56=0000000b", Verdict.BEYOND_MESSAGE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void isDroppedForItsReason(String what, String golden, String patch, Verdict verdict) {
        byte[] bytes = Golden.bytes(golden);
        String[] parts = patch.split("=", 2);
        byte[] value = HexFormat.of().parseHex(parts[1]);
        System.arraycopy(value, 0, bytes, Integer.parseInt(parts[0]), value.length);
        IpParser trusting = new IpParser(false, false, IpHeader.defaultPriorityMap());
        trusting.acceptUdp(PORT);
        assertThat(trusting.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet))
                .as(what)
                .isEqualTo(verdict);
    }

    @ParameterizedTest
    @ValueSource(strings = {"U1=95", "U1=26", "U3=115", "U4=47", "U1=20"})
    void badChecksumIsDroppedIfVerified(String where) {
        String[] parts = where.split("=", 2);
        byte[] bytes = Golden.bytes(parts[0]);
        bytes[Integer.parseInt(parts[1])] ^= 0x40;
        assertThat(parse(bytes)).isEqualTo(Verdict.BAD_HOMA_CHECKSUM);
        IpParser trusting = new IpParser(true, false, IpHeader.defaultPriorityMap());
        trusting.acceptUdp(PORT);
        assertThat(trusting.parse(MemorySegment.ofArray(bytes), 0, bytes.length, packet))
                .isEqualTo(Verdict.HOMA);
    }

    @Test
    void missingChecksumIsABadOne() {
        byte[] bytes = Golden.bytes("U1");
        bytes[26] = 0;
        bytes[27] = 0;
        assertThat(parse(bytes)).isEqualTo(Verdict.BAD_HOMA_CHECKSUM);
    }

    /** What a kernel makes of datagrams of one flow when it forwards them with GRO: one UDP header, and all payloads. */
    @Test
    void datagramsThatWereJoinedAreNotTakenForOne() {
        byte[] one = Golden.bytes("U1");
        byte[] joined = Arrays.copyOf(one, one.length + one.length - 28);
        System.arraycopy(one, 28, joined, one.length, one.length - 28);
        MemorySegment m = MemorySegment.ofArray(joined);
        // A longer message, so that the bytes would be within it.
        m.set(ValueLayout.JAVA_BYTE, 58, (byte) 1);
        IpHeader.write(m, 0, 0xC0, joined.length - 20, 0, UDP, 0, CLIENT, 0, SERVER);
        m.set(ValueLayout.JAVA_BYTE, 24, (byte) (joined.length - 20 >>> 8));
        m.set(ValueLayout.JAVA_BYTE, 25, (byte) (joined.length - 20));
        IpParser trusting = new IpParser(true, false, IpHeader.defaultPriorityMap());
        trusting.acceptUdp(PORT);
        assertThat(trusting.parse(m, 0, joined.length, packet)).isEqualTo(Verdict.BAD_LENGTH);
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void anyBytesGetAVerdict(long seed) {
        Random random = new Random(seed);
        IpParser trusting = new IpParser(false, false, IpHeader.defaultPriorityMap());
        trusting.acceptUdp(PORT);
        int taken = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = Golden.bytes("U" + (1 + random.nextInt(4)));
            bytes = Arrays.copyOf(bytes, random.nextInt(4) == 0 ? random.nextInt(bytes.length + 9) : bytes.length);
            for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            MemorySegment m = MemorySegment.ofArray(bytes);
            if (trusting.parse(m, 0, bytes.length, packet) == Verdict.HOMA) {
                taken++;
                long at = packet.homaOffset();
                assertThat(at + packet.homaLength()).as("seed " + seed).isLessThanOrEqualTo(bytes.length);
                assertThat(packet.homaLength())
                        .as("seed " + seed)
                        .isGreaterThanOrEqualTo(HomaHeader.minimumBytes(HomaHeader.type(m, at)));
            }
        }
        assertThat(taken).as("seed " + seed).isPositive();
    }

    // --- ICMP --------------------------------------------------------------------------------------------------------

    private byte[] answerTo(byte[] offending) {
        MemorySegment frame = MemorySegment.ofArray(offending);
        assertThat(parse(offending)).isEqualTo(Verdict.HOMA);
        return written(UnreachablePacket.write(frame, packet, 0, target, 0));
    }

    private boolean understood(byte[] icmp) {
        assertThat(parse(icmp)).isEqualTo(Verdict.ICMP);
        return unreachable.parse(MemorySegment.ofArray(icmp), packet);
    }

    /** ICMP 3/3 that quotes so many bytes. */
    private static byte[] quoting(byte[] offending, int bytes) {
        byte[] icmp = new byte[28 + bytes];
        MemorySegment m = MemorySegment.ofArray(icmp);
        IpHeader.write(m, 0, 0xC0, icmp.length - 20, 0, 1, 0, SERVER, 0, CLIENT);
        icmp[20] = 3;
        icmp[21] = 3;
        System.arraycopy(offending, 0, icmp, 28, bytes);
        int sum = Checksum.finish(Checksum.sum(m, 20, icmp.length - 20L));
        icmp[22] = (byte) (sum >>> 8);
        icmp[23] = (byte) sum;
        return icmp;
    }

    @ParameterizedTest
    @CsvSource({"U1, 28", "U3, 48"})
    void answerQuotesWhatWasOnTheWire(String golden, int quoteAt) {
        byte[] icmp = answerTo(Golden.bytes(golden));
        assertThat(Arrays.copyOfRange(icmp, quoteAt, icmp.length)).isEqualTo(Golden.bytes(golden));
        assertThat(understood(icmp)).isTrue();
        assertThat(unreachable.kind()).isEqualTo(Kind.PORT);
        assertThat(unreachable.destinationPort()).isEqualTo(SERVER_PORT);
        unreachable.acceptUdp(0);
        assertThat(understood(icmp)).as("without UDP").isFalse();
    }

    @Test
    void shortQuoteIsOfTheWholeHost() {
        byte[] whole = Golden.bytes("U1");
        assertThat(understood(quoting(whole, 32))).isTrue();
        assertThat(unreachable.kind()).isEqualTo(Kind.PORT);
        assertThat(unreachable.destinationPort()).isEqualTo(SERVER_PORT);
        assertThat(understood(quoting(whole, 31))).isTrue();
        assertThat(unreachable.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(understood(quoting(whole, 28))).isTrue();
        assertThat(unreachable.kind()).isEqualTo(Kind.PROTOCOL);
        assertThat(understood(quoting(whole, 27))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"23, 67, another port", "21, 161, another source port", "41, 16, no mark", "29, 1, another Homa port"})
    void quoteOfSomebodyElsesUdpIsNotOurs(int at, int value, String what) {
        byte[] quoted = Golden.bytes("U1");
        quoted[at] = (byte) value;
        assertThat(understood(quoting(quoted, quoted.length))).as(what).isFalse();
    }

    @Test
    void answerToLongPacketIsShort() {
        byte[] big = Arrays.copyOf(Golden.bytes("U1"), 1_500);
        MemorySegment m = MemorySegment.ofArray(big);
        MemorySegment header = Golden.segment("U1").asSlice(28);
        HomaHeader.writeData(header, 0, 2_000, 2_000, 0, 0, 0, false, 0, 0);
        Segmenter segmenter = segmenter(false, true);
        segmenter.unit(0, 0, header, 0, MemorySegment.ofArray(new byte[1_416]), 0, 1_416, 1_416);
        assertThat(segmenter.segment(0, m, 0, ChecksumSeed.COMPLETE)).isEqualTo(1_500);
        byte[] icmp = answerTo(big);
        assertThat(icmp).hasSize(576);
        assertThat(understood(icmp)).isTrue();
        // Of a packet that lies in pieces, what follows the header may not be there.
        parse(big);
        int length = UnreachablePacket.write(m, packet, 100, 0, target, 0);
        assertThat(length).isEqualTo(28 + 28 + 100);
    }
}
