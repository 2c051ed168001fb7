package dev.remora.dpdk.device;

/** Stub. */
public record TapDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_tap";
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
