package dev.remora.dpdk.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine lacks, found by looking and without DPDK. Says nothing about drivers, which may or may not be installed. */
class ObstaclesTest {
    private static final String CARD = "0000:3b:00.0";

    @TempDir
    private Path root;

    private static List<String> without(List<String> obstacles, String... excluded) {
        return obstacles.stream()
                .filter(obstacle -> List.of(excluded).stream().noneMatch(obstacle::contains))
                .toList();
    }

    private static List<String> exceptDriversAndRights(DeviceConfig device) {
        return without(device.obstacles(), "driver library", "CAP_");
    }

    @Test
    void anInterfaceThatDoesNotExistIsNamed() {
        for (DeviceConfig device : List.of(AfPacketDevice.on("nosuch0"), AfXdpDevice.on("nosuch0"))) {
            assertThat(exceptDriversAndRights(device))
                    .singleElement()
                    .asString()
                    .contains("interface nosuch0 does not exist")
                    .contains("ip link");
        }
        assertThat(exceptDriversAndRights(AfPacketDevice.on("lo"))).isEmpty();
    }

    @Test
    void theSocketOfAPeerThatIsNotThereYetMayStillCome() {
        VirtioUserDevice device = VirtioUserDevice.at(root.resolve("s"));
        Obstacle obstacle = device.missing().getLast();
        assertThat(obstacle.problem()).contains("there is no socket " + root.resolve("s"));
        assertThat(obstacle.remedy()).contains("vhost side must come first");
        assertThat(obstacle.passing()).isTrue();
        assertThat(device.peerIsThere()).isFalse();
    }

    @Test
    void aFolderThatIsNotThereIsNamedWithTheCommandThatMakesIt() {
        Path socket = root.resolve("none/s");
        for (DeviceConfig device : List.of(VhostDevice.at(socket), MemifDevice.server(socket))) {
            assertThat(exceptDriversAndRights(device))
                    .singleElement()
                    .asString()
                    .contains(socket.toString())
                    .contains("mkdir -p " + root.resolve("none"));
        }
        assertThat(exceptDriversAndRights(MemifDevice.client(socket))).isEmpty();
    }

    @Test
    void aSocketSomebodyListensOnIsBusyAndStays() throws IOException {
        Path socket = root.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            VhostDevice device = VhostDevice.at(socket);
            assertThat(exceptDriversAndRights(device))
                    .singleElement()
                    .asString()
                    .contains(socket + " is in use")
                    .contains("ss -xlp");
            device.prepare();
            assertThat(socket).exists();
            listener.configureBlocking(false);
            assertThat(listener.accept())
                    .as("looking does not disturb the listener")
                    .isNull();
        }
    }

    @Test
    void theSocketOfAProcessThatEndedIsReplaced() throws IOException {
        Path socket = root.resolve("s");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        VhostDevice device = VhostDevice.at(socket);
        assertThat(exceptDriversAndRights(device)).isEmpty();
        assertThat(socket).as("looking deletes nothing").exists();
        device.prepare();
        assertThat(socket).doesNotExist();
    }

    @Test
    void aFileInThePlaceOfTheSocketStays() throws IOException {
        Path file = Files.writeString(root.resolve("s"), "precious");
        VhostDevice device = VhostDevice.at(file);
        assertThat(exceptDriversAndRights(device)).singleElement().asString().contains("not a socket");
        device.prepare();
        assertThat(file).hasContent("precious");
    }

    @Test
    void aCaptureFileMustExist() throws IOException {
        Path in = root.resolve("in");
        PcapDevice device = PcapDevice.of(in, root.resolve("out"));
        assertThat(exceptDriversAndRights(device)).singleElement().asString().contains("there is no file " + in);
        Files.createFile(in);
        assertThat(exceptDriversAndRights(device)).isEmpty();
    }

    @Test
    void aCardThatIsNotThereIsNamed() {
        assertThat(without(texts(PciDevice.at(CARD).missing(root)), "driver library"))
                .singleElement()
                .asString()
                .contains("there is no PCI device " + CARD)
                .contains("lspci -D");
    }

    @Test
    void aCardTheKernelUsesIsNamedWithItsDriver() throws IOException {
        Path card = Files.createDirectories(root.resolve(CARD));
        assertThat(without(texts(PciDevice.at(CARD).missing(root)), "driver library"))
                .singleElement()
                .asString()
                .contains("bound to no kernel driver")
                .contains("dpdk-devbind.py --bind=vfio-pci " + CARD);
        Files.createSymbolicLink(card.resolve("driver"), Path.of("../../drivers/ixgbe"));
        assertThat(without(texts(PciDevice.at(CARD).missing(root)), "driver library"))
                .singleElement()
                .asString()
                .contains("in use by the kernel's driver ixgbe")
                .contains("dpdk-devbind.py --bind=vfio-pci " + CARD);
    }

    @Test
    void aCardHandedOverIsFine() throws IOException {
        Path card = Files.createDirectories(root.resolve(CARD));
        for (String driver : List.of("vfio-pci", "uio_pci_generic", "mlx5_core")) {
            Files.deleteIfExists(card.resolve("driver"));
            Files.createSymbolicLink(card.resolve("driver"), Path.of("../../drivers", driver));
            assertThat(without(texts(PciDevice.at(CARD).missing(root)), "driver library"))
                    .as(driver)
                    .isEmpty();
        }
    }

    private static List<String> texts(List<Obstacle> obstacles) {
        return obstacles.stream().map(Obstacle::toString).toList();
    }
}
