package dev.remora.dpdk.device;

/** Stub. */
public record PcapDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_pcap";
    }

    @Override
    public String arguments() {
        return "";
    }

    @Override
    public boolean neverBlocks() {
        return false;
    }
}
