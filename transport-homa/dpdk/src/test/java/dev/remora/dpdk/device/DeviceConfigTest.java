package dev.remora.dpdk.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceConfigTest {
    private static final Path SOCKET = Path.of("/tmp/s");

    static List<Arguments> defaults() {
        return List.of(
                Arguments.of(VhostDevice.at(SOCKET), "net_vhost", "net_vhost0", "iface=/tmp/s,queues=1,tso=1", true),
                Arguments.of(
                        VirtioUserDevice.at(SOCKET),
                        "net_virtio_user",
                        "net_virtio_user0",
                        "path=/tmp/s,queues=1,queue_size=1024",
                        true),
                Arguments.of(
                        MemifDevice.server(SOCKET),
                        "net_memif",
                        "net_memif0",
                        "role=server,id=0,socket=/tmp/s,socket-abstract=no,bsize=32768,rsize=9",
                        true),
                Arguments.of(
                        MemifDevice.client(SOCKET),
                        "net_memif",
                        "net_memif0",
                        "role=client,id=0,socket=/tmp/s,socket-abstract=no,bsize=32768,rsize=9",
                        true),
                Arguments.of(
                        AfPacketDevice.on("v0"),
                        "net_af_packet",
                        "net_af_packet0",
                        "iface=v0,qpairs=1,framecnt=1024,qdisc_bypass=0",
                        false),
                Arguments.of(
                        AfXdpDevice.on("v0"),
                        "net_af_xdp",
                        "net_af_xdp0",
                        "iface=v0,start_queue=0,queue_count=1",
                        false),
                Arguments.of(TapDevice.named("t0"), "net_tap", "net_tap0", "iface=t0", false),
                Arguments.of(RingDevice.loop(), "net_ring", "net_ring0", "", true),
                Arguments.of(NullDevice.sink(), "net_null", "net_null0", "size=64,copy=0,no-rx=1", true),
                Arguments.of(NullDevice.source(128), "net_null", "net_null0", "size=128,copy=0,no-rx=0", true),
                Arguments.of(
                        PcapDevice.of(Path.of("in"), Path.of("out")),
                        "net_pcap",
                        "net_pcap0",
                        "rx_pcap=in,tx_pcap=out",
                        false),
                Arguments.of(PciDevice.at("0000:3b:00.0"), "pci", "0000:3b:00.0", "", true));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void defaultsAreWhatWorksBest(
            DeviceConfig device, String driver, String name, String arguments, boolean neverBlocks) {
        assertThat(device.driver()).isEqualTo(driver);
        assertThat(device.name()).isEqualTo(name);
        assertThat(device.arguments()).isEqualTo(arguments);
        assertThat(device.neverBlocks()).isEqualTo(neverBlocks);
        assertThat(device.bus()).isEqualTo(driver.equals("pci") ? "pci" : "vdev");
    }

    @Test
    void whatIsSetIsInTheArguments() {
        assertThat(VhostDevice.at(SOCKET).withQueues(4).withTso(false).arguments())
                .isEqualTo("iface=/tmp/s,queues=4");
        assertThat(VirtioUserDevice.at(SOCKET)
                        .withQueues(2)
                        .withQueueSize(256)
                        .withPacked(true)
                        .arguments())
                .isEqualTo("path=/tmp/s,queues=2,queue_size=256,packed_vq=1");
        assertThat(MemifDevice.client(SOCKET)
                        .withId(7)
                        .withBufferBytes(2_048)
                        .withRingSizeLog2(10)
                        .arguments())
                .isEqualTo("role=client,id=7,socket=/tmp/s,socket-abstract=no,bsize=2048,rsize=10");
        assertThat(AfPacketDevice.on("v0").withQueues(2).withQdiscBypass(true).arguments())
                .isEqualTo("iface=v0,qpairs=2,framecnt=1024,qdisc_bypass=1");
        assertThat(AfXdpDevice.on("v0").withStartQueue(3).withQueues(2).arguments())
                .isEqualTo("iface=v0,start_queue=3,queue_count=2");
        assertThat(new PciDevice("0000:3b:00.0", "a=1,b=2").arguments()).isEqualTo("a=1,b=2");
    }

    @Test
    void eachKindCanHaveAnotherName() {
        assertThat(List.of(
                                VhostDevice.at(SOCKET).withName("net_vhost7"),
                                VirtioUserDevice.at(SOCKET).withName("net_virtio_user7"),
                                MemifDevice.server(SOCKET).withName("net_memif7"),
                                AfPacketDevice.on("v0").withName("net_af_packet7"),
                                AfXdpDevice.on("v0").withName("net_af_xdp7"),
                                TapDevice.named("t0").withName("net_tap7"),
                                RingDevice.loop().withName("net_ring7"),
                                NullDevice.sink().withName("net_null7"),
                                PcapDevice.of(Path.of("in"), Path.of("out")).withName("net_pcap7"))
                        .stream()
                        .map(DeviceConfig::name))
                .allMatch(name -> name.endsWith("7"));
    }

    @Test
    void socketsAreAbsoluteSincePeersRunElsewhere() {
        Path here = Path.of("").toAbsolutePath();
        assertThat(VhostDevice.at(Path.of("x/../s")).socket()).isEqualTo(here.resolve("s"));
        assertThat(VirtioUserDevice.at(Path.of("s")).socket()).isEqualTo(here.resolve("s"));
        assertThat(MemifDevice.client(Path.of("s")).socket()).isEqualTo(here.resolve("s"));
    }

    static List<Arguments> wrong() {
        return List.of(
                wrong(() -> VhostDevice.at(SOCKET).withName("vhost0"), "net_vhost"),
                wrong(() -> VhostDevice.at(SOCKET).withName("net_vhost0,tso=1"), "name"),
                wrong(() -> VhostDevice.at(SOCKET).withName("net_vhost" + "0".repeat(60)), "63"),
                wrong(() -> VhostDevice.at(SOCKET).withQueues(0), "queues must be 1 to 128, is 0"),
                wrong(() -> VhostDevice.at(SOCKET).withQueues(129), "is 129"),
                wrong(() -> VhostDevice.at(Path.of("/tmp/a,b")), "comma"),
                wrong(() -> VhostDevice.at(Path.of("/tmp/a[b]")), "bracket"),
                wrong(() -> VhostDevice.at(Path.of("/tmp/" + "x".repeat(103))), "108 bytes"),
                wrong(() -> VirtioUserDevice.at(SOCKET).withQueueSize(1_000), "power of two"),
                wrong(() -> VirtioUserDevice.at(SOCKET).withQueueSize(32), "64 to 32768"),
                wrong(() -> VirtioUserDevice.at(SOCKET).withQueues(-1), "queues"),
                wrong(() -> MemifDevice.server(SOCKET).withId(-1), "id"),
                wrong(() -> MemifDevice.server(SOCKET).withBufferBytes(65_536), "bufferBytes"),
                wrong(() -> MemifDevice.server(SOCKET).withRingSizeLog2(15), "ringSizeLog2"),
                wrong(() -> AfPacketDevice.on(""), "interface"),
                wrong(() -> AfPacketDevice.on("a".repeat(16)), "at most 15 characters"),
                wrong(() -> AfPacketDevice.on("a/b"), "slash"),
                wrong(() -> AfPacketDevice.on("v0:1"), "colon"),
                wrong(() -> AfPacketDevice.on("v0").withQueues(17), "queues"),
                wrong(() -> AfXdpDevice.on("v0").withStartQueue(-1), "startQueue"),
                wrong(() -> TapDevice.named("t 0"), "interface"),
                wrong(() -> RingDevice.loop().withName("ring"), "net_ring"),
                wrong(() -> NullDevice.source(0), "packetBytes"),
                wrong(() -> PcapDevice.of(Path.of("a,b"), Path.of("c")), "input"),
                wrong(() -> new PciDevice("0000:3b:00.0", "a=1, b=2"), "commas only"));
    }

    private static Arguments wrong(ThrowingCallable made, String told) {
        return Arguments.of(told, made);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("wrong")
    void wrongValuesAreReportedWhereTheyAreWritten(String told, ThrowingCallable made) {
        assertThatThrownBy(made).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"3b:00.0", "3B:00.0", "0000:3B:00.0", "0000:3b:00.0"})
    void cardsHaveOneName(String written) {
        assertThat(PciDevice.at(written).name()).isEqualTo("0000:3b:00.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "eth0", "3b:00", "3b:00.8", "3b:20.0", "0000:3b:00.0,x", "0000-3b-00.0", "g0:00.0"})
    void whatIsNoPciAddressIsRefused(String written) {
        assertThatThrownBy(() -> PciDevice.at(written))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a PCI address: \"" + written + "\"")
                .hasMessageContaining("lspci -D");
    }
}
