package dev.remora.homa.net;

import static dev.remora.homa.net.Lan.OUR_IP;
import static dev.remora.homa.net.Lan.OUR_IP6;
import static dev.remora.homa.net.Lan.OUR_MAC;
import static dev.remora.homa.net.Lan.PEER_IP;
import static dev.remora.homa.net.Lan.PEER_IP6;
import static dev.remora.homa.net.Lan.PEER_MAC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.remora.homa.link.MemoryHub;
import dev.remora.homa.link.Offload;
import dev.remora.homa.net.packet.IpAddress;
import dev.remora.homa.protocol.wire.IpHeader;
import dev.remora.homa.protocol.wire.UdpHeader;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames are ours, whole, in pieces, and hostile. */
class EthernetPortFramesTest {
    private final Lan lan = new Lan();

    private static byte[] tagged(byte[] frame, int tag) {
        byte[] longer = new byte[frame.length + 4];
        System.arraycopy(frame, 0, longer, 0, 12);
        longer[12] = (byte) 0x81;
        longer[14] = (byte) (tag >>> 8);
        longer[15] = (byte) tag;
        System.arraycopy(frame, 12, longer, 16, frame.length - 12);
        return longer;
    }

    @Test
    void priorityTagIsTakenAndVlanIsNot() {
        byte[] frame = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100);
        lan.say(tagged(frame, 0xE000));
        assertThat(lan.homa).hasSize(1);
        lan.say(tagged(frame, 0xE005));
        lan.say(tagged(tagged(frame, 0), 0));
        assertThat(lan.homa).hasSize(1);
        assertThat(lan.count(PortCounter.OTHER_VLAN)).isOne();
        assertThat(lan.count(PortCounter.NOT_IP)).isOne();
    }

    @Test
    void onlyFramesOfOurVlanAreTaken() {
        byte[] frame = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100);
        Lan vlan = new Lan(Lan.settings().withTag(new VlanTag(5, false)));
        vlan.say(tagged(frame, 0xE005));
        assertThat(vlan.homa).hasSize(1);
        vlan.say(frame);
        vlan.say(tagged(frame, 0xE000));
        vlan.say(tagged(frame, 6));
        assertThat(vlan.homa).hasSize(1);
        assertThat(vlan.count(PortCounter.OTHER_VLAN)).isEqualTo(3);
    }

    /** The kernel's packet sockets let in one VLAN and take its tags off. */
    @Test
    void tagsMayHaveBeenTakenOff() {
        Lan vlan = new Lan(Lan.settings().withTag(new VlanTag(5, false)), MemoryHub.Options.PLAIN, true);
        vlan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100));
        assertThat(vlan.homa).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, true, 7, e000",
        "0, true, 6, c000",
        "0, true, 2, 4000",
        "0, true, 1, 0000",
        "0, true, 0, 2000",
        "5, true, 7, e005",
        "5, false, 7, 0005",
        "4094, true, 3, 6ffe"
    })
    void framesAreTaggedWithTheirLevel(int vlan, boolean priority, int level, String tag) {
        Lan tagging = new Lan(Lan.settings().withTag(new VlanTag(vlan, priority)));
        tagging.say(tagged(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100), vlan));
        tagging.say(tagged(Lan.data(PEER_IP6, OUR_IP6, PEER_MAC, 100), vlan));
        for (IpAddress peer : new IpAddress[] {PEER_IP, PEER_IP6}) {
            boolean ipv4 = peer.isIpv4();
            IpAddress own = ipv4 ? OUR_IP : OUR_IP6;
            long at = tagging.port.reserve(peer.high(), peer.low(), 100);
            assertThat(at).isNotNegative();
            IpHeader.write(
                    tagging.port.memory(),
                    at,
                    level << 5,
                    100 - (ipv4 ? 20 : 40),
                    1,
                    146,
                    own.high(),
                    own.low(),
                    peer.high(),
                    peer.low());
            tagging.port.commit(100, Offload.NONE, 0);
            tagging.port.flush();
            assertThat(tagging.heardHex())
                    .startsWith("020000000002" + "020000000001" + "8100" + tag + (ipv4 ? "080045" : "86dd6"))
                    .hasSize(2 * (18 + 100));
        }
    }

    /** Their answers are in the VLAN, too; a tag for the priority alone is not for them. */
    @Test
    void answersAreInOurVlan() {
        Lan vlan = new Lan(Lan.settings().withTag(new VlanTag(5, true)));
        vlan.say(tagged(Lan.arp(1, PEER_MAC, PEER_IP, OUR_IP, true), 5));
        assertThat(vlan.heardHex()).startsWith("020000000002" + "020000000001" + "8100" + "0005" + "0806" + "0001");
        Lan priority = new Lan(Lan.settings().withTag(new VlanTag(0, true)));
        priority.say(Lan.arp(1, PEER_MAC, PEER_IP, OUR_IP, true));
        assertThat(priority.heardHex()).startsWith("020000000002" + "020000000001" + "0806" + "0001");
    }

    /** A device that does not say that its frames may be longer by a tag gets shorter packets. */
    @Test
    void tagHasItsRoom() {
        Lan tagging = new Lan(Lan.settings().withTag(new VlanTag(5, true)));
        assertThat(tagging.port.capabilities().mtu()).isEqualTo(1_496);
        assertThat(tagging.port.capabilities().maxFrameBytes()).isEqualTo(1_510);
        assertThat(lan.port.capabilities().mtu()).isEqualTo(1_500);
    }

    @Test
    void homaBehindUdpIsTakenAtItsPort() {
        Lan udp = new Lan(Lan.settings().withUdpPort(UdpHeader.DEFAULT_PORT));
        assertThat(udp.port.udpPort()).isEqualTo(UdpHeader.DEFAULT_PORT);
        for (IpAddress peer : new IpAddress[] {PEER_IP, PEER_IP6}) {
            udp.homa.clear();
            byte[] frame = Lan.udp(peer, peer.isIpv4() ? OUR_IP : OUR_IP6, PEER_MAC, 500);
            udp.say(frame);
            assertThat(udp.homa).hasSize(1);
            assertThat(udp.homa.getFirst().length()).isEqualTo(56 + 500);
            udp.say(Lan.data(peer, peer.isIpv4() ? OUR_IP : OUR_IP6, PEER_MAC, 100));
            assertThat(udp.homa).as("the other forms, too").hasSize(2);
            frame[frame.length - 1] ^= 1;
            udp.say(frame);
            lan.say(frame);
        }
        assertThat(udp.count(PortCounter.BAD_HOMA_CHECKSUM)).isEqualTo(2);
        assertThat(lan.count(PortCounter.NOT_HOMA)).as("without UDP").isEqualTo(2);
        assertThat(udp.heard()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {153, 200, 257, 999, 5000})
    void datagramsInPiecesAreHandedOnAndChecked(int pieceBytes) {
        Lan pieces = new Lan(
                Lan.settings().withUdpPort(UdpHeader.DEFAULT_PORT), new MemoryHub.Options(9000, 64, false, pieceBytes));
        for (IpAddress peer : new IpAddress[] {PEER_IP, PEER_IP6}) {
            pieces.homa.clear();
            byte[] frame = Lan.udp(peer, peer.isIpv4() ? OUR_IP : OUR_IP6, PEER_MAC, 4321);
            int homa = peer.isIpv4() ? 42 : 62;
            pieces.say(Arrays.copyOf(frame, frame.length + 500));
            assertThat(pieces.homa).hasSize(1);
            assertThat(pieces.homa.getFirst().bytes()).isEqualTo(Arrays.copyOfRange(frame, homa, frame.length));
            long before = pieces.count(PortCounter.BAD_HOMA_CHECKSUM);
            frame[frame.length - 1] ^= 1;
            pieces.say(frame);
            frame[frame.length - 1] ^= 1;
            // Left out, as UDP allows and we do not.
            frame[homa - 2] = 0;
            frame[homa - 1] = 0;
            pieces.say(frame);
            assertThat(pieces.homa).hasSize(1);
            assertThat(pieces.count(PortCounter.BAD_HOMA_CHECKSUM) - before).isEqualTo(2);
        }
    }

    @Test
    void everythingElseIsCountedByReasonAndNeverAnswered() {
        byte[] ours = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100);
        byte[] realTcp = ours.clone();
        realTcp[14 + 20 + 13] = 0x02;
        lan.say(realTcp);
        assertThat(lan.count(PortCounter.NOT_HOMA)).isOne();
        byte[] otherMac = ours.clone();
        otherMac[5] = 9;
        lan.say(otherMac);
        byte[] toAll = ours.clone();
        Arrays.fill(toAll, 0, 6, (byte) 0xFF);
        lan.say(toAll);
        assertThat(lan.count(PortCounter.FOREIGN_FRAME)).isEqualTo(2);
        lan.say(Lan.data(PEER_IP, IpAddress.parse("10.0.0.9"), PEER_MAC, 100));
        assertThat(lan.count(PortCounter.NOT_OURS)).isOne();
        lan.say(Lan.data(OUR_IP, OUR_IP, PEER_MAC, 100));
        lan.say(Lan.data(IpAddress.parse("10.0.0.255"), OUR_IP, PEER_MAC, 100));
        lan.say(Lan.data(IpAddress.parse("127.0.0.1"), OUR_IP, PEER_MAC, 100));
        assertThat(lan.count(PortCounter.BAD_ADDRESS)).isEqualTo(3);
        byte[] wrongType = ours.clone();
        wrongType[12] = (byte) 0x86;
        wrongType[13] = (byte) 0xDD;
        lan.say(wrongType);
        assertThat(lan.count(PortCounter.BAD_LENGTH)).isOne();
        lan.say(Lan.data(PEER_IP, OUR_IP, 0x0100_5E00_0001L, 100));
        // Last, since it makes the hub believe that we are there; and to all, since it would not carry it otherwise.
        byte[] ownMac = Lan.data(PEER_IP, OUR_IP, OUR_MAC, 100);
        Arrays.fill(ownMac, 0, 6, (byte) 0xFF);
        lan.say(ownMac);
        assertThat(lan.count(PortCounter.BAD_SOURCE_MAC)).isEqualTo(2);
        assertThat(lan.homa).isEmpty();
        assertThat(lan.heard()).isEmpty();
    }

    @Test
    void nativePacketsAreTakenToo() {
        byte[] frame = Lan.data(PEER_IP, OUR_IP, PEER_MAC, 100, 146);
        frame[14 + 20 + 16] ^= 1;
        lan.say(frame);
        assertThat(lan.homa).as("their checksum is not looked at").hasSize(1);
    }

    @Test
    void paddingIsNotPartOfThePacket() {
        byte[] frame = Arrays.copyOf(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 3), 200);
        lan.say(frame);
        assertThat(lan.homa.getFirst().length()).isEqualTo(56 + 3);
    }

    @ParameterizedTest
    @ValueSource(ints = {145, 200, 257, 999, 5000})
    void piecesAreHandedOnInOrderAndChecked(int pieceBytes) {
        Lan pieces = new Lan(Lan.settings(), new MemoryHub.Options(9000, 64, false, pieceBytes));
        for (IpAddress peer : new IpAddress[] {PEER_IP, PEER_IP6}) {
            pieces.homa.clear();
            byte[] frame = Lan.data(peer, peer.isIpv4() ? OUR_IP : OUR_IP6, PEER_MAC, 4321);
            int ip = peer.isIpv4() ? 34 : 54;
            pieces.say(Arrays.copyOf(frame, frame.length + 500));
            assertThat(pieces.homa).hasSize(1);
            assertThat(pieces.homa.getFirst().bytes()).isEqualTo(Arrays.copyOfRange(frame, ip, frame.length));
            frame[frame.length - 1] ^= 1;
            pieces.say(frame);
            assertThat(pieces.homa).hasSize(1);
        }
        assertThat(pieces.count(PortCounter.BAD_HOMA_CHECKSUM)).isEqualTo(2);
    }

    @Test
    void frameOfTooManyPiecesIsDropped() {
        Lan pieces = new Lan(Lan.settings(), new MemoryHub.Options(30_000, 8, false, 150));
        pieces.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 25_000));
        assertThat(pieces.homa).isEmpty();
        assertThat(pieces.count(PortCounter.TOO_MANY_PIECES)).isOne();
    }

    @Test
    void firstPieceWithoutAllHeadersIsDropped() {
        Lan pieces = new Lan(Lan.settings(), new MemoryHub.Options(1500, 8, false, 60));
        pieces.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 1000));
        assertThat(pieces.homa).isEmpty();
        assertThat(pieces.count(PortCounter.BAD_LENGTH)).isOne();
    }

    @Test
    void framesTheDeviceCutsAreCarriedWhole() {
        Lan sending = new Lan(Lan.settings(), MemoryHub.Options.SEGMENTING);
        assertThat(sending.port.capabilities().segmentation()).isTrue();
        sending.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 50_000), Offload.SEGMENTATION);
        assertThat(sending.homa.getFirst().length()).isEqualTo(56 + 50_000);
        assertThat(sending.port.reserve(PEER_IP.high(), PEER_IP.low(), 60_000)).isNotNegative();
        sending.port.commit(60_000, Offload.SEGMENTATION, 1424);
        sending.port.flush();
        assertThat(sending.heard().getFirst()).hasSize(60_014);
    }

    @Test
    void fullDeviceIsToldAndNothingIsLost() {
        lan.say(Lan.data(PEER_IP, OUR_IP, PEER_MAC, 1));
        int room = 0;
        while (lan.port.reserve(PEER_IP.high(), PEER_IP.low(), 100) >= 0) {
            lan.port.commit(100, Offload.NONE, 0);
            room++;
        }
        assertThat(lan.port.reserve(PEER_IP.high(), PEER_IP.low(), 100)).isEqualTo(PacketPort.NO_ROOM);
        lan.port.flush();
        assertThat(lan.heard()).hasSize(room);
        assertThat(lan.port.reserve(PEER_IP.high(), PEER_IP.low(), 100)).isNotNegative();
    }

    // --- hostile
    // ---------------------------------------------------------------------------------------------------------

    /** Never an exception, never more answers than the limits allow. */
    @Test
    void mutatedFramesDoNoHarm() {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        String[] templates = {
            "020000000001 020000000002 86dd 60000000 0020 3a ff fe800000000000000000000000000002"
                    + "fe800000000000000000000000000001 88 00 181a 60000000 fe800000000000000000000000000002"
                    + "02 01 020000000002",
            "ffffffffffff 020000000002 0806 0001 0800 06 04 0001 020000000002 0a000002 000000000000 0a000001"
        };
        byte[][] frames = {
            Lan.data(PEER_IP, OUR_IP, PEER_MAC, 80),
            Lan.data(PEER_IP6, OUR_IP6, PEER_MAC, 80),
            HexFormat.of().parseHex(templates[0].replace(" ", "")),
            HexFormat.of().parseHex(templates[1].replace(" ", "")),
        };
        Lan target = new Lan(Lan.settings(), new MemoryHub.Options(1500, 256, false, random.nextBoolean() ? 0 : 130));
        target.refuseAll = true;
        int answers = 0;
        for (int i = 0; i < 40_000; i++) {
            byte[] frame = mutant(frames[random.nextInt(frames.length)], random);
            assertThatCode(() -> target.say(frame))
                    .as("seed %d, frame %s", seed, HexFormat.of().formatHex(frame))
                    .doesNotThrowAnyException();
            answers += target.heard().size();
        }
        // No time has passed: three limits of 100 each, and a question per neighbour that was doubted.
        assertThat(answers).as("seed %d", seed).isLessThan(400);
    }

    private static byte[] mutant(byte[] frame, SplittableRandom random) {
        if (random.nextInt(20) == 0) {
            byte[] noise = new byte[14 + random.nextInt(200)];
            random.nextBytes(noise);
            System.arraycopy(frame, 0, noise, 0, random.nextInt(15));
            return noise;
        }
        byte[] mutant =
                random.nextInt(4) == 0 ? Arrays.copyOf(frame, 14 + random.nextInt(frame.length)) : frame.clone();
        for (int n = random.nextInt(4); n > 0; n--) {
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
        }
        return mutant;
    }

    @Test
    void manySpoofedPeersDoNotFillTheTable() {
        for (int i = 0; i < 20_000; i++) {
            IpAddress peer = new IpAddress(PEER_IP6.high(), 0x1_0000L + i);
            lan.say(Lan.data(peer, OUR_IP6, PEER_MAC, 1));
        }
        assertThat(lan.neighbours()).isLessThanOrEqualTo(InterfaceState.MAX_NEIGHBOURS);
    }
}
