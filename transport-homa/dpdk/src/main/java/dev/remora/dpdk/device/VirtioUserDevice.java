package dev.remora.dpdk.device;

/** Stub. */
public record VirtioUserDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_virtio_user";
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
