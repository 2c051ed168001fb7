package dev.remora.dpdk.exchange;

import dev.remora.dpdk.device.AfPacketDevice;
import dev.remora.dpdk.device.AfXdpDevice;
import dev.remora.dpdk.device.DeviceConfig;
import dev.remora.dpdk.device.MemifDevice;
import dev.remora.dpdk.device.NullDevice;
import dev.remora.dpdk.device.PcapDevice;
import dev.remora.dpdk.device.RingDevice;
import dev.remora.dpdk.device.TapDevice;
import dev.remora.dpdk.device.VhostDevice;
import dev.remora.dpdk.device.VirtioUserDevice;
import java.nio.file.Path;

/** Devices as words: {@code device=vhost socket=/tmp/s queues=2 tso=true}. */
final class Devices {
    private Devices() {}

    static DeviceConfig of(Words words) {
        int queues = words.number("queues", 1);
        DeviceConfig device = switch (words.text("device")) {
            case "vhost" -> VhostDevice.at(socket(words)).withQueues(queues).withTso(words.flag("tso", true));
            case "virtio" ->
                VirtioUserDevice.at(socket(words)).withQueues(queues).withPacked(words.flag("packed", false));
            case "memif" ->
                words.flag("server", false) ? MemifDevice.server(socket(words)) : MemifDevice.client(socket(words));
            case "af_packet" ->
                AfPacketDevice.on(words.text("interface"))
                        .withQueues(queues)
                        .withQdiscBypass(words.flag("bypass", false));
            case "af_xdp" -> AfXdpDevice.on(words.text("interface"));
            case "tap" -> TapDevice.named(words.text("interface"));
            case "ring" -> RingDevice.loop();
            case "null" -> NullDevice.source(words.number("bytes", 64));
            case "sink" -> NullDevice.sink();
            case "pcap" -> PcapDevice.of(Path.of(words.text("input")), Path.of(words.text("output")));
            default -> throw new IllegalArgumentException("no such device: " + words);
        };
        return words.has("name") ? named(device, words.text("name")) : device;
    }

    private static DeviceConfig named(DeviceConfig device, String name) {
        return switch (device) {
            case VhostDevice vhost -> vhost.withName(name);
            case VirtioUserDevice virtio -> virtio.withName(name);
            case MemifDevice memif -> memif.withName(name);
            case AfPacketDevice packet -> packet.withName(name);
            case NullDevice none -> none.withName(name);
            default -> throw new IllegalArgumentException("no other name for " + device);
        };
    }

    private static Path socket(Words words) {
        return Path.of(words.text("socket"));
    }
}
