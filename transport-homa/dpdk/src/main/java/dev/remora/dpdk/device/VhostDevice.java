package dev.remora.dpdk.device;

/** Stub. */
public record VhostDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_vhost";
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
