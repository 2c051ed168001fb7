package dev.remora.homa.net;

import static dev.remora.homa.net.Lan.OUR_IP6;
import static dev.remora.homa.net.Lan.PEER_IP6;
import static dev.remora.homa.net.Lan.PEER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.packet.EthernetHeader;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.NeighbourMessage;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** IPv6 neighbours; the long texts are whole frames by RFC 4861, their checksums computed elsewhere. */
class EthernetPortNdTest {
    /** fe80::1 asks for fe80::2. */
    private static final String OUR_QUESTION = "3333ff000002 020000000001 86dd 60000000 0020 3a ff"
            + "fe800000000000000000000000000001 ff0200000000000000000001ff000002"
            + "87 00 7a97 00000000 fe800000000000000000000000000002 01 01 020000000001";
    /** fe80::2 answers to fe80::1: solicited, override. */
    private static final String PEERS_ANSWER = "020000000001 020000000002 86dd 60000000 0020 3a ff"
            + "fe800000000000000000000000000002 fe800000000000000000000000000001"
            + "88 00 181a 60000000 fe800000000000000000000000000002 02 01 020000000002";

    private final Lan lan = new Lan();

    private static String plain(String hex) {
        return hex.replace(" ", "");
    }

    /** What fe80::2 would ask for fe80::1. */
    private static byte[] question(IpAddress from, IpAddress target) {
        byte[] packet = new byte[NeighbourMessage.BYTES];
        NeighbourMessage.writeSolicitation(
                MemorySegment.ofArray(packet),
                0,
                from.high(),
                from.low(),
                NeighbourMessage.LINK_GROUP_HIGH,
                NeighbourMessage.solicitedNodeLow(target.low()),
                target.high(),
                target.low(),
                PEER_MAC);
        return Lan.ethernet(0x3333_FF00_0001L, PEER_MAC, EthernetHeader.IPV6, packet);
    }

    @Test
    void unknownNeighbourIsAskedForAndThenSentTo() {
        assertThat(lan.send(PEER_IP6)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.run().heardHex()).isEqualTo(plain(OUR_QUESTION));
        lan.say(PEERS_ANSWER);
        assertThat(lan.send(PEER_IP6)).isNotNegative();
        assertThat(lan.heardHex()).startsWith("020000000002" + "020000000001" + "86dd");
    }

    @Test
    void questionForUsIsAnsweredAndTheAskerKnown() {
        lan.say(question(PEER_IP6, OUR_IP6));
        String answer = lan.heardHex();
        assertThat(answer)
                .startsWith("020000000002" + "020000000001" + "86dd" + "60000000" + "00203aff"
                        + "fe800000000000000000000000000001" + "fe800000000000000000000000000002" + "8800")
                .endsWith("60000000" + "fe800000000000000000000000000001" + "0201" + "020000000001");
        assertThat(lan.send(PEER_IP6)).isNotNegative();
        // Another port takes what this one wrote for a valid answer, checksum included.
        Lan other = new Lan(InterfaceSettings.of(PEER_MAC, OwnAddress.parse("fe80::2/64")));
        other.send(OUR_IP6);
        other.run();
        other.say(answer);
        assertThat(other.send(OUR_IP6)).isNotNegative();
    }

    @Test
    void checkWhetherOurAddressIsFreeIsAnsweredToAll() {
        byte[] frame = question(new IpAddress(0, 0), OUR_IP6);
        // With a source MAC option it breaks RFC 4861.
        assertThat(lan.say(frame).heardHex()).isEqualTo("none");
        assertThat(lan.count(PortCounter.BAD_ND)).isOne();
        lan.say("3333ff000001 020000000002 86dd 60000000 0018 3a ff"
                + "00000000000000000000000000000000 ff0200000000000000000001ff000001"
                + "87 00" + checksum("ff02", "fe80") + "00000000 fe800000000000000000000000000001");
        assertThat(lan.heardHex())
                .startsWith("333300000001")
                .contains("ff020000000000000000000000000001")
                .contains("20000000" + "fe80");
    }

    /** Of the solicitation above: ff02 + 1 + ff00 + 1 + 0018 + 3a + 8700 + fe80 + 1, folded and complemented. */
    private static String checksum(String group, String target) {
        int sum =
                Integer.parseInt(group, 16) + 1 + 0xff00 + 1 + 0x18 + 0x3a + 0x8700 + Integer.parseInt(target, 16) + 1;
        sum = (sum >>> 16) + (sum & 0xffff);
        sum = (sum >>> 16) + (sum & 0xffff);
        return String.format("%04x", ~sum & 0xffff);
    }

    @Test
    void whatCameOverARouterIsIgnored() {
        lan.send(PEER_IP6);
        lan.run().heard();
        lan.say(PEERS_ANSWER.replace("3a ff", "3a fe"));
        assertThat(lan.send(PEER_IP6)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.count(PortCounter.BAD_ND)).isOne();
    }

    @Test
    void wrongChecksumIsIgnored() {
        lan.send(PEER_IP6);
        lan.run().heard();
        lan.say(PEERS_ANSWER.replace("181a", "181b"));
        assertThat(lan.send(PEER_IP6)).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void optionOfLengthZeroIsIgnored() {
        lan.send(PEER_IP6);
        lan.run().heard();
        // The checksum is made right again: 0201 becomes 0200.
        lan.say(PEERS_ANSWER.replace("02 01 0200", "02 00 0200").replace("181a", "181b"));
        assertThat(lan.count(PortCounter.BAD_ND)).isOne();
        assertThat(lan.send(PEER_IP6)).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void unaskedAdvertisementIsNotBelieved() {
        lan.say(PEERS_ANSWER);
        assertThat(lan.send(PEER_IP6)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.count(PortCounter.ANSWERS_UNASKED)).isOne();
    }

    @Test
    void globalPeersGetOurGlobalAddress() {
        IpAddress peer = IpAddress.parse("2001:db8::2");
        lan.say(Lan.data(peer, IpAddress.parse("2001:db8::1"), PEER_MAC, 10));
        assertThat(lan.homa).hasSize(1);
        assertThat(lan.send(peer)).isNotNegative();
        assertThat(new IpAddress(lan.port.sourceHigh(), lan.port.sourceLow()))
                .isEqualTo(IpAddress.parse("2001:db8::1"));
        lan.say(Lan.data(PEER_IP6, OUR_IP6, PEER_MAC, 10));
        lan.send(PEER_IP6);
        assertThat(new IpAddress(lan.port.sourceHigh(), lan.port.sourceLow())).isEqualTo(OUR_IP6);
    }

    @Test
    void kernelsAddressIsLeftToTheKernelToAnswer() {
        Lan shared = new Lan(Lan.settings().answeredByKernel());
        shared.say(question(PEER_IP6, OUR_IP6));
        assertThat(shared.heardHex()).isEqualTo("none");
        assertThat(shared.send(PEER_IP6)).isNotNegative();
    }
}
