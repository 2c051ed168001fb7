package dev.remora.dpdk.device;

import java.nio.file.Files;
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

    @Override
    public String driver() {
        return "net_pcap";
    }

    @Override
    public String arguments() {
        return "rx_pcap=" + input + ",tx_pcap=" + output;
    }

    @Override
    public List<String> obstacles() {
        List<String> found = new ArrayList<>(Checks.driver(driver()));
        if (!Files.isReadable(input)) {
            found.add("the capture file " + input + " cannot be read");
        }
        return found;
    }

    /** Reads and writes files. */
    @Override
    public boolean neverBlocks() {
        return false;
    }
}
