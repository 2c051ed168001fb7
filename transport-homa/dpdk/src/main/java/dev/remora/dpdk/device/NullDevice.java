package dev.remora.dpdk.device;

/** Stub. */
public record NullDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_null";
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
