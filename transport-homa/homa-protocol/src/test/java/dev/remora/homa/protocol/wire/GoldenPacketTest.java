package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.CLIENT_PORT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static dev.remora.homa.protocol.wire.Addresses.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One packet of each type, written and read: bytes that the kernel module sends and takes. */
class GoldenPacketTest {
    private static final int[] INITIAL_CUTOFFS = {0, 0, 0, 0, 1_000_000, 15_000, 2800, 200};
    private static final byte[] HELLO = "Hello, Homa!".getBytes(StandardCharsets.US_ASCII);

    /** Writes what follows the common header. */
    private interface Body {
        void write(MemorySegment m, long at);
    }

    // --- encoding ----------------------------------------------------------------------------------------------------

    @Test
    void singlePacketRequestAsHomaAndAsTcp() {
        Body body = data(12, 12, 0, 0, 0, false, HomaHeader.NO_OFFSET, HELLO);
        byte[] asHoma = fromClient(Encapsulation.HOMA, 6, HomaHeader.DATA, 0x1234, 0, 56 + 12, body);
        byte[] asTcp = fromClient(Encapsulation.TCP_HEADER, 6, HomaHeader.DATA, 0x1234, 0, 56 + 12, body);
        assertThat(asHoma).isEqualTo(Golden.bytes("G1"));
        assertThat(asTcp).isEqualTo(Golden.bytes("G2"));
    }

    @Test
    void response() {
        byte[] world = "World".getBytes(StandardCharsets.US_ASCII);
        Body body = data(5, 5, 0, 0, 0, false, HomaHeader.NO_OFFSET, world);
        assertThat(fromServer(6, HomaHeader.DATA, 0x1235, 56 + 5, body)).isEqualTo(Golden.bytes("G3"));
    }

    @Test
    void firstPacketOfLongRequestWithAcknowledgment() {
        Body body = data(300_000, 40_000, 0x1234, 4000, 1, false, HomaHeader.NO_OFFSET, filled(0xaa));
        assertThat(fromClient(Encapsulation.TCP_HEADER, 4, HomaHeader.DATA, 0x1236, 0, 56 + 8, body))
                .isEqualTo(Golden.bytes("G4"));
    }

    @Test
    void retransmissionHasItsOffsetInBothFields() {
        Body body = data(300_000, 4272, 0, 0, 1, true, 1424, filled(0xbb));
        assertThat(fromClient(Encapsulation.TCP_HEADER, 7, HomaHeader.DATA, 0x1236, 1424, 56 + 8, body))
                .isEqualTo(Golden.bytes("G5"));
    }

    @Test
    void grant() {
        Body body = (m, at) -> HomaHeader.writeGrant(m, at, 200_008, 0);
        assertThat(fromServer(7, HomaHeader.GRANT, 0x1237, HomaHeader.GRANT_BYTES, body))
                .isEqualTo(Golden.bytes("G6"));
    }

    @Test
    void resendOfRangeAndOfEverything() {
        Body range = (m, at) -> HomaHeader.writeResend(m, at, 1424, 2848, 7);
        Body everything = (m, at) -> HomaHeader.writeResend(m, at, 0, HomaHeader.EVERYTHING, 7);
        int bytes = HomaHeader.RESEND_BYTES;
        assertThat(fromServer(7, HomaHeader.RESEND, 0x1237, bytes, range)).isEqualTo(Golden.bytes("G7"));
        assertThat(fromClient(Encapsulation.TCP_HEADER, 7, HomaHeader.RESEND, 0x1236, 0, bytes, everything))
                .isEqualTo(Golden.bytes("G8"));
    }

    @ParameterizedTest
    @CsvSource({"G9, 0x13", "G10, 0x14", "G13, 0x17"})
    void packetsThatAreOnlyTheCommonHeader(String name, String type) {
        assertThat(fromServer(7, Integer.decode(type), 0x1237, HomaHeader.COMMON_BYTES, (m, at) -> {}))
                .isEqualTo(Golden.bytes(name));
    }

    @Test
    void freeze() {
        byte[] packet = new byte[48];
        MemorySegment m = MemorySegment.ofArray(packet);
        IpHeader.write(m, 0, 0xE0, 28, 0, HomaHeader.PROTOCOL_TCP, 0, CLIENT, 0, SERVER);
        HomaHeader.writeCommon(m, 20, CLIENT_PORT, 0, 0, HomaHeader.FREEZE, HomaHeader.CONTROL_WORDS, 0);
        HomaHeader.setChecksum(m, 20, Checksum.homa(m, 20, 28, Checksum.pseudoHeader(0, CLIENT, 0, SERVER, 28)));
        assertThat(packet).isEqualTo(Golden.bytes("G12"));
    }

    @Test
    void cutoffs() {
        Body body = (m, at) -> HomaHeader.writeCutoffs(m, at, INITIAL_CUTOFFS, 1);
        assertThat(fromServer(7, HomaHeader.CUTOFFS, 0x1235, HomaHeader.CUTOFFS_BYTES, body))
                .isEqualTo(Golden.bytes("G11"));
    }

    @Test
    void ackWithTwoEntriesOverOldMemory() {
        Body body = (m, at) -> {
            m.asSlice(at + HomaHeader.COMMON_BYTES, 52).fill((byte) 0x5A);
            HomaHeader.writeAckEntry(m, at, 0, 0x1238, 4000);
            HomaHeader.writeAckEntry(m, at, 1, 0x123a, 4001);
            HomaHeader.writeAckCount(m, at, 2);
        };
        assertThat(fromClient(Encapsulation.TCP_HEADER, 7, HomaHeader.ACK, 0x1236, 0, HomaHeader.ACK_BYTES, body))
                .isEqualTo(Golden.bytes("G14"));
    }

    @Test
    void overIpv6() {
        Body request = data(12, 12, 0, 0, 0, false, HomaHeader.NO_OFFSET, HELLO);
        Body grant = (m, at) -> HomaHeader.writeGrant(m, at, 200_008, 0);
        byte[] g15 = packet(Encapsulation.TCP_HEADER, 6, true, true, HomaHeader.DATA, 0x1234, 0, 56 + 12, request);
        byte[] g16 = packet(Encapsulation.HOMA, 7, true, false, HomaHeader.GRANT, 0x1237, 0, 33, grant);
        assertThat(g15).isEqualTo(Golden.bytes("G15"));
        assertThat(g16).isEqualTo(Golden.bytes("G16"));
    }

    // --- decoding ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "G1, false, 6", "G2, true, 6", "G3, true, 6", "G4, true, 4", "G5, true, 7", "G6, true, 7", "G7, true, 7",
        "G8, true, 7", "G9, true, 7", "G10, true, 7", "G11, true, 7", "G12, true, 7", "G13, true, 7", "G14, true, 7",
        "G15, true, 6", "G16, false, 7", "T1, true, 5", "T2, true, 5", "T3, true, 5", "N1, false, 5", "N2, false, 5",
        "N3, false, 5"
    })
    void everyPacketIsTakenWithAllChecksOn(String name, boolean hijacked, int level) {
        ParsedPacket packet = parse(name);
        assertThat(packet.verdict()).isEqualTo(Verdict.HOMA);
        assertThat(packet.hijacked()).isEqualTo(hijacked);
        assertThat(packet.encapsulation()).isEqualTo(hijacked ? Encapsulation.TCP_HEADER : Encapsulation.HOMA);
        assertThat(packet.level()).isEqualTo(level);
        assertThat(packet.homaOffset()).isEqualTo(packet.ipv6() ? 40 : 20);
        assertThat(packet.homaOffset() + packet.homaLength()).isEqualTo(Golden.bytes(name).length);
    }

    @Test
    void addressesOfBothFamilies() {
        ParsedPacket ipv4 = parse("G6");
        assertThat(new long[] {ipv4.sourceHigh(), ipv4.sourceLow(), ipv4.destinationHigh(), ipv4.destinationLow()})
                .containsExactly(0, SERVER, 0, CLIENT);
        ParsedPacket ipv6 = parse("G16");
        assertThat(new long[] {ipv6.sourceHigh(), ipv6.sourceLow(), ipv6.destinationHigh(), ipv6.destinationLow()})
                .containsExactly(HIGH, 2, HIGH, 1);
    }

    @Test
    void fieldsOfDataWithAcknowledgment() {
        MemorySegment m = Golden.segment("G4");
        assertThat(HomaHeader.sourcePort(m, 20)).isEqualTo(CLIENT_PORT);
        assertThat(HomaHeader.destinationPort(m, 20)).isEqualTo(SERVER_PORT);
        assertThat(HomaHeader.type(m, 20)).isEqualTo(HomaHeader.DATA);
        assertThat(HomaHeader.doffWords(m, 20)).isEqualTo(14);
        assertThat(HomaHeader.flags(m, 20)).isEqualTo(HomaHeader.FLAGS);
        assertThat(HomaHeader.checksum(m, 20)).isEqualTo(0xb3a6);
        assertThat(HomaHeader.urgent(m, 20)).isEqualTo(HomaHeader.URGENT);
        assertThat(HomaHeader.senderId(m, 20)).isEqualTo(0x1236);
        assertThat(HomaHeader.messageLength(m, 20)).isEqualTo(300_000);
        assertThat(HomaHeader.incoming(m, 20)).isEqualTo(40_000);
        assertThat(HomaHeader.ackId(m, 20)).isEqualTo(0x1234);
        assertThat(HomaHeader.ackPort(m, 20)).isEqualTo(4000);
        assertThat(HomaHeader.cutoffVersion(m, 20)).isEqualTo(1);
        assertThat(HomaHeader.retransmit(m, 20)).isFalse();
        assertThat(HomaHeader.extension(m, 20)).isZero();
        assertThat(HomaHeader.segmentOffset(m, 20)).isEqualTo(HomaHeader.NO_OFFSET);
    }

    @Test
    void retransmissionIsMarked() {
        MemorySegment m = Golden.segment("G5");
        assertThat(HomaHeader.retransmit(m, 20)).isTrue();
        assertThat(HomaHeader.incoming(m, 20)).isEqualTo(4272);
    }

    @ParameterizedTest
    @CsvSource({"G2, 0", "G5, 1424", "T1, 1000", "T2, 1100", "T3, 1200", "N1, 1000", "N2, 1100", "N3, 1200"})
    void dataOffsetIsFoundWhereverItIs(String name, int offset) {
        assertThat(HomaHeader.dataOffset(Golden.segment(name), 20)).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"T1", "T2", "T3", "N1", "N2", "N3"})
    void dataOfSegmentsIsThatOfTheMessage(String name) {
        byte[] packet = Golden.bytes(name);
        int offset = HomaHeader.dataOffset(MemorySegment.ofArray(packet), 20);
        byte[] data = Arrays.copyOfRange(packet, 76, packet.length);
        assertThat(data).isEqualTo(Arrays.copyOfRange(Golden.message(), offset, offset + data.length));
    }

    @Test
    void fieldsOfControlPackets() {
        MemorySegment grant = Golden.segment("G6");
        assertThat(HomaHeader.grantOffset(grant, 20)).isEqualTo(200_008);
        assertThat(HomaHeader.grantPriority(grant, 20)).isZero();
        MemorySegment resend = Golden.segment("G7");
        assertThat(HomaHeader.resendOffset(resend, 20)).isEqualTo(1424);
        assertThat(HomaHeader.resendLength(resend, 20)).isEqualTo(2848);
        assertThat(HomaHeader.resendPriority(resend, 20)).isEqualTo(7);
        assertThat(HomaHeader.resendLength(Golden.segment("G8"), 20)).isEqualTo(HomaHeader.EVERYTHING);
        MemorySegment cutoffs = Golden.segment("G11");
        for (int i = 0; i < 8; i++) {
            assertThat(HomaHeader.cutoff(cutoffs, 20, i)).isEqualTo(INITIAL_CUTOFFS[i]);
        }
        assertThat(HomaHeader.cutoffsVersion(cutoffs, 20)).isEqualTo(1);
        MemorySegment ack = Golden.segment("G14");
        assertThat(HomaHeader.ackCount(ack, 20)).isEqualTo(2);
        assertThat(HomaHeader.ackEntryId(ack, 20, 0)).isEqualTo(0x1238);
        assertThat(HomaHeader.ackEntryPort(ack, 20, 0)).isEqualTo(4000);
        assertThat(HomaHeader.ackEntryId(ack, 20, 1)).isEqualTo(0x123a);
        assertThat(HomaHeader.ackEntryPort(ack, 20, 1)).isEqualTo(4001);
        assertThat(HomaHeader.ackEntryId(ack, 20, 4)).isZero();
    }

    @Test
    void extensionIsTheFirstPadByteAndNothingElse() {
        MemorySegment m = MemorySegment.ofArray(new byte[56]);
        HomaHeader.writeData(m, 0, 0, 0, 0, 0, 0, false, 0xA5, 0);
        assertThat(HomaHeader.extension(m, 0)).isEqualTo(0xA5);
        assertThat(m.get(ValueLayout.JAVA_BYTE, 49)).isEqualTo((byte) 0xA5);
        m.set(ValueLayout.JAVA_BYTE, 49, (byte) 0);
        assertThat(m.mismatch(MemorySegment.ofArray(new byte[56]))).isEqualTo(-1);
    }

    // --- how packets are built ---------------------------------------------------------------------------------------

    private static ParsedPacket parse(String name) {
        ParsedPacket packet = new ParsedPacket();
        MemorySegment m = Golden.segment(name);
        new IpParser(true, true, IpHeader.defaultPriorityMap()).parse(m, 0, (int) m.byteSize(), packet);
        return packet;
    }

    private static Body data(
            int messageLength,
            int incoming,
            long ackId,
            int ackPort,
            int cutoffVersion,
            boolean retransmit,
            int segmentOffset,
            byte[] bytes) {
        return (m, at) -> {
            HomaHeader.writeData(
                    m, at, messageLength, incoming, ackId, ackPort, cutoffVersion, retransmit, 0, segmentOffset);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, m, at + HomaHeader.DATA_BYTES, bytes.length);
        };
    }

    private static byte[] filled(int value) {
        byte[] bytes = new byte[8];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] fromClient(
            Encapsulation encapsulation, int level, int type, long id, int sequence, int length, Body body) {
        return packet(encapsulation, level, false, true, type, id, sequence, length, body);
    }

    private static byte[] fromServer(int level, int type, long id, int length, Body body) {
        return packet(Encapsulation.TCP_HEADER, level, false, false, type, id, 0, length, body);
    }

    private static byte[] packet(
            Encapsulation encapsulation,
            int level,
            boolean ipv6,
            boolean fromClient,
            int type,
            long id,
            int sequence,
            int length,
            Body body) {
        byte[] packet = new byte[IpHeader.headerBytes(ipv6) + length];
        Arrays.fill(packet, (byte) 0x77);
        MemorySegment m = MemorySegment.ofArray(packet);
        long high = ipv6 ? HIGH : 0;
        long client = ipv6 ? 1 : CLIENT;
        long server = ipv6 ? 2 : SERVER;
        long from = fromClient ? client : server;
        long to = fromClient ? server : client;
        int tos = IpHeader.trafficClass(IpHeader.defaultPriorityMap(), level);
        int ip = IpHeader.write(m, 0, tos, length, 0, encapsulation.ipProtocol(), high, from, high, to);
        int doff = type == HomaHeader.DATA ? HomaHeader.DATA_WORDS : HomaHeader.CONTROL_WORDS;
        HomaHeader.writeCommon(
                m,
                ip,
                fromClient ? CLIENT_PORT : SERVER_PORT,
                fromClient ? SERVER_PORT : CLIENT_PORT,
                sequence,
                type,
                doff,
                id);
        body.write(m, ip);
        long pseudoHeader = Checksum.pseudoHeader(high, from, high, to, length);
        HomaHeader.setChecksum(m, ip, Checksum.homa(m, ip, length, pseudoHeader));
        return packet;
    }
}
