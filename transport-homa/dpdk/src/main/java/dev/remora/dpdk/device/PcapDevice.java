package dev.remora.dpdk.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Capture files as a device: receives the packets of one and writes those sent into another.
 *
 * @param name of the device, beginning with {@code net_pcap}
 * @param input read from; must exist
 * @param output written to
 */
public record PcapDevice(String name, Path input, Path output) implements DeviceConfig {
    public PcapDevice {
        Checks.name(name, "net_pcap");
        Checks.argument("input", input.toString());
        Checks.argument("output", output.toString());
    }

    public static PcapDevice of(Path input, Path output) {
        return new PcapDevice("net_pcap0", input, output);
    }

    public PcapDevice withName(String newName) {
        return new PcapDevice(newName, input, output);
    }

    @Override
    public String driver() {
        return "net_pcap";
    }

    @Override
    public String arguments() {
        return "rx_pcap=" + input + ",tx_pcap=" + output;
    }

    @Override
    public List<Obstacle> missing() {
        List<Obstacle> found = new ArrayList<>();
        Checks.needDriver(found, driver());
        Checks.needReadable(found, input);
        Checks.needFolderFor(found, "file", output);
        return found;
    }

    /** Reads and writes files. */
    @Override
    public boolean neverBlocks() {
        return false;
    }
}
