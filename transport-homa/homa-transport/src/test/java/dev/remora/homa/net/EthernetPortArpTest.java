package dev.remora.homa.net;

import static dev.remora.homa.net.Lan.OUR_IP;
import static dev.remora.homa.net.Lan.OUR_MAC;
import static dev.remora.homa.net.Lan.PEER_IP;
import static dev.remora.homa.net.Lan.PEER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.net.packet.MacAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** IPv4 neighbours. The bytes are those of RFC 826 over Ethernet, padded to 60. */
class EthernetPortArpTest {
    private static final String PADDING = "00".repeat(18);
    private static final String QUESTION =
            "ffffffffffff 020000000002 0806 0001 0800 06 04 0001" + "020000000002 0a000002 000000000000 0a000001";
    private static final String OUR_ANSWER =
            "0200000000020200000000010806000108000604000202000000000" + "10a0000010200000000020a000002" + PADDING;
    private static final String OUR_QUESTION =
            "ffffffffffff0200000000010806000108000604000102000000000" + "10a0000010000000000000a000002" + PADDING;

    private static final long OTHER_MAC = 0x0200_0000_0003L;
    private static final IpAddress GATEWAY = IpAddress.parse("10.0.0.254");
    private static final IpAddress FAR = IpAddress.parse("192.0.2.9");

    private final Lan lan = new Lan();

    @Test
    void questionForUsIsAnswered() {
        assertThat(lan.say(QUESTION).heardHex()).isEqualTo(OUR_ANSWER);
        assertThat(lan.count(PortCounter.NEIGHBOURS_ANSWERED)).isOne();
    }

    @Test
    void whoeverAskedForUsIsKnown() {
        lan.say(QUESTION).heard();
        assertThat(lan.send(PEER_IP)).isNotNegative();
        assertThat(lan.heardHex()).startsWith("020000000002" + "020000000001" + "0800");
    }

    @Test
    void kernelsAddressIsLeftToTheKernelToAnswer() {
        Lan shared = new Lan(Lan.settings().answeredByKernel());
        assertThat(shared.say(QUESTION).heardHex()).isEqualTo("none");
        assertThat(shared.send(PEER_IP)).isNotNegative();
    }

    @Test
    void questionForOthersIsNotAnswered() {
        assertThat(lan.say(QUESTION.replace("0a000001", "0a000009")).heardHex()).isEqualTo("none");
        assertThat(lan.send(PEER_IP)).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void probeForOurAddressIsAnsweredAndTeachesNothing() {
        assertThat(lan.say(QUESTION.replace("0a000002", "00000000")).heardHex())
                .startsWith("020000000002" + "020000000001" + "0806" + "0001080006040002");
        assertThat(lan.send(IpAddress.parse("0.0.0.0"))).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void unknownNeighbourIsAskedForAndThenSentTo() {
        assertThat(lan.send(PEER_IP)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.run().heardHex()).isEqualTo(OUR_QUESTION);
        lan.say(Lan.arp(2, PEER_MAC, PEER_IP, OUR_IP, false));
        assertThat(lan.send(PEER_IP)).isNotNegative();
        assertThat(lan.count(PortCounter.NEIGHBOUR_UNKNOWN)).isOne();
    }

    @Test
    void silentNeighbourIsAskedFourTimesAndThenLeftInPeace() {
        lan.send(PEER_IP);
        int questions = 0;
        for (int ms = 0; ms < 1900; ms += 50) {
            lan.later(50);
            lan.send(PEER_IP);
            questions += lan.heard().size();
        }
        assertThat(questions).isEqualTo(4);
        lan.later(200);
        lan.send(PEER_IP);
        assertThat(lan.later(1).heard()).as("after the pause").hasSize(1);
    }

    @Test
    void unaskedAnswerIsNotBelieved() {
        lan.say(Lan.arp(2, OTHER_MAC, PEER_IP, OUR_IP, false));
        assertThat(lan.send(PEER_IP)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.count(PortCounter.ANSWERS_UNASKED)).isOne();
    }

    @Test
    void contradictionMakesUsAskAndTheAnswerDecides() {
        lan.say(QUESTION).heard();
        // Somebody else announces the address: not believed, but asked about, the known one first.
        lan.say(Lan.arp(1, OTHER_MAC, PEER_IP, PEER_IP, true));
        lan.send(PEER_IP);
        lan.run();
        assertThat(lan.heard())
                .anySatisfy(
                        frame -> assertThat(frame).startsWith(2, 0, 0, 0, 0, 2).hasSize(60));
        assertThat(lan.port.reserve(PEER_IP.high(), PEER_IP.low(), 100)).isNotNegative();
        lan.say(Lan.arp(2, OTHER_MAC, PEER_IP, OUR_IP, false));
        lan.heard();
        lan.send(PEER_IP);
        assertThat(lan.heardHex()).startsWith("020000000003");
    }

    @Test
    void twoOwnersOfOneAddressCauseNoStormOfQuestions() {
        lan.say(QUESTION).heard();
        for (int i = 0; i < 1000; i++) {
            lan.send(PEER_IP);
            lan.say(Lan.arp(2, PEER_MAC, PEER_IP, OUR_IP, false));
            lan.say(Lan.arp(2, OTHER_MAC, PEER_IP, OUR_IP, false));
            lan.later(1);
            lan.heard();
        }
        assertThat(lan.count(PortCounter.NEIGHBOURS_ASKED)).isBetween(1L, 3L);
    }

    @Test
    void peersOwnPacketsMakeItKnownAndFollowIt() {
        lan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100));
        assertThat(lan.homa).hasSize(1);
        lan.send(PEER_IP);
        assertThat(lan.heardHex()).startsWith("020000000002");
        lan.say(Lan.data(PEER_IP, OUR_IP, OTHER_MAC, 100));
        lan.send(PEER_IP);
        assertThat(lan.heardHex()).startsWith("020000000003");
    }

    @Test
    void peersPacketWithWrongChecksumTeachesNothing() {
        byte[] frame = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100);
        frame[frame.length - 1] ^= 1;
        lan.say(frame);
        assertThat(lan.count(PortCounter.BAD_HOMA_CHECKSUM)).isOne();
        assertThat(lan.send(PEER_IP)).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void staleNeighbourIsUsedWhileItIsAsked() {
        lan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100));
        lan.later(31_000);
        assertThat(lan.send(PEER_IP)).isNotNegative();
        lan.heard();
        assertThat(lan.run().heardHex()).as("unicast question").startsWith("020000000002" + "020000000001" + "0806");
        lan.say(Lan.arp(2, PEER_MAC, PEER_IP, OUR_IP, false));
        lan.send(PEER_IP);
        assertThat(lan.later(5000).heard()).as("no further question").hasSize(1);
    }

    @Test
    void vanishedNeighbourIsGivenUp() {
        lan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100));
        lan.later(31_000);
        long last = 0;
        for (int i = 0; i < 70; i++) {
            last = lan.send(PEER_IP);
            lan.later(100);
        }
        assertThat(last).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.count(PortCounter.NEIGHBOURS_ASKED)).isBetween(6L, 8L);
    }

    @Test
    void farPeersAreReachedByTheGatewayThatIsAskedForAtOnce() {
        Lan routed = new Lan(Lan.settings().withGateway(GATEWAY));
        assertThat(routed.run().heardHex()).startsWith("ffffffffffff").contains("0a0000fe");
        routed.say(Lan.arp(2, 0x0200_0000_00FEL, GATEWAY, OUR_IP, false));
        routed.send(FAR);
        assertThat(routed.heardHex()).startsWith("0200000000fe");
        // A router forwards what claims to be a neighbour: that does not move the neighbour behind the router.
        routed.say(Lan.data(PEER_IP, OUR_IP, 0x0200_0000_00FEL, 10));
        assertThat(routed.homa).hasSize(1);
        assertThat(routed.send(PEER_IP)).isEqualTo(PacketPort.NO_ROUTE);
    }

    @Test
    void farPeersWithoutGatewayHaveNoRoute() {
        assertThat(lan.send(FAR)).isEqualTo(PacketPort.NO_ROUTE);
        assertThat(lan.run().heardHex()).isEqualTo("none");
        assertThat(lan.count(PortCounter.NO_ROUTE)).isOne();
    }

    @Test
    void impossiblePeersAreNeverAskedFor() {
        for (String ip :
                new String[] {"10.0.0.1", "10.0.0.255", "10.0.0.0", "224.0.0.1", "255.255.255.255", "ff02::1"}) {
            IpAddress peer = IpAddress.parse(ip);
            assertThat(lan.send(peer)).as(ip).isEqualTo(PacketPort.NO_ROUTE);
        }
        assertThat(lan.run().heardHex()).isEqualTo("none");
    }

    @Test
    void configuredNeighbourNeverChanges() {
        Lan fixed = new Lan(Lan.settings().withNeighbours(Map.of(PEER_IP, PEER_MAC)));
        fixed.say(Lan.data(PEER_IP, OUR_IP, OTHER_MAC, 100));
        fixed.say(Lan.arp(2, OTHER_MAC, PEER_IP, OUR_IP, false));
        fixed.later(100_000);
        fixed.send(PEER_IP);
        assertThat(fixed.run().heardHex()).startsWith("020000000002");
    }

    @Test
    void repliesToQuestionsAreLimited() {
        for (int i = 0; i < 500; i++) {
            lan.say(QUESTION);
            lan.heard();
        }
        assertThat(lan.count(PortCounter.NEIGHBOURS_ANSWERED)).isEqualTo(100);
        assertThat(lan.count(PortCounter.ANSWERS_LIMITED)).isEqualTo(400);
        lan.later(10).say(QUESTION);
        assertThat(lan.count(PortCounter.NEIGHBOURS_ANSWERED)).isEqualTo(101);
    }

    @Test
    void answersNeverGoToEverybody() {
        lan.say(Lan.arp(1, MacAddress.BROADCAST, PEER_IP, OUR_IP, true));
        lan.say(QUESTION.replace("0001 020000000002", "0001 ffffffffffff")
                .replace("0001020000000002", "0001ffffffffffff"));
        lan.say(Lan.arp(1, OUR_MAC, PEER_IP, OUR_IP, true));
        assertThat(lan.heardHex()).isEqualTo("none");
    }
}
