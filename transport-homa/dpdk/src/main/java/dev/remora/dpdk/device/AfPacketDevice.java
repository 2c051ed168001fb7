package dev.remora.dpdk.device;

/** Stub. */
public record AfPacketDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_af_packet";
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
