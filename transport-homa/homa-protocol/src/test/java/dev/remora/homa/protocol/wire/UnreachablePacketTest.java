package dev.remora.homa.protocol.wire;

import static dev.remora.homa.protocol.wire.Addresses.CLIENT;
import static dev.remora.homa.protocol.wire.Addresses.HIGH;
import static dev.remora.homa.protocol.wire.Addresses.SERVER;
import static dev.remora.homa.protocol.wire.Addresses.SERVER_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.protocol.wire.ParsedPacket.Verdict;
import dev.remora.homa.protocol.wire.UnreachablePacket.Kind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnreachablePacketTest {
    private final IpParser parser = new IpParser(true, true, IpHeader.defaultPriorityMap());
    private final ParsedPacket packet = new ParsedPacket();
    private final UnreachablePacket unreachable = new UnreachablePacket();

    @ParameterizedTest
    @ValueSource(strings = {"G1", "G2"})
    void answerQuotesProtocol146WhateverWasOnTheWire(String name) {
        byte[] icmp = answerTo(Golden.bytes(name));
        assertThat(icmp).hasSize(20 + 8 + 88);
        assertThat(icmp[20]).isEqualTo((byte) 3);
        assertThat(icmp[21]).isEqualTo((byte) 3);
        // G1 is G2 with protocol 146 and the header checksum that goes with it.
        assertThat(Arrays.copyOfRange(icmp, 28, icmp.length)).isEqualTo(Golden.bytes("G1"));
    }

    @Test
    void ownAnswerIsUnderstood() {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        assertThat(understood(icmp)).isTrue();
        assertThat(packet.sourceLow()).isEqualTo(SERVER);
        assertThat(packet.destinationLow()).isEqualTo(CLIENT);
        assertThat(unreachable.kind()).isEqualTo(Kind.PORT);
        assertThat(unreachable.destinationPort()).isEqualTo(SERVER_PORT);
        assertThat(unreachable.remoteHigh()).isZero();
        assertThat(unreachable.remoteLow()).isEqualTo(SERVER);
    }

    @Test
    void ownAnswerOverIpv6IsUnderstood() {
        byte[] icmp = answerTo(Golden.bytes("G15"));
        assertThat(icmp[6]).isEqualTo((byte) 58);
        assertThat(icmp[40]).isEqualTo((byte) 1);
        assertThat(icmp[41]).isEqualTo((byte) 4);
        assertThat(icmp[48 + 6]).isEqualTo((byte) 146);
        assertThat(understood(icmp)).isTrue();
        assertThat(unreachable.kind()).isEqualTo(Kind.PORT);
        assertThat(unreachable.destinationPort()).isEqualTo(SERVER_PORT);
        assertThat(unreachable.remoteHigh()).isEqualTo(HIGH);
        assertThat(unreachable.remoteLow()).isEqualTo(2);
    }

    @Test
    void answerToLongPacketIsShort() {
        byte[] big = new byte[1500];
        byte[] golden = Golden.bytes("G4");
        System.arraycopy(golden, 0, big, 0, golden.length);
        MemorySegment m = MemorySegment.ofArray(big);
        IpHeader.write(m, 0, 0x80, 1480, 0, HomaHeader.PROTOCOL_HOMA, 0, CLIENT, 0, SERVER);
        byte[] icmp = answerTo(big);
        assertThat(icmp).hasSize(576);
        assertThat(understood(icmp)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "3, 2, PROTOCOL",
        "3, 3, PORT",
        "3, 4, FRAGMENTATION_NEEDED",
        "3, 0, HOST",
        "3, 1, HOST",
        "3, 10, HOST",
        "3, 13, HOST"
    })
    void kindsOfIpv4(int type, int code, Kind kind) {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        retype(icmp, type, code);
        assertThat(understood(icmp)).isTrue();
        assertThat(unreachable.kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"1, 4, PORT", "1, 0, HOST", "1, 3, HOST", "4, 1, PROTOCOL", "2, 0, FRAGMENTATION_NEEDED"})
    void kindsOfIpv6(int type, int code, Kind kind) {
        byte[] icmp = answerTo(Golden.bytes("G15"));
        retype(icmp, type, code);
        assertThat(understood(icmp)).isTrue();
        assertThat(unreachable.kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"G2, 0, 0", "G2, 8, 0", "G2, 11, 0", "G2, 5, 1", "G15, 128, 0", "G15, 3, 0", "G15, 4, 0", "G15, 135, 0"
    })
    void otherMessagesAreNoErrors(String name, int type, int code) {
        byte[] icmp = answerTo(Golden.bytes(name));
        retype(icmp, type, code);
        assertThat(understood(icmp)).isFalse();
    }

    @Test
    void mtuOfNextHop() {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        MemorySegment.ofArray(icmp).set(ValueLayout.JAVA_BYTE, 26, (byte) (1400 >>> 8));
        MemorySegment.ofArray(icmp).set(ValueLayout.JAVA_BYTE, 27, (byte) 1400);
        retype(icmp, 3, 4);
        assertThat(understood(icmp)).isTrue();
        assertThat(unreachable.mtu()).isEqualTo(1400);
    }

    @Test
    void quoteOfWhatWasOnTheWireIsUnderstood() {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        icmp[28 + 9] = 6;
        retype(icmp, 3, 3);
        assertThat(understood(icmp)).isTrue();
    }

    @Test
    void quoteOfRealTcpIsNotOurs() {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        icmp[28 + 9] = 6;
        icmp[28 + 20 + 13] = 0x10;
        retype(icmp, 3, 3);
        assertThat(understood(icmp)).isFalse();
    }

    @Test
    void eightBytesBehindTheHeaderAreEnoughAndSevenAreNot() {
        byte[] whole = answerTo(Golden.bytes("G2"));
        assertThat(understood(shortened(whole, 56))).isTrue();
        assertThat(unreachable.destinationPort()).isEqualTo(SERVER_PORT);
        assertThat(understood(shortened(whole, 55))).isFalse();
        assertThat(understood(shortened(whole, 28))).isFalse();
        assertThat(understood(shortened(whole, 20))).isFalse();
    }

    /** Too short for the marks: the ports have to do. */
    @Test
    void shortQuoteOfTcpIsUnderstood() {
        byte[] whole = answerTo(Golden.bytes("G2"));
        whole[28 + 9] = 6;
        assertThat(understood(shortened(whole, 56))).isTrue();
        assertThat(understood(shortened(whole, 67))).isTrue();
        assertThat(understood(shortened(whole, 68))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "28, 65, another version",
        "28, 70, options",
        "34, 32, a fragment",
        "37, 17, UDP",
        "40, 11, another source"
    })
    void brokenQuoteIsDropped(int at, int value, String what) {
        byte[] icmp = answerTo(Golden.bytes("G2"));
        icmp[at] = (byte) value;
        retype(icmp, 3, 3);
        assertThat(understood(icmp)).as(what).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"G2", "G15"})
    void badChecksumIsDropped(String name) {
        byte[] icmp = answerTo(Golden.bytes(name));
        icmp[icmp.length - 1] ^= 1;
        assertThat(understood(icmp)).isFalse();
    }

    private byte[] answerTo(byte[] offending) {
        MemorySegment frame = MemorySegment.ofArray(offending);
        assertThat(parser.parse(frame, 0, offending.length, packet)).isEqualTo(Verdict.HOMA);
        MemorySegment target = MemorySegment.ofArray(new byte[UnreachablePacket.maxBytes()]);
        int length = UnreachablePacket.write(frame, packet, 0, target, 0);
        return target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }

    private boolean understood(byte[] icmp) {
        MemorySegment m = MemorySegment.ofArray(icmp);
        assertThat(parser.parse(m, 0, icmp.length, packet)).isEqualTo(Verdict.ICMP);
        return unreachable.parse(m, packet);
    }

    private void retype(byte[] icmp, int type, int code) {
        MemorySegment m = MemorySegment.ofArray(icmp);
        parser.parse(m, 0, icmp.length, packet);
        int at = (int) packet.homaOffset();
        icmp[at] = (byte) type;
        icmp[at + 1] = (byte) code;
        icmp[at + 2] = 0;
        icmp[at + 3] = 0;
        long pseudoHeader = packet.ipv6()
                ? Checksum.pseudoHeader(
                        packet.sourceHigh(),
                        packet.sourceLow(),
                        packet.destinationHigh(),
                        packet.destinationLow(),
                        58,
                        packet.homaLength())
                : 0;
        int checksum = Checksum.finish(pseudoHeader + Checksum.sum(m, at, packet.homaLength()));
        icmp[at + 2] = (byte) (checksum >>> 8);
        icmp[at + 3] = (byte) checksum;
    }

    private byte[] shortened(byte[] whole, int length) {
        byte[] icmp = Arrays.copyOf(whole, length);
        MemorySegment m = MemorySegment.ofArray(icmp);
        IpHeader.write(m, 0, 0xC0, length - 20, 0, 1, 0, SERVER, 0, CLIENT);
        if (length >= 28) {
            retype(icmp, 3, 3);
        }
        return icmp;
    }
}
