package dev.remora.dpdk.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.device.AfXdpDevice;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.TapDevice;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices on interfaces of the kernel, in two network namespaces joined by a veth pair. */
@TestInstance(Lifecycle.PER_CLASS)
class KernelDevicesTest {
    private Namespaces namespaces;
    private Pair pair;

    @BeforeAll
    void start() {
        Machine.needsDpdk();
        namespaces = Namespaces.create();
        pair = Pair.start(namespaces.inFirst(), namespaces.inSecond(), System.getProperty("java.class.path"), Pair.EAL);
    }

    @AfterEach
    void reset() {
        pair.reset();
    }

    @AfterAll
    void end() {
        try {
            if (pair != null) {
                pair.close();
            }
        } finally {
            if (namespaces != null) {
                namespaces.close();
            }
        }
    }

    /** The driver is there; whether the interface is, only the peer in its namespace can see. */
    private static void needs(DeviceConfig device) {
        Machine.needs(device);
    }

    @ParameterizedTest
    @CsvSource({"1,false", "1,true", "2,false"})
    void packetSocketsCarryFramesInOrder(int queues, boolean bypass) {
        needs(AfPacketDevice.on("v0"));
        String open = "device=af_packet interface=v0 up=true queues=" + queues + " bypass=" + bypass;
        Pair.Ports ports = pair.open(open, open);
        // The kernel chooses the queue by a hash; each flow stays in order.
        ports.exchange(2_000, queues, "window=128 pinned=" + (queues == 1));
        ports.exchange(500, queues, "window=64 segments=4 pinned=" + (queues == 1));
        ports.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_515, 1_518, 1_523, 9_000})
    void packetSocketRefusesFrameOverMtu(int length) {
        needs(AfPacketDevice.on("v0"));
        String open = "device=af_packet interface=v0 up=true pool=4095";
        Pair.Ports ports = pair.open(open, open);
        Words emission = pair.a()
                .ask(
                        "emit port=" + ports.a() + " segments=8 hex="
                                + HexFormat.of().formatHex(new byte[length]),
                        "emission");
        assertThat(emission.text("sent")).isEqualTo("false");
        assertThat(emission.text("held")).isEqualTo("true");
        assertThat(emission.text("intact")).isEqualTo("true");
        ports.exchange(100, 1, "window=64");
        ports.close();
    }

    @Test
    void packetSocketTakesFrameThatIsLongerByItsTag() {
        needs(AfPacketDevice.on("v0"));
        String open = "device=af_packet interface=v0 up=true pool=4095";
        Pair.Ports ports = pair.open(open, open);
        byte[] frame = new byte[1_518];
        for (int i = 0; i < frame.length; i++) {
            frame[i] = (byte) (i * 7);
        }
        ByteBuffer.wrap(frame).putInt(0, 0x0200_5e00).putInt(12, 0x8100_0005).putShort(16, (short) 0x88b5);
        String hex = HexFormat.of().formatHex(frame);
        pair.a().ask("emit port=" + ports.a() + " hex=" + hex, "emission sent=true");
        List<String> said = new ArrayList<>();
        pair.b().tell("sniff count=1 port=" + ports.b());
        pair.b().expect("sniffed", said);
        assertThat(said).containsExactly("frame hex=" + hex);
        ports.close();
    }

    @Test
    void expressDataPathCarriesFramesInOrder() {
        needs(AfXdpDevice.on("v0"));
        String open = "open device=af_xdp interface=v0 up=true pool=8191";
        for (PeerHandle peer : List.of(pair.a(), pair.b())) {
            String failure = peer.attempt(open, "opened");
            if (failure != null) {
                Machine.skip("AF_XDP does not open here: " + failure);
            }
        }
        Pair.Ports ports = new Pair.Ports(pair, "net_af_xdp0", "net_af_xdp0");
        ports.exchange(2_000, 1, "window=128");
        int once = pair.a().ask("statistics port=" + ports.a(), "statistics").number("inUse");
        ports.exchange(4_000, 1, "window=128");
        int twice = pair.a().ask("statistics port=" + ports.a(), "statistics").number("inUse");
        // What the kernel has of them comes back in batches.
        assertThat(twice).as("mbufs in use after more frames").isLessThan(once + 256);
        for (PeerHandle peer : List.of(pair.b(), pair.a())) {
            // 22.11's driver forgets those in its fill ring when it closes.
            int lost = peer.ask("close port=net_af_xdp0", "closed").number("inUse");
            assertThat(lost).isLessThanOrEqualTo(2 * 2_048);
        }
        // Nor does it let go of the interface: that is what the message is to say, not something about buffers.
        assertThat(pair.a().attempt(open, "opened")).contains("only when the process ends", "stop() and start()");
    }

    private void openTap(String options) {
        needs(TapDevice.named("rt0"));
        String failure = pair.a().attempt("open device=tap interface=rt0 " + options, "opened");
        if (failure != null) {
            Machine.skip("a tap does not open here: " + failure);
        }
        namespaces.ip("address", "replace", "198.51.100.1/24", "dev", "rt0");
        namespaces.ip("link", "set", "rt0", "up");
    }

    @Test
    void kernelAnswersArpAndPingBehindTap() {
        openTap("");
        Words talk = pair.a().ask("kernel port=net_tap0 own=198.51.100.2 target=198.51.100.1 pings=40", "kernel");
        assertThat(talk.number("answers")).isEqualTo(40);
        assertThat(talk.text("mac")).isNotEqualTo("020000000a02").isNotEqualTo("000000000000");
        pair.a().closePort("net_tap0");
    }

    /**
     * What the kernel gets of a super-packet whose header means something else, as its own interface shows it. The mbufs
     * have even lengths: over odd ones 22.11's driver computes wrong TCP checksums.
     */
    @ParameterizedTest
    @CsvSource({"5000,1400,5", "5000,1400,14", "4200,1400,14", "60000,1400,14", "1401,1400,5"})
    void tapCutsHijackedSuperPacketAsSoftwareDoes(int payload, int mss, int offset) {
        needs(AfPacketDevice.on("rt0"));
        openTap("tx=TCP_TSO,TCP_CKSUM,IPV4_CKSUM");
        pair.a().ask("open device=af_packet interface=rt0 name=net_af_packet9 up=true", "opened");
        SuperPacket packet = new SuperPacket(payload, offset);
        List<byte[]> expected = packet.cut(mss);
        pair.a()
                .ask(
                        "emit port=net_tap0 even=true segments=3 mss=" + mss + " l4=" + offset * 4 + " hex="
                                + HexFormat.of().formatHex(packet.frame()),
                        "emission");
        List<String> said = new ArrayList<>();
        pair.a().tell("sniff port=net_af_packet9 count=" + expected.size());
        pair.a().expect("sniffed", said);
        List<byte[]> got = new ArrayList<>();
        for (String line : said) {
            byte[] frame = HexFormat.of().parseHex(line.substring("frame hex=".length()));
            SuperPacket.checkHeaders(frame);
            got.add(frame);
        }
        assertThat(got.size()).as("segments").isEqualTo(expected.size());
        for (int i = 0; i < got.size(); i++) {
            assertThat(HexFormat.of().formatHex(got.get(i)))
                    .as("segment " + i)
                    .isEqualTo(HexFormat.of().formatHex(expected.get(i)));
        }
        pair.a().closePort("net_af_packet9");
        pair.a().closePort("net_tap0");
    }
}
