package dev.remora.dpdk.device;

/** Stub. */
public record RingDevice(String name) implements DeviceConfig {
    @Override
    public String driver() {
        return "net_ring";
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
