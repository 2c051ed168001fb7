package dev.remora.homa;

import dev.remora.dpdk.EalConfig;
import dev.remora.dpdk.HugepagePolicy;
import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.device.PciDevice;
import dev.remora.homa.link.FrameQueue;
import dev.remora.homa.link.SharedEal;
import dev.remora.homa.link.socket.InterfaceFacts;
import dev.remora.homa.link.socket.PacketSocketConfig;
import dev.remora.homa.net.HeldUdpPort;
import dev.remora.homa.net.InterfaceDevice;
import dev.remora.homa.net.InterfaceNetwork;
import dev.remora.homa.net.InterfaceSettings;
import dev.remora.homa.net.device.DpdkDevice;
import dev.remora.homa.net.device.PacketSocketDevice;
import dev.remora.homa.protocol.Tunable;
import dev.remora.homa.protocol.wire.Encapsulation;
import dev.remora.spi.SettingValues;
import dev.remora.spi.TransportException;
import dev.remora.spi.TransportException.Reason;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The interface that the configuration names, opened.
 *
 * @param device belongs to the caller
 */
record InterfaceChoice(InterfaceDevice device, InterfaceSettings settings) {
    private static final long MIB = 1 << 20;
    /** DPDK's driver for packet sockets takes no more in the oldest release that is supported. */
    private static final int AF_PACKET_MTU = 1_500;

    /** @throws TransportException UNSUPPORTED, saying what is missing or wrong and how to mend it */
    static InterfaceNetwork open(SettingValues values) {
        InterfaceChoice choice = of(values);
        return new InterfaceNetwork(choice.device, choice.settings);
    }

    /** The same for a caller that does something to the device before. */
    static InterfaceChoice of(SettingValues values) {
        String name = values.get(HomaSettings.INTERFACE_NAME);
        if (name.isEmpty()) {
            throw unsupported(
                    "remora.homa.network = interface, and remora.homa.interface.name does not say which: set it"
                            + " to one of " + InterfaceFacts.names());
        }
        int mtu = values.getInt(HomaSettings.INTERFACE_MTU);
        InterfaceWords words = InterfaceWords.read(values);
        InterfaceChoice choice = switch (values.get(HomaSettings.INTERFACE_LINK)) {
            case "af-packet" -> afPacket(values, words, kernel(name), mtu);
            case "pci" -> pci(values, words, name, mtu);
            default -> packetSocket(values, words, kernel(name));
        };
        warnOfUnknownRate(name, choice);
        return choice;
    }

    private static InterfaceFacts kernel(String name) {
        InterfaceFacts facts = InterfaceFacts.of(name);
        if (facts.loopback()) {
            throw unsupported(
                    "the interface " + name + " leads only to this machine: remora.homa.network = host does that"
                            + " better; or name another one of " + InterfaceFacts.names());
        }
        if (facts.mac() == 0) {
            throw unsupported("the interface " + name + " has no MAC address, and Homa needs one with Ethernet: name"
                    + " another one of " + InterfaceFacts.names());
        }
        if (!facts.up()) {
            Context.LOG.warn("the interface {} is down: nothing gets through until \"ip link set {} up\"", name, name);
        }
        return facts;
    }

    private static InterfaceChoice packetSocket(SettingValues values, InterfaceWords words, InterfaceFacts facts) {
        InterfaceSettings settings = words.settings(facts.name(), facts.mac(), facts);
        PacketSocketConfig config = PacketSocketConfig.of(facts.name())
                .withQueues(values.getInt(HomaSettings.ENGINES))
                .withUdpPort(settings.udpPort())
                .withVlan(settings.tag().vlan());
        return besideKernel(settings, facts, () -> PacketSocketDevice.open(config));
    }

    private static InterfaceChoice afPacket(SettingValues values, InterfaceWords words, InterfaceFacts facts, int mtu) {
        int engines = values.getInt(HomaSettings.ENGINES);
        int largest = Math.min(facts.mtu(), AF_PACKET_MTU);
        InterfaceSettings settings = words.settings(facts.name(), facts.mac(), facts);
        return besideKernel(
                settings,
                facts,
                () -> DpdkDevice.open(
                        eal(values, HugepagePolicy.NONE, null),
                        AfPacketDevice.on(facts.name())
                                .withName(SharedEal.deviceName("net_af_packet"))
                                .withQueues(engines)
                                .withQdiscBypass(false),
                        new DpdkDevice.Wish(
                                engines,
                                mtu == 0 ? largest : Math.min(mtu, largest),
                                facts.linkMbps(),
                                words.needsGroups(settings),
                                false,
                                false)));
    }

    /** With Homa's UDP port held in the kernel as long as the device is open. */
    private static InterfaceChoice besideKernel(
            InterfaceSettings settings, InterfaceFacts facts, Supplier<InterfaceDevice> opener) {
        if (settings.udpPort() == 0) {
            return new InterfaceChoice(opener.get(), settings);
        }
        HeldUdpPort held = HeldUdpPort.bind(InterfaceWords.shared(settings, facts), settings.udpPort());
        try {
            return new InterfaceChoice(new DeviceWithUdpPort(opener.get(), held), settings);
        } catch (RuntimeException | Error e) {
            held.close();
            throw e;
        }
    }

    private static InterfaceChoice pci(SettingValues values, InterfaceWords words, String address, int mtu) {
        PciDevice card;
        try {
            card = PciDevice.at(address);
        } catch (IllegalArgumentException e) {
            throw new TransportException(
                    Reason.UNSUPPORTED, "remora.homa.interface.name with link = pci: " + e.getMessage(), e);
        }
        words.needAddresses(address);
        // Cards hash the ports behind TCP's and UDP's protocol numbers alone.
        boolean hashes = words.encapsulation() != Encapsulation.HOMA;
        DpdkDevice device = DpdkDevice.open(
                eal(values, HugepagePolicy.AUTO, card),
                card,
                new DpdkDevice.Wish(
                        values.getInt(HomaSettings.ENGINES), mtu, 0, words.hasIpv6(), hashes, words.udpPort() != 0));
        try {
            return new InterfaceChoice(device, words.settings(address, device.mac(), null));
        } catch (RuntimeException e) {
            device.queues().forEach(FrameQueue::close);
            device.close();
            throw e;
        }
    }

    private static EalConfig eal(SettingValues values, HugepagePolicy hugepages, @Nullable PciDevice card) {
        EalConfig.Builder config = EalConfig.builder()
                .memoryMb((int) (values.get(HomaSettings.INTERFACE_MEMORY) / MIB))
                .hugepages(hugepages);
        return card == null ? config.build() : config.pciAddress(card.address()).build();
    }

    private static void warnOfUnknownRate(String name, InterfaceChoice choice) {
        boolean known = choice.settings.linkMbps() > 0
                || choice.device.queues().stream()
                        .allMatch(queue -> queue.capabilities().linkMbps() > 0);
        if (!known) {
            Context.LOG.warn(
                    "the interface {} does not tell its rate, which pacing and grants follow: {} Mbit/s are assumed; set"
                            + " remora.homa.link-mbps",
                    name,
                    Tunable.LINK_MBPS.standard());
        }
    }

    static TransportException unsupported(String text) {
        return new TransportException(Reason.UNSUPPORTED, text);
    }
}
