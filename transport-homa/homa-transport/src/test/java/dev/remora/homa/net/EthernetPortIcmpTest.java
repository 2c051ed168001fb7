package dev.remora.homa.net;

import static dev.remora.homa.net.Lan.OUR_IP;
import static dev.remora.homa.net.Lan.OUR_IP6;
import static dev.remora.homa.net.Lan.OUR_MAC;
import static dev.remora.homa.net.Lan.PEER_IP;
import static dev.remora.homa.net.Lan.PEER_IP6;
import static dev.remora.homa.net.Lan.PEER_MAC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.homa.link.MemoryHub;
import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.wire.Checksum;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.ParsedPacket;
import dev.remora.homa.protocol.wire.UdpHeader;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Echo, refusals, errors of routers. */
class EthernetPortIcmpTest {
    private final Lan lan = new Lan();

    /** An ICMP message from the peer, its checksum made right. */
    private static byte[] icmp(IpAddress from, IpAddress to, byte[] message) {
        boolean ipv6 = !to.isIpv4();
        int ip = IpHeader.headerBytes(ipv6);
        int protocol = ipv6 ? 58 : 1;
        byte[] packet = new byte[ip + message.length];
        MemorySegment m = MemorySegment.ofArray(packet);
        IpHeader.write(m, 0, 0, message.length, 1, protocol, from.high(), from.low(), to.high(), to.low());
        System.arraycopy(message, 0, packet, ip, message.length);
        long pseudo = ipv6
                ? Checksum.pseudoHeader(from.high(), from.low(), to.high(), to.low(), protocol, message.length)
                : 0;
        int sum = Checksum.finish(pseudo + Checksum.sum(m, ip, message.length));
        packet[ip + 2] = (byte) (sum >>> 8);
        packet[ip + 3] = (byte) sum;
        return Lan.ethernet(OUR_MAC, PEER_MAC, ipv6 ? EthernetHeader.IPV6 : EthernetHeader.IPV4, packet);
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    @Test
    void echoIsAnswered() {
        lan.say(icmp(PEER_IP, OUR_IP, bytes("08 00 0000 1234 0001 68616c6c6f")));
        String reply = lan.heardHex();
        assertThat(reply)
                .startsWith("020000000002" + "020000000001" + "0800" + "45000021")
                .contains("0a000001" + "0a000002" + "0000")
                .contains("1234" + "0001" + "68616c6c6f");
        byte[] frame = HexFormat.of().parseHex(reply);
        assertThat(Checksum.fold(Checksum.sum(MemorySegment.ofArray(frame), 34, 13)))
                .isEqualTo(0xFFFF);
        assertThat(Checksum.ipv4HeaderIsValid(MemorySegment.ofArray(frame), 14, 20))
                .isTrue();
    }

    @Test
    void echoOverIpv6IsAnswered() {
        lan.say(icmp(PEER_IP6, OUR_IP6, bytes("80 00 0000 1234 0001 68616c6c6f")));
        byte[] frame = HexFormat.of().parseHex(lan.heardHex());
        MemorySegment m = MemorySegment.ofArray(frame);
        assertThat(frame[54] & 0xFF).isEqualTo(129);
        long pseudo = Checksum.pseudoHeader(OUR_IP6.high(), OUR_IP6.low(), PEER_IP6.high(), PEER_IP6.low(), 58, 13);
        assertThat(Checksum.fold(pseudo + Checksum.sum(m, 54, 13))).isEqualTo(0xFFFF);
    }

    @Test
    void brokenOrForeignEchoIsNotAnswered() {
        byte[] echo = icmp(PEER_IP, OUR_IP, bytes("08 00 0000 1234 0001 6868"));
        echo[echo.length - 1] ^= 1;
        lan.say(echo);
        lan.say(icmp(PEER_IP, IpAddress.parse("10.0.0.9"), bytes("08 00 0000 1234 0001 6868")));
        lan.say(icmp(PEER_IP, IpAddress.parse("10.0.0.255"), bytes("08 00 0000 1234 0001 6868")));
        lan.say(icmp(OUR_IP, OUR_IP, bytes("08 00 0000 1234 0001 6868")));
        lan.say(icmp(IpAddress.parse("10.0.0.255"), OUR_IP, bytes("08 00 0000 1234 0001 6868")));
        assertThat(lan.heardHex()).isEqualTo("none");
        assertThat(lan.count(PortCounter.ICMP_IGNORED)).isEqualTo(5);
    }

    @Test
    void echoIsLeftToTheKernelThatHasTheAddress() {
        Lan shared = new Lan(Lan.settings().answeredByKernel());
        shared.say(icmp(PEER_IP, OUR_IP, bytes("08 00 0000 1234 0001 6868")));
        assertThat(shared.heardHex()).isEqualTo("none");
    }

    @Test
    void echoesAreLimited() {
        byte[] echo = icmp(PEER_IP, OUR_IP, bytes("08 00 0000 1234 0001 6868"));
        for (int i = 0; i < 300; i++) {
            lan.say(echo);
            lan.heard();
        }
        assertThat(lan.count(PortCounter.ECHOES_ANSWERED)).isEqualTo(100);
    }

    @Test
    void refusedPacketTellsTheSenderSo() {
        Lan peer = new Lan(
                InterfaceSettings.of(PEER_MAC, OwnAddress.parse("10.0.0.2/24"), OwnAddress.parse("fe80::2/64")));
        lan.refuseAll = true;
        lan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 1000));
        byte[] refusal = lan.heard().getFirst();
        assertThat(refusal).as("576 bytes of IP at most").hasSize(14 + 576);
        assertThat(refusal[14 + 20]).isEqualTo((byte) 3);
        assertThat(refusal[14 + 28 + 9] & 0xFF).as("protocol quoted").isEqualTo(146);
        peer.say(refusal);
        lan.say(Lan.data(PEER_IP6, OUR_IP6, PEER_MAC, 30));
        peer.say(lan.heardHex());
        assertThat(peer.unreachable).containsExactly("PORT 10.0.0.1 4000", "PORT fe80:0:0:0:0:0:0:1 4000");
    }

    @Test
    void refusalOfAPacketInPiecesQuotesOnlyTheFirst() {
        Lan pieces = new Lan(Lan.settings(), new MemoryHub.Options(1500, 64, false, 300));
        pieces.refuseAll = true;
        pieces.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 1000));
        assertThat(pieces.count(PortCounter.REFUSED)).isOne();
    }

    @Test
    void refusalsAreLimitedAndCanBeOff() {
        lan.refuseAll = true;
        byte[] request = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 10);
        for (int i = 0; i < 300; i++) {
            lan.say(request);
            lan.heard();
        }
        assertThat(lan.count(PortCounter.REFUSED)).isEqualTo(100);
        assertThat(lan.count(PortCounter.ANSWERS_LIMITED)).isEqualTo(200);
        Lan shared = new Lan(Lan.settings().withRefuses(false));
        shared.refuseAll = true;
        shared.say(request);
        assertThat(shared.heardHex()).isEqualTo("none");
        assertThat(shared.count(PortCounter.NOT_REFUSED)).isOne();
    }

    @Test
    void refusingLaterIsAMistake() {
        assertThatThrownBy(() -> lan.port.refuse(MemorySegment.NULL, new ParsedPacket()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("during onHoma");
    }

    /** The first 28 bytes of a packet of ours to 192.0.2.9, as a router quotes them. */
    private static byte[] error(int type, int code, int rest, IpAddress quotedSource) {
        byte[] sent = Lan.data(quotedSource, IpAddress.parse("192.0.2.9"), OUR_MAC, 10);
        byte[] message = new byte[8 + 48];
        message[0] = (byte) type;
        message[1] = (byte) code;
        message[6] = (byte) (rest >>> 8);
        message[7] = (byte) rest;
        System.arraycopy(sent, 14, message, 8, 48);
        return message;
    }

    @Test
    void errorsOfRoutersAreHandedOn() {
        IpAddress router = IpAddress.parse("10.0.0.254");
        lan.say(icmp(router, OUR_IP, error(3, 1, 0, OUR_IP)));
        lan.say(icmp(router, OUR_IP, error(3, 2, 0, OUR_IP)));
        lan.say(icmp(router, OUR_IP, error(3, 3, 0, OUR_IP)));
        assertThat(lan.unreachable)
                .containsExactly("HOST 192.0.2.9 4000", "PROTOCOL 192.0.2.9 4000", "PORT 192.0.2.9 4000");
        // About a packet that somebody else sent.
        lan.say(icmp(router, OUR_IP, error(3, 3, 0, PEER_IP)));
        assertThat(lan.unreachable).hasSize(3);
    }

    /** The kernel of a host without Homa behind UDP, and a router that quotes as little as it may. */
    @Test
    void errorsAboutDatagramsAreOursIfTheirPortIs() {
        Lan udp = new Lan(Lan.settings().withUdpPort(UdpHeader.DEFAULT_PORT));
        byte[] sent = Arrays.copyOfRange(Lan.udp(OUR_IP, PEER_IP, OUR_MAC, 10), 14, 14 + 20 + 8 + 28);
        byte[] message = new byte[8 + sent.length];
        message[0] = 3;
        message[1] = 3;
        System.arraycopy(sent, 0, message, 8, sent.length);
        udp.say(icmp(PEER_IP, OUR_IP, message));
        udp.say(icmp(PEER_IP, OUR_IP, Arrays.copyOf(message, 8 + 20 + 8)));
        lan.say(icmp(PEER_IP, OUR_IP, message));
        assertThat(udp.unreachable).containsExactly("PORT 10.0.0.2 4000", "PROTOCOL 10.0.0.2 0");
        assertThat(lan.unreachable).as("without UDP").isEmpty();
    }

    @Test
    void refusedDatagramIsQuotedAsItWas() {
        Lan udp = new Lan(Lan.settings().withUdpPort(UdpHeader.DEFAULT_PORT));
        udp.refuseAll = true;
        byte[] frame = Lan.udp(PEER_IP, OUR_IP, PEER_MAC, 10);
        udp.say(frame);
        String quoted = HexFormat.of().formatHex(frame, 14, frame.length);
        assertThat(udp.heardHex()).endsWith("0303" + checksumOf(quoted) + "00000000" + quoted);
    }

    private static String checksumOf(String quoted) {
        byte[] message = HexFormat.of().parseHex("0303000000000000" + quoted);
        return HexFormat.of()
                .toHexDigits((short) Checksum.finish(Checksum.sum(MemorySegment.ofArray(message), 0, message.length)));
    }

    @Test
    void whatRoutersSayOfPacketsThatAreTooLargeIsHandedOn() {
        IpAddress router = IpAddress.parse("10.0.0.254");
        lan.say(icmp(router, OUR_IP, error(3, 4, 1400, OUR_IP)));
        assertThat(lan.unreachable).containsExactly("PATH_MTU 192.0.2.9 1400");
        lan.say(icmp(router, OUR_IP, error(3, 4, 0, OUR_IP)));
        assertThat(lan.unreachable).last().isEqualTo("PATH_MTU 192.0.2.9 0");
        assertThat(lan.count(PortCounter.PATH_MTU_TOLD)).isEqualTo(2);
        // About a packet that somebody else sent.
        lan.say(icmp(router, OUR_IP, error(3, 4, 1300, PEER_IP)));
        assertThat(lan.unreachable).hasSize(2);
    }
}
